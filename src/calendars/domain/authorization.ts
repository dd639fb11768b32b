import { Duration, type Instant } from '@js-joda/core';
import type { CalendarChoice, SignInProvider } from './connection.js';

/** How long an owner may take to sign in. */
const LIVES = Duration.ofMinutes(10);

/** An owner is on his way to let us into an account. */
export interface Authorization {
  readonly id: string;
  readonly ownerId: string;
  readonly provider: SignInProvider;
  /** Which of its calendars are to count. */
  readonly choice: CalendarChoice;
  readonly expiresAt: Instant;
}

/** What became of it: a connection, or one sentence that says why there is none. */
export type AuthorizationOutcome = { readonly connectionId: string } | { readonly fault: string };

export function beginAuthorization(
  wish: Pick<Authorization, 'id' | 'ownerId' | 'provider' | 'choice'>,
  at: Instant,
): Authorization {
  return { ...wish, expiresAt: at.plus(LIVES) };
}
