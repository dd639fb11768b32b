import { crc32 } from 'node:zlib';
import type { Instant } from '@js-joda/core';
import { secondsAsked } from '../../kernel/retry-after.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** How many seconds after each failed attempt the next one is made. After the last there is none. */
export const webhookRetries = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

/** How far a wait may be off, either way, so that what failed together does not come again together. */
const JITTER = 0.1;

/** The longest that a receiver can ask us to wait. */
const LONGEST_ASKED = 24 * HOUR;

export interface FailedAttempt {
  /** How many attempts there were, with this one. */
  readonly attempts: number;
  /** The answer's `Retry-After`, if there was one. */
  readonly retryAfter: string | null;
  /** When it failed. */
  readonly at: Instant;
}

/**
 * How many seconds after a failed attempt the next one is made: what the schedule says, up to a tenth less or more as `chance` (0 to
 * below 1) has it, or what the receiver asked for, whichever is longer. Null if there were attempts enough.
 */
export function secondsToRetry({ attempts, retryAfter, at }: FailedAttempt, chance: number): number | null {
  const scheduled = webhookRetries[attempts - 1];
  if (scheduled === undefined) return null;
  const wait = scheduled * (1 + JITTER * (2 * chance - 1));
  const asked = retryAfter === null ? null : secondsAsked(retryAfter, at);
  return Math.max(wait, Math.min(asked ?? 0, LONGEST_ASKED));
}

/** A number from 0 to below 1 that is always the same for one text and spread evenly over many. */
export function chanceOf(text: string): number {
  return crc32(text) / 2 ** 32;
}
