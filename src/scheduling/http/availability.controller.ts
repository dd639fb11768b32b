import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AccessBy, OwnerId } from '../../platform/http/access.js';
import { Operation } from '../../platform/http/documents.js';
import { ListSlots } from '../use-cases/list-slots.js';
import { AvailabilityDto, AvailabilityQuery } from './dto.js';
import { slotTexts } from './slot-text.js';

@ApiTags('Availability')
@Controller('api/v1/availability')
export class AvailabilityController {
  constructor(private readonly listSlots: ListSlots) {}

  @Get(':slug')
  @AccessBy('api key')
  @Operation({
    id: 'getAvailability',
    summary: 'Free slots of an event type',
    description: 'Every slot offered can be booked, and nothing else can. A range of at most 62 days.',
    status: 200,
    answer: AvailabilityDto,
    answerDescription: 'The free slots, soonest first',
    refusals: [400, 404],
  })
  async list(
    @OwnerId() ownerId: string,
    @Param('slug') slug: string,
    @Query() query: AvailabilityQuery,
  ): Promise<AvailabilityDto> {
    const { timezone, startDate = null, endDate = null } = query;
    const { eventType, starts } = await this.listSlots.execute({
      ownerId,
      slug,
      timezone,
      startDate,
      endDate,
    });
    const { id, name, slug: itsSlug, durationMinutes } = eventType.state;
    return {
      data: slotTexts(starts, durationMinutes, timezone),
      eventType: { id, name, slug: itsSlug, durationMinutes },
      timezone: timezone.id(),
    };
  }
}
