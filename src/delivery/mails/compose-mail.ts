import type { Instant } from '@js-joda/core';
import type { Mail } from '../domain/mail.js';
import { bookingSubject, calendarStaleSubject, webhookDisabledSubject } from '../domain/owed-emails.js';
import { english } from '../domain/wording-english.js';
import type { Wording } from '../domain/wording.js';
import { bookingInvitation, bookingLetter } from './booking-letter.js';
import { calendarStaleLetter } from './calendar-letter.js';
import { htmlPage } from './html-page.js';
import type { Invitation } from './invitation.js';
import type { Letter } from './letter.js';
import { plainText } from './plain-text.js';
import { printable } from './printable.js';
import { webhookDisabledLetter } from './webhook-letter.js';

/** A mail as it is handed to whoever sends it. */
export interface ComposedMail {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** A whole document that needs nothing from elsewhere. */
  readonly html: string;
  /** Belongs into the mail as an alternative to its text, of type `text/calendar` with its method, and as an attachment. */
  readonly invitation: Invitation | null;
}

/** The mail that tells those facts to its reader, as if written at that time. */
export function composeMail(mail: Mail, { at }: { at: Instant }, wording: Wording = english): ComposedMail {
  const facts = printable(mail);
  switch (facts.type) {
    case 'WEBHOOK_DISABLED': {
      const subject = webhookDisabledSubject(facts.endpoint, wording);
      return composed(subject, webhookDisabledLetter(facts, wording), null);
    }
    case 'CALENDAR_STALE': {
      const subject = calendarStaleSubject(facts.connection, wording);
      return composed(subject, calendarStaleLetter(facts, wording), null);
    }
    default: {
      const subject = bookingSubject(facts.type, facts.booking, facts.host, wording);
      return composed(subject, bookingLetter(facts, at, wording), bookingInvitation(facts, wording));
    }
  }
}

function composed(subject: string, letter: Letter, invitation: Invitation | null): ComposedMail {
  return { subject, text: plainText(letter), html: htmlPage(letter), invitation };
}
