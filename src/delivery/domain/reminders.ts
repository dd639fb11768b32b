import { Duration, type Instant } from '@js-joda/core';

/** A reminder of a meeting, to be sent when it is due. */
export interface PlannedReminder {
  readonly minutesBefore: number;
  readonly dueAt: Instant;
}

/** A booking as far as its reminders depend on it. */
export interface RemindedBooking {
  readonly status: string;
  readonly start: Instant;
}

/**
 * The reminders a booking gets. One whose time has come already is left out: whoever has just heard of the meeting, or of its new
 * time, is not reminded in the same breath.
 */
export function plannedReminders(
  { status, start }: RemindedBooking,
  minutes: readonly number[],
  at: Instant,
): PlannedReminder[] {
  if (status !== 'CONFIRMED') return [];
  return minutes
    .map((minutesBefore) => ({ minutesBefore, dueAt: start.minus(Duration.ofMinutes(minutesBefore)) }))
    .filter(({ dueAt }) => dueAt.isAfter(at));
}

/**
 * Which of the reminders that are due is sent: of several, as after an outage, only the one nearest to the meeting; null if the
 * meeting was called off or has begun.
 */
export function reminderToSend(
  { status, start }: RemindedBooking,
  dueMinutes: readonly number[],
  now: Instant,
): number | null {
  if (status !== 'CONFIRMED' || !start.isAfter(now) || dueMinutes.length === 0) return null;
  return Math.min(...dueMinutes);
}

/** Whether a reminder written before the booking's last move would, sent now, tell what is no longer so. */
export function isOutdatedReminder(
  writtenAtSequence: number,
  booking: RemindedBooking & { readonly sequence: number },
  now: Instant,
): boolean {
  const { status, start, sequence } = booking;
  return status !== 'CONFIRMED' || sequence !== writtenAtSequence || !start.isAfter(now);
}
