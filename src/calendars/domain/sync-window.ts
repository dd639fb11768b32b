import { Duration, type Instant } from '@js-joda/core';
import type { Interval } from '../../kernel/interval.js';

// The longest booking window is 730 days; a day more for the distance of zones from UTC, and one until the next full reading.
const AHEAD = Duration.ofDays(732);
const BEHIND = Duration.ofDays(1);

/** How often a calendar is read whole, so that what repeats is known as far ahead as can be booked. */
const FULL_READING_EVERY = Duration.ofDays(1);

/** Of which stretch of time busy times are kept: as far as any slot may lie, and a day back. */
export function syncWindow(now: Instant): Interval {
  return { start: now.minus(BEHIND), end: now.plus(AHEAD) };
}

/** Whether it is time to read a calendar whole that was last read so then; null for never. */
export function isFullReadingDue(readWholeAt: Instant | null, now: Instant): boolean {
  return readWholeAt === null || !now.isBefore(readWholeAt.plus(FULL_READING_EVERY));
}
