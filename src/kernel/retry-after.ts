import { ChronoUnit, Instant } from '@js-joda/core';

/**
 * The seconds that a `Retry-After` asks to wait from `at` on, itself or by its date (RFC 9110, 10.2.3): 0 for a date that is past, null
 * for what is neither. There is no longest one.
 */
export function secondsAsked(retryAfter: string, at: Instant): number | null {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  const until = httpDate(retryAfter);
  return until && Math.max(0, at.until(until, ChronoUnit.MILLIS) / 1_000);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// `Sun, 06 Nov 1994 08:49:37 GMT`: the only form that may be sent (RFC 9110, 5.6.7).
const IMF_FIXDATE = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/;

function httpDate(text: string): Instant | null {
  const [, day, monthName, year, time] = IMF_FIXDATE.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName ?? '') + 1;
  try {
    return Instant.parse(`${year}-${String(month).padStart(2, '0')}-${day}T${time}Z`);
  } catch {
    return null;
  }
}
