import type { Instant } from '@js-joda/core';

/** A stretch of time that includes its start and not its end. */
export interface Interval {
  readonly start: Instant;
  readonly end: Instant;
}
