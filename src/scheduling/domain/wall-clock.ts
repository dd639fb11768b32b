import type { ZoneId } from '@js-joda/core';
import { offsetsOf } from '../../kernel/utc-offset.js';

// Wall clocks in bare numbers. A day is counted from 1970-01-01 (js-joda's epoch day), a minute from the midnight that begins
// its day, an instant is in epoch milliseconds. The answers are those of js-joda's `LocalDateTime.atZone`, at a tenth of its
// cost. They rest on clocks never changing twice within three days: since 1970 no zone's have within six.

export const MINUTE = 60_000;
export const DAY = 1_440 * MINUTE;

/** The day that the clocks of a zone show at an instant. */
export function dayOf(zone: ZoneId, instant: number): number {
  return calendarOf(zone)(instant);
}

/** `dayOf` for many instants. */
export function calendarOf(zone: ZoneId): (instant: number) => number {
  const offsetAt = offsetsOf(zone);
  return (instant) => Math.floor((instant + offsetAt(instant)) / DAY);
}

/**
 * The instants at which the clocks of a zone show the minutes (0 to 1440) of a day. A minute that the clocks skip comes later
 * by the length of the gap; one that they show twice is the first of the two.
 */
export function clocksOn(zone: ZoneId, day: number): (minute: number) => number {
  const offsetAt = offsetsOf(zone);
  const midnight = day * DAY;
  const before = offsetAt(midnight - DAY);
  const after = offsetAt(midnight + 2 * DAY);
  return (minute) => {
    const wall = midnight + minute * MINUTE;
    const byOldOffset = wall - before;
    if (before === after || offsetAt(byOldOffset) === before) return byOldOffset;
    const byNewOffset = wall - after;
    const isSkipped = offsetAt(byNewOffset) !== after;
    return isSkipped ? byOldOffset : byNewOffset;
  };
}
