import type { Clock } from '../../kernel/clock.js';
import { EventTypeNotFound } from '../domain/errors.js';
import { explainSlots, type UnavailableTime } from '../domain/explanation.js';
import { widestOccupancyRange } from '../domain/slots.js';
import type { Agendas } from '../ports.js';
import { askedRange } from './asked-range.js';
import type { ListSlotsQuery, OfferedSlots } from './list-slots.js';

export interface ExplainedSlots extends OfferedSlots {
  /** The times that are not offered, ascending. */
  readonly unavailable: readonly UnavailableTime[];
}

/** Which slots an invitee may choose from, and for each other time why not: for an owner who wonders. */
export class ExplainSlots {
  constructor(
    private readonly agendas: Agendas,
    private readonly clock: Clock,
  ) {}

  async execute(query: ListSlotsQuery): Promise<ExplainedSlots> {
    const { ownerId, slug } = query;
    const now = this.clock.now();
    const range = askedRange(query, now);
    const agenda = await this.agendas.readDetailed(ownerId, slug, widestOccupancyRange(range), now);
    if (!agenda) throw new EventTypeNotFound();
    const { eventType, takenTimes, isCalendarStale } = agenda;
    const { offered, unavailable } = explainSlots(eventType.rules, takenTimes, range, now.toEpochMilli());
    return { eventType, starts: offered, unavailable, isCalendarStale };
  }
}
