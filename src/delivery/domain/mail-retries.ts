const MINUTE = 60;
const HOUR = 3_600;

/** After each attempt that the mail server put off, in seconds. Grey-listing ends within minutes, an outage within a night. */
const WAITS = [1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 1 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR];

/** By how much of itself a wait may grow, so that mails put off together do not come back together. */
const SPREAD = 0.2;

/** How many attempts a mail is worth. */
export const MOST_MAIL_ATTEMPTS = WAITS.length + 1;

/**
 * In how many seconds a mail that was put off is tried again, after `attempts` attempts, the last one included; null if it is given
 * up. `chance`, from 0 to below 1, says how much of the spread is taken.
 */
export function mailRetryAfter(attempts: number, chance: number): number | null {
  const wait = WAITS[attempts - 1];
  return wait === undefined ? null : Math.round(wait * (1 + SPREAD * chance));
}
