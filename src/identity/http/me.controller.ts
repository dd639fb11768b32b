import { Controller, Get } from '@nestjs/common';
import { AccessBy, OwnerId } from '../../platform/http/access.js';
import { ApiTags } from '../../platform/http/described.js';
import { Operation } from '../../platform/http/documents.js';
import { UserNotFound } from '../domain/errors.js';
import { UserReads, type MeView } from '../reads/user-reads.js';
import { MeDto } from './dto.js';

@ApiTags('Account')
@Controller('api/v1/me')
export class MeController {
  constructor(private readonly reads: UserReads) {}

  @Get()
  @AccessBy('api key')
  @Operation({
    id: 'getMe',
    summary: "The key's user",
    status: 200,
    answer: MeDto,
    answerDescription: 'The user for whom the key acts',
  })
  async me(@OwnerId() ownerId: string): Promise<MeView> {
    const me = await this.reads.me(ownerId);
    if (!me) throw new UserNotFound();
    return me;
  }
}
