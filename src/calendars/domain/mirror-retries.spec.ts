import { describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import {
  CalendarAccessLost,
  CalendarGone,
  CalendarUnavailable,
  CalendarUnreadable,
  type CalendarFault,
} from './errors.js';
import { afterFault, isGivenUp } from './mirror-retries.js';

describe('A booking that a calendar does not show yet', () => {
  const waits = (fault: CalendarFault, times: number) =>
    Array.from({ length: times }, (_, i) => afterFault(fault, i + 1).afterSeconds);

  it('is tried again soon while the provider is away, then later each time, up to an hour', () => {
    const away = new CalendarUnavailable('Away');
    expect(afterFault(away, 1).state).toBe('PENDING');
    expect(waits(away, 8)).toEqual([5, 15, 60, 300, 900, 3_600, 3_600, 3_600]);
  });

  it('is tried no sooner than the provider asks for, within a day', () => {
    expect(afterFault(new CalendarUnavailable('Too many', 120), 1).afterSeconds).toBe(120);
    expect(afterFault(new CalendarUnavailable('Too many', 1), 3).afterSeconds).toBe(60);
    expect(afterFault(new CalendarUnavailable('Too many', 1e9), 1).afterSeconds).toBe(86_400);
  });

  it('has failed where only its owner can help, and is tried again seldom', () => {
    for (const fault of [
      new CalendarAccessLost('No'),
      new CalendarGone('No'),
      new CalendarUnreadable('No'),
    ]) {
      expect(afterFault(fault, 1).state).toBe('FAILED');
      expect(waits(fault, 3)).toEqual([900, 3_600, 3_600]);
    }
  });

  it('is given up when the meeting is over', () => {
    const end = Instant.parse('2026-03-02T10:30:00Z');
    expect(isGivenUp(end, end.minusMillis(1))).toBe(false);
    expect(isGivenUp(end, end)).toBe(true);
  });
});
