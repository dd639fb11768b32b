import { Duration, Instant } from '@js-joda/core';
import { Clock } from '../../src/kernel/clock.js';

/** Stands still until it is told to move. */
export class FixedClock extends Clock {
  constructor(private at: Instant = Instant.parse('2026-02-10T12:00:00Z')) {
    super();
  }

  now(): Instant {
    return this.at;
  }

  set(at: Instant): void {
    this.at = at;
  }

  advance(by: Duration): void {
    this.at = this.at.plus(by);
  }
}
