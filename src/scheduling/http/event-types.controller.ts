import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Page } from '../../kernel/page.js';
import { AccessBy, OwnerId } from '../../platform/http/access.js';
import { ApiTags } from '../../platform/http/described.js';
import { Operation } from '../../platform/http/documents.js';
import { PageQuery, pageRequest } from '../../platform/http/page-query.js';
import { EventTypeNotFound } from '../domain/errors.js';
import { EventTypeReads, type EventTypeDetailView, type EventTypeView } from '../reads/event-type-reads.js';
import { EventTypeDetailDto, EventTypePageDto } from './dto.js';

@ApiTags('Event types')
@Controller('api/v1/event-types')
export class EventTypesController {
  constructor(private readonly reads: EventTypeReads) {}

  @Get()
  @AccessBy('api key')
  @Operation({
    id: 'listEventTypes',
    summary: 'List active event types',
    description: "In the owner's order.",
    status: 200,
    answer: EventTypePageDto,
    answerDescription: 'One page of event types',
    refusals: [400],
  })
  list(@OwnerId() ownerId: string, @Query() query: PageQuery): Promise<Page<EventTypeView>> {
    return this.reads.list(ownerId, pageRequest(query));
  }

  @Get(':id')
  @AccessBy('api key')
  @Operation({
    id: 'getEventType',
    summary: 'One event type with its scheduling configuration',
    description: 'Also an inactive one, which then says so.',
    status: 200,
    answer: EventTypeDetailDto,
    answerDescription: 'The event type',
    refusals: [404],
  })
  async detail(@OwnerId() ownerId: string, @Param('id') id: string): Promise<EventTypeDetailView> {
    const eventType = await this.reads.detail(ownerId, id);
    if (!eventType) throw new EventTypeNotFound();
    return eventType;
  }
}
