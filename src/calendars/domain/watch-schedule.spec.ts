import { Duration, Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { nextAttempt, renewalOf } from './watch-schedule.js';

const now = Instant.parse('2026-03-02T09:00:00Z');

describe('The watch over a calendar', () => {
  it('is renewed well before it ends, however long it lasts', () => {
    expect(renewalOf(now.plus(Duration.ofDays(6)), now)).toEqual(now.plus(Duration.ofDays(4)));
    expect(renewalOf(now.plus(Duration.ofMinutes(3)), now)).toEqual(now.plus(Duration.ofMinutes(2)));
  });

  it('is renewed at once if it has ended already', () => {
    expect(renewalOf(now.minusSeconds(5), now)).toEqual(now);
  });

  it('is asked for again in an hour where it was not to be had', () => {
    expect(nextAttempt(now)).toEqual(now.plusSeconds(3_600));
  });
});
