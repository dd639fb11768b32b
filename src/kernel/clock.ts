import { Instant } from '@js-joda/core';

/** What time it is. The core asks here and nowhere else, so that every rule about time can be tried at any time. */
export abstract class Clock {
  /** The present, to the millisecond. */
  abstract now(): Instant;
}

/** The machine's clock. */
export class SystemClock extends Clock {
  now(): Instant {
    return Instant.ofEpochMilli(Date.now());
  }
}
