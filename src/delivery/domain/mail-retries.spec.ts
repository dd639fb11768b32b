import { describe, expect, it } from '@jest/globals';
import { mailRetryAfter, MOST_MAIL_ATTEMPTS } from './mail-retries.js';

const HOUR = 3_600;

describe('A mail that the server puts off', () => {
  it('is tried again after 1, 5 and 15 minutes, 1, 3, 6 and 12 hours', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempts) => mailRetryAfter(attempts, 0));

    expect(waits).toEqual([60, 300, 900, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR]);
  });

  it('is given up after the eighth attempt, most of a day later', () => {
    expect(mailRetryAfter(8, 0)).toBeNull();
    expect(MOST_MAIL_ATTEMPTS).toBe(8);
  });

  it('waits up to a fifth longer, so that mails put off together do not come back together', () => {
    expect(mailRetryAfter(1, 0.5)).toBe(66);
    expect(mailRetryAfter(1, 0.999)).toBe(72);
  });
});
