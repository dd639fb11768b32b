import { Instant } from '@js-joda/core';
import { isNotice, type Mail } from '../../src/delivery/domain/mail.js';
import { bookingSubject } from '../../src/delivery/domain/owed-emails.js';
import type { ClaimedEmail } from '../../src/delivery/ports.js';
import { RandomIds } from '../../src/kernel/ids.js';

const ids = new RandomIds();

/** What lets the invitee of such a mail manage the booking. */
export const INVITEE_TOKEN = 'f3a9c1d27b6e4f58a0c4d1b2e3f40516';

/** A mail that is about to be sent, as the log of e-mails hands it out. */
export function aClaimedEmail(mail: Mail, given: Partial<ClaimedEmail> = {}): ClaimedEmail {
  return {
    id: ids.next(),
    recipient: mail.reader.email,
    subject: isNotice(mail) ? 'A notice' : bookingSubject(mail.type, mail.booking, mail.host),
    content: mail,
    bookingNow: isNotice(mail)
      ? null
      : {
          status: mail.booking.status,
          start: Instant.parse(mail.booking.startTime),
          sequence: mail.booking.sequence,
          meetingLink: mail.booking.meetingLink,
        },
    inviteeToken: mail.reader.role === 'invitee' ? INVITEE_TOKEN : null,
    createdAt: Instant.parse('2026-02-01T08:00:00.250Z'),
    attempts: 0,
    turn: 1,
    ...given,
  };
}
