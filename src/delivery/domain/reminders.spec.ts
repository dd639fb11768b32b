import { Duration, Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { isOutdatedReminder, plannedReminders, reminderToSend } from './reminders.js';

const start = Instant.parse('2026-03-02T10:00:00Z');
const meeting = { status: 'CONFIRMED', start };
const before = (minutes: number) => start.minus(Duration.ofMinutes(minutes));

describe('The reminders of a booking', () => {
  const dueTimes = (minutes: number[], at: Instant, booking = meeting) =>
    plannedReminders(booking, minutes, at).map(({ dueAt }) => String(dueAt));

  it('are due so long before the meeting begins', () => {
    expect(dueTimes([1_440, 60], before(10_000))).toEqual(['2026-03-01T10:00:00Z', '2026-03-02T09:00:00Z']);
  });

  it('leave out what would be due at once when a meeting is booked late', () => {
    expect(dueTimes([1_440, 60], before(61))).toEqual(['2026-03-02T09:00:00Z']);
    expect(dueTimes([1_440, 60], before(60))).toEqual([]);
  });

  it('are none for a meeting that is called off or that is not agreed on yet', () => {
    expect(dueTimes([60], before(100), { status: 'CANCELLED', start })).toEqual([]);
    expect(dueTimes([60], before(100), { status: 'PENDING', start })).toEqual([]);
  });

  it('are none for an owner who wants none', () => {
    expect(dueTimes([], before(100))).toEqual([]);
  });
});

describe('Of the reminders that are due', () => {
  it('only the one nearest to the meeting is sent', () => {
    expect(reminderToSend(meeting, [60, 1_440], before(30))).toBe(60);
    expect(reminderToSend(meeting, [1_440], before(1_440))).toBe(1_440);
  });

  it('none is sent once the meeting has begun', () => {
    expect(reminderToSend(meeting, [60], start.minusMillis(1))).toBe(60);
    expect(reminderToSend(meeting, [60], start)).toBeNull();
  });

  it('none is sent for a meeting that was called off', () => {
    expect(reminderToSend({ status: 'CANCELLED', start }, [60], before(60))).toBeNull();
  });

  it('none is sent if there is none', () => {
    expect(reminderToSend(meeting, [], before(60))).toBeNull();
  });
});

describe('A reminder that could not be sent at once', () => {
  const moved = { ...meeting, sequence: 1 };

  it('is still sent while it tells what is so', () => {
    expect(isOutdatedReminder(1, moved, before(1))).toBe(false);
  });

  it('is of no use once the meeting has begun, was called off or was moved again', () => {
    expect(isOutdatedReminder(1, moved, start)).toBe(true);
    expect(isOutdatedReminder(1, { ...moved, status: 'CANCELLED' }, before(1))).toBe(true);
    expect(isOutdatedReminder(0, moved, before(1))).toBe(true);
  });
});
