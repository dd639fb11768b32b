import type { Instant } from '@js-joda/core';
import { CalendarUnavailable, type CalendarFault } from './errors.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** After each failure in a row, in seconds; the last goes on. */
const WAITS_FOR_PROVIDER = [5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];
const WAITS_FOR_OWNER = [15 * MINUTE, HOUR];

/** The longest that a provider can ask us to wait. */
const LONGEST_ASKED = 24 * HOUR;

/** What a failure makes of a booking that a calendar is to show. */
export interface MirrorFailure {
  /** `PENDING` while the provider only cannot answer, `FAILED` where its answer was no. */
  readonly state: 'PENDING' | 'FAILED';
  readonly afterSeconds: number;
}

/**
 * What follows from the fault of the last attempt, the `attempts`-th in a row that failed. Where the provider was away it is tried again
 * soon, then later each time, and no sooner than it asked for; where only the owner can help, seldom. No jitter: of a calendar that
 * fails, one booking is tried at a time.
 */
export function afterFault(fault: CalendarFault, attempts: number): MirrorFailure {
  if (!(fault instanceof CalendarUnavailable))
    return { state: 'FAILED', afterSeconds: waitOf(WAITS_FOR_OWNER, attempts) };
  const asked = Math.min(fault.retryAfterSeconds ?? 0, LONGEST_ASKED);
  return { state: 'PENDING', afterSeconds: Math.max(waitOf(WAITS_FOR_PROVIDER, attempts), asked) };
}

/** Whether nothing is tried any more: nobody looks into a calendar for a meeting that is over. */
export function isGivenUp(endOfMeeting: Instant, now: Instant): boolean {
  return !endOfMeeting.isAfter(now);
}

function waitOf(waits: readonly number[], attempts: number): number {
  return waits[Math.min(attempts, waits.length) - 1]!;
}
