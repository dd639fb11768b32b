import { describe, expect, it } from '@jest/globals';
import { bookingMail, webhookDisabled } from '../../../test/support/mails.js';
import type { BookingEventData } from '../../kernel/domain-event.js';
import { withLearntLink } from './mail-content.js';

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
