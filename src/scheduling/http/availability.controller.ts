import type { ZoneId } from '@js-joda/core';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AccessBy, OwnerId } from '../../platform/http/access.js';
import { ApiTags } from '../../platform/http/described.js';
import { Operation } from '../../platform/http/documents.js';
import type { UnavailableTime } from '../domain/explanation.js';
import { ExplainSlots } from '../use-cases/explain-slots.js';
import { ListSlots } from '../use-cases/list-slots.js';
import { AvailabilityDto, AvailabilityQuery, type UnavailableTimeDto } from './dto.js';
import { slotTexts } from './slot-text.js';

@ApiTags('Availability')
@Controller('api/v1/availability')
export class AvailabilityController {
  constructor(
    private readonly listSlots: ListSlots,
    private readonly explainSlots: ExplainSlots,
  ) {}

  @Get(':slug')
  @AccessBy('api key')
  @Operation({
    id: 'getAvailability',
    summary: 'Free slots of an event type',
    description:
      'Every slot offered can be booked, and nothing else can. A range of at most 62 days. With `explain=true` the answer also tells why each other time is not offered.',
    status: 200,
    answer: AvailabilityDto,
    answerDescription: 'The free slots, soonest first',
    refusals: [400, 404],
    headers: {
      'X-Calendar-Stale': {
        description:
          "`true` if nothing is offered because one of the owner's calendars has been unreadable for too long",
        example: 'true',
        isOptional: true,
      },
    },
  })
  async list(
    @OwnerId() ownerId: string,
    @Param('slug') slug: string,
    @Query() query: AvailabilityQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AvailabilityDto> {
    const { timezone, startDate = null, endDate = null, explain = false } = query;
    const asked = { ownerId, slug, timezone, startDate, endDate };
    const { eventType, starts, unavailable, isCalendarStale } = explain
      ? await this.explainSlots.execute(asked)
      : { ...(await this.listSlots.execute(asked)), unavailable: null };
    if (isCalendarStale) reply.header('X-Calendar-Stale', 'true');
    const { id, name, slug: itsSlug, durationMinutes } = eventType.state;
    return {
      data: slotTexts(starts, durationMinutes, timezone),
      ...(unavailable && { unavailable: unavailableTexts(unavailable, durationMinutes, timezone) }),
      eventType: { id, name, slug: itsSlug, durationMinutes },
      timezone: timezone.id(),
    };
  }
}

function unavailableTexts(
  times: readonly UnavailableTime[],
  durationMinutes: number,
  zone: ZoneId,
): UnavailableTimeDto[] {
  const texts = slotTexts(
    times.map(({ start }) => start),
    durationMinutes,
    zone,
  );
  return times.map(({ reason, bookingId }, i) => ({
    ...texts[i]!,
    reason,
    ...(bookingId !== null && { bookingId }),
  }));
}
