import { Duration, type Instant } from '@js-joda/core';

const UNWATCHED_FOR = Duration.ofHours(1);

/** When to see to a watch that was made at that time: after two thirds of its life, so that there is time to try again. */
export function renewalOf(expiresAt: Instant, at: Instant): Instant {
  const life = Math.max(Duration.between(at, expiresAt).toMillis(), 0);
  return at.plusMillis(Math.floor((life * 2) / 3));
}

/** When to ask again for a watch that was not to be had. */
export function nextAttempt(at: Instant): Instant {
  return at.plus(UNWATCHED_FOR);
}
