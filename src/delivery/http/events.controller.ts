import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiTags } from '../../platform/http/described.js';
import type { FastifyReply } from 'fastify';
import { InvalidData } from '../../kernel/domain-error.js';
import { AccessBy, OwnerId } from '../../platform/http/access.js';
import { Operation } from '../../platform/http/documents.js';
import { EventFeed, type EventPage } from '../reads/event-feed.js';
import { EventPageDto, ListEventsQuery, USUAL_LIMIT } from './dto.js';

@ApiTags('Events')
@Controller('api/v1/events')
export class EventsController {
  constructor(private readonly feed: EventFeed) {}

  @Get()
  @AccessBy('api key')
  @Operation({
    id: 'listEvents',
    summary: 'What happened since',
    description: `The events of the last 30 days, the oldest first, each as webhooks send it: for receivers that were down, or that would
rather ask than be called. Ask, keep \`nextAfter\`, and ask again with it as \`after\`: at once while \`hasMore\`, and after a while
otherwise. So every event is read once, and none is missed: what is published later comes later. An \`after\` that is not, or no
longer, among your events is refused: begin anew without it, and leave out the ids that you know.`,
    status: 200,
    answer: EventPageDto,
    answerDescription: 'The events that follow',
    refusals: [400],
  })
  async list(
    @OwnerId() ownerId: string,
    @Query() { after, limit = USUAL_LIMIT }: ListEventsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const page = await this.feed.page(ownerId, { after: after ?? null, limit });
    if (!page) throw new InvalidData({ after: 'Unknown event' });
    void reply.type('application/json; charset=utf-8'); // text of this type is sent as it is
    return textOf(page);
  }
}

/** As JSON, without reading the events, which are JSON already. */
function textOf({ bodies, hasMore, nextAfter }: EventPage): string {
  return `{"data":[${bodies.join(',')}],"hasMore":${hasMore},"nextAfter":${JSON.stringify(nextAfter)}}`;
}
