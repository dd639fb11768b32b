import type { ZoneId } from '@js-joda/core';
import { offsetsOf } from '../../kernel/utc-offset.js';

// Wall time is in epoch milliseconds, as if the clock on the wall showed UTC; an instant is in epoch milliseconds.

export const DAY = 86_400_000;

/** The clocks of a place, and how they are set. */
export interface WallClock {
  /**
   * The instant at which the clocks show a wall time. A time that they skip comes later by the length of the gap; one that they
   * show twice is the first of the two (RFC 5545, 3.3.5).
   */
  instantOf(wall: number): number;

  /** What the clocks show at an instant. */
  wallAt(instant: number): number;
}

export const utcClock: WallClock = { instantOf: (wall) => wall, wallAt: (instant) => instant };

/** The clocks of a zone, by the zone data that all of LinkTime goes by. */
export function clockOf(zone: ZoneId): WallClock {
  return clockBy(offsetsOf(zone));
}

/** Clocks that are ahead of UTC by `offsetAt` (in milliseconds) at an instant, and change at most once in two days. */
export function clockBy(offsetAt: (instant: number) => number): WallClock {
  return {
    instantOf(wall) {
      const before = offsetAt(wall - DAY);
      const after = offsetAt(wall + DAY);
      const byOldOffset = wall - before;
      if (before === after || offsetAt(byOldOffset) === before) return byOldOffset;
      const byNewOffset = wall - after;
      const isSkipped = offsetAt(byNewOffset) !== after;
      return isSkipped ? byOldOffset : byNewOffset;
    },
    wallAt: (instant) => instant + offsetAt(instant),
  };
}
