import { describe, expect, it } from '@jest/globals';
import { bookingMail, webhookDisabled } from '../../../test/support/mails.js';
import type { BookingEventData } from '../../kernel/domain-event.js';
import { linkContent, withLearntLink } from './mail-content.js';

const LINK = 'https://meet.example/abc';

describe('A mail that was owed before its booking learnt the link of its video meeting', () => {
  const booked = bookingMail('BOOKING_CONFIRMATION');
  const owed = (booking: Partial<BookingEventData>) => ({
    ...booked,
    booking: { ...booked.booking, ...booking },
  });

  it('tells the link', () => {
    const waiting = owed({ location: 'Google Meet', meetingLink: null });
    expect(withLearntLink(waiting, LINK)).toEqual(owed({ location: 'Google Meet', meetingLink: LINK }));
    expect(withLearntLink(waiting, null)).toEqual(waiting);
  });

  it('keeps the link that it had, and needs none if it tells that the meeting is off', () => {
    const linked = owed({ meetingLink: 'https://meet.example/first' });
    expect(withLearntLink(linked, LINK)).toEqual(linked);
    const off = bookingMail('CANCELLATION_CONFIRMATION', 'invitee', { booking: { meetingLink: null } });
    expect(withLearntLink(off, LINK)).toEqual(off);
    expect(withLearntLink(webhookDisabled, LINK)).toEqual(webhookDisabled);
  });
});

describe('A mail that tells the link of a meeting', () => {
  it('tells the meeting as its reader knows it, and dates it by when the booking learnt the link', () => {
    const moved = bookingMail('RESCHEDULE_CONFIRMATION', 'guest', { booking: { meetingLink: null } });
    const { type, reader, booking } = linkContent(moved, LINK, '2026-02-03T08:00:00.000Z');

    expect({ type, reader }).toEqual({ type: 'MEETING_LINK', reader: moved.reader });
    expect(booking).toMatchObject({ meetingLink: LINK, updatedAt: '2026-02-03T08:00:00.000Z', sequence: 1 });
    expect(booking.startTime).toBe(moved.booking.startTime);
    expect(booking).not.toHaveProperty('previousStartTime');
  });
});
