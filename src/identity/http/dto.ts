import { ApiProperty } from '@nestjs/swagger';
import type { MeView } from '../reads/user-reads.js';

export class MeDto implements MeView {
  @ApiProperty({ example: '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01' })
  id!: string;

  @ApiProperty({ example: 'grace@example.com' })
  email!: string;

  @ApiProperty({ example: 'Grace Hopper' })
  name!: string;

  @ApiProperty({ example: 'grace' })
  username!: string;

  @ApiProperty({
    enum: ['FREE', 'PRO', 'BUSINESS'],
    enumName: 'Plan',
    example: 'PRO',
    description: 'What is paid for',
    enumSchema: { description: 'A plan' },
  })
  plan!: MeView['plan'];

  @ApiProperty({
    enum: ['FREE', 'PRO', 'BUSINESS'],
    enumName: 'Plan',
    example: 'PRO',
    description: 'What holds now; a trial or grace period counts',
  })
  effectivePlan!: MeView['effectivePlan'];

  @ApiProperty({ example: 'America/New_York' })
  timezone!: string;
}
