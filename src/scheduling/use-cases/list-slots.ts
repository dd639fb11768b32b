import type { Clock } from '../../kernel/clock.js';
import { EventTypeNotFound } from '../domain/errors.js';
import type { EventType } from '../domain/event-type.js';
import { freeSlots } from '../domain/slots.js';
import type { Agendas } from '../ports.js';
import { askedRange, type AskedDays } from './asked-range.js';

export interface ListSlotsQuery extends AskedDays {
  readonly ownerId: string;
  readonly slug: string;
}

export interface OfferedSlots {
  readonly eventType: EventType;
  /** Where each slot starts, in epoch milliseconds, ascending. */
  readonly starts: readonly number[];
  /** Whether nothing is offered because one of the host's calendars has been unreadable for too long. */
  readonly isCalendarStale: boolean;
}

/** Which slots an invitee may choose from. Nothing but our own database is asked. */
export class ListSlots {
  constructor(
    private readonly agendas: Agendas,
    private readonly clock: Clock,
  ) {}

  async execute(query: ListSlotsQuery): Promise<OfferedSlots> {
    const { ownerId, slug } = query;
    const now = this.clock.now();
    const range = askedRange(query, now);
    const agenda = await this.agendas.read(ownerId, slug, range, now);
    if (!agenda) throw new EventTypeNotFound();
    const { eventType, occupancy, isCalendarStale } = agenda;
    const starts = freeSlots(eventType.rules, occupancy, range, now.toEpochMilli());
    return { eventType, starts, isCalendarStale };
  }
}
