import { Body, Controller, Post } from '@nestjs/common';
import { formatInstant } from '../../kernel/instant-text.js';
import { AccessBy } from '../../platform/http/access.js';
import { ApiTags } from '../../platform/http/described.js';
import { Operation } from '../../platform/http/documents.js';
import { HoldSlot } from '../use-cases/hold-slot.js';
import { CreateHoldBody, HoldDto } from './dto.js';

@ApiTags('Public booking')
@Controller('api/holds')
export class HoldsController {
  constructor(private readonly holdSlot: HoldSlot) {}

  @Post()
  @AccessBy('public booking')
  @Operation({
    id: 'createHold',
    summary: 'Hold a slot',
    description:
      'Public: no key. The slot is kept for ten minutes; a booking that carries the token takes it. What is held is offered to nobody else.',
    status: 201,
    answer: HoldDto,
    answerDescription: 'The hold',
    refusals: [400, 404, 409],
  })
  async create(@Body() { eventTypeId, startTime }: CreateHoldBody): Promise<HoldDto> {
    const { hold, eventType } = await this.holdSlot.execute({ eventTypeId, start: startTime });
    const { id, name, slug, durationMinutes } = eventType.state;
    return {
      token: hold.token,
      expiresAt: formatInstant(hold.expiresAt),
      startTime: formatInstant(hold.time.start),
      endTime: formatInstant(hold.time.end),
      eventType: { id, name, slug, durationMinutes },
    };
  }
}
