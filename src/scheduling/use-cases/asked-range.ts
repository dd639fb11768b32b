import { LocalDate, type Instant, type ZoneId } from '@js-joda/core';
import { InvalidData } from '../../kernel/domain-error.js';
import type { SlotRange } from '../domain/slots.js';

/** The days that an invitee looks at. */
export interface AskedDays {
  readonly timezone: ZoneId;
  /** The first day asked for, in `timezone`; null for today. */
  readonly startDate: LocalDate | null;
  /** The last day asked for, included; null for seven days after the first. */
  readonly endDate: LocalDate | null;
}

/** How many days one question may span. */
export const LONGEST_RANGE_DAYS = 62;
const DEFAULT_RANGE_DAYS = 7;

/** From the first instant of the first day to the last of the last. Throws `InvalidData` if they span too much, or nothing. */
export function askedRange({ timezone, startDate, endDate }: AskedDays, now: Instant): SlotRange {
  const first = startDate ?? LocalDate.ofInstant(now, timezone);
  const last = endDate ?? first.plusDays(DEFAULT_RANGE_DAYS);
  if (last.isBefore(first)) throw new InvalidData({ endDate: 'endDate must not be before startDate' });
  if (last.toEpochDay() - first.toEpochDay() > LONGEST_RANGE_DAYS) {
    throw new InvalidData({ endDate: `endDate must be at most ${LONGEST_RANGE_DAYS} days after startDate` });
  }
  return {
    from: first.atStartOfDay(timezone).toInstant().toEpochMilli(),
    to: last.plusDays(1).atStartOfDay(timezone).toInstant().toEpochMilli(),
  };
}
