import type { ZoneId } from '@js-joda/core';

// Wall clocks in bare numbers. A day is counted from 1970-01-01 (js-joda's epoch day), a minute from the midnight that begins
// its day, an instant is in epoch milliseconds. The answers are those of js-joda's `LocalDateTime.atZone`, at a tenth of its
// cost. They rest on clocks never changing twice within three days: since 1970 no zone's have within six.

export const MINUTE = 60_000;
export const DAY = 1_440 * MINUTE;

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(zone: ZoneId, instant: number): number {
  return zone.rules().offsetOfEpochMilli(instant).totalSeconds() * 1_000;
}

/** The day that the clocks of a zone show at an instant. */
export function dayOf(zone: ZoneId, instant: number): number {
  return Math.floor((instant + offsetAt(zone, instant)) / DAY);
}

/** `dayOf` for many instants that lie close together: the zone is consulted when the UTC day changes, not for each. */
export function calendarOf(zone: ZoneId): (instant: number) => number {
  let offset = 0;
  let calmFrom = 0;
  let calmUntil = 0;
  return (instant) => {
    if (instant < calmFrom || instant >= calmUntil) {
      const midnight = Math.floor(instant / DAY) * DAY;
      offset = offsetAt(zone, instant);
      const isCalm = offset === offsetAt(zone, midnight) && offset === offsetAt(zone, midnight + DAY);
      calmFrom = isCalm ? midnight : instant;
      calmUntil = isCalm ? midnight + DAY : instant;
    }
    return Math.floor((instant + offset) / DAY);
  };
}

/**
 * The instants at which the clocks of a zone show the minutes (0 to 1440) of a day. A minute that the clocks skip comes later
 * by the length of the gap; one that they show twice is the first of the two.
 */
export function clocksOn(zone: ZoneId, day: number): (minute: number) => number {
  const midnight = day * DAY;
  const before = offsetAt(zone, midnight - DAY);
  const after = offsetAt(zone, midnight + 2 * DAY);
  return (minute) => {
    const wall = midnight + minute * MINUTE;
    const byOldOffset = wall - before;
    if (before === after || offsetAt(zone, byOldOffset) === before) return byOldOffset;
    const byNewOffset = wall - after;
    const isSkipped = offsetAt(zone, byNewOffset) !== after;
    return isSkipped ? byOldOffset : byNewOffset;
  };
}
