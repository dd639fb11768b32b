import { ApiProperty } from '../../platform/http/described.js';
import { plans } from '../domain/plan.js';
import type { MeView } from '../reads/user-reads.js';

const plan = {
  enum: [...plans],
  enumName: 'Plan',
  enumSchema: { description: 'A plan; API keys work from PRO on' },
  example: 'PRO',
};

export class MeDto implements MeView {
  @ApiProperty({ example: '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01' })
  id!: string;

  @ApiProperty({ example: 'grace@example.com' })
  email!: string;

  @ApiProperty({ example: 'Grace Hopper' })
  name!: string;

  @ApiProperty({ example: 'grace' })
  username!: string;

  @ApiProperty({ ...plan, description: 'What is paid for' })
  plan!: MeView['plan'];

  @ApiProperty({ ...plan, description: 'What holds now; a trial or grace period counts' })
  effectivePlan!: MeView['effectivePlan'];

  @ApiProperty({ example: 'America/New_York' })
  timezone!: string;
}
