import type { Instant } from '@js-joda/core';
import type { Mail } from '../domain/mail.js';
import { bookingSubject, webhookDisabledSubject } from '../domain/owed-emails.js';
import { english } from '../domain/wording-english.js';
import type { Wording } from '../domain/wording.js';
import { bookingInvitation, bookingLetter } from './booking-letter.js';
import { htmlPage } from './html-page.js';
import type { Invitation } from './invitation.js';
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
  const letter =
    facts.type === 'WEBHOOK_DISABLED'
      ? webhookDisabledLetter(facts, wording)
      : bookingLetter(facts, at, wording);
  return {
    subject:
      facts.type === 'WEBHOOK_DISABLED'
        ? webhookDisabledSubject(facts.endpoint, wording)
        : bookingSubject(facts.type, facts.booking, facts.host, wording),
    text: plainText(letter),
    html: htmlPage(letter),
    invitation: facts.type === 'WEBHOOK_DISABLED' ? null : bookingInvitation(facts, wording),
  };
}
