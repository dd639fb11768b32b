import { LocalDate, type ZoneId } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import { InvalidData } from '../../kernel/domain-error.js';
import { EventTypeNotFound } from '../domain/errors.js';
import type { EventType } from '../domain/event-type.js';
import { freeSlots, widestOccupancyRange } from '../domain/slots.js';
import type { Agendas } from '../ports.js';

export interface ListSlotsQuery {
  readonly ownerId: string;
  readonly slug: string;
  readonly timezone: ZoneId;
  /** The first day asked for, in `timezone`; null for today. */
  readonly startDate: LocalDate | null;
  /** The last day asked for, included; null for seven days after the first. */
  readonly endDate: LocalDate | null;
}

export interface OfferedSlots {
  readonly eventType: EventType;
  /** Where each slot starts, in epoch milliseconds, ascending. */
  readonly starts: readonly number[];
}

/** How many days one question may span. */
export const LONGEST_RANGE_DAYS = 62;
const DEFAULT_RANGE_DAYS = 7;

/** Which slots an invitee may choose from. Nothing but our own database is asked. */
export class ListSlots {
  constructor(
    private readonly agendas: Agendas,
    private readonly clock: Clock,
  ) {}

  async execute({ ownerId, slug, timezone, startDate, endDate }: ListSlotsQuery): Promise<OfferedSlots> {
    const now = this.clock.now();
    const first = startDate ?? LocalDate.ofInstant(now, timezone);
    const last = endDate ?? first.plusDays(DEFAULT_RANGE_DAYS);
    if (last.isBefore(first)) throw new InvalidData({ endDate: 'endDate must not be before startDate' });
    if (last.toEpochDay() - first.toEpochDay() > LONGEST_RANGE_DAYS) {
      throw new InvalidData({
        endDate: `endDate must be at most ${LONGEST_RANGE_DAYS} days after startDate`,
      });
    }

    const range = {
      from: first.atStartOfDay(timezone).toInstant().toEpochMilli(),
      to: last.plusDays(1).atStartOfDay(timezone).toInstant().toEpochMilli(),
    };
    const agenda = await this.agendas.read(ownerId, slug, widestOccupancyRange(range), now);
    if (!agenda) throw new EventTypeNotFound();
    const { eventType, occupancy } = agenda;
    return { eventType, starts: freeSlots(eventType.rules, occupancy, range, now.toEpochMilli()) };
  }
}
