import type { Instant } from '@js-joda/core';
import { calendarStaleSubject, webhookDisabledSubject } from '../domain/owed-emails.js';
import type { Notice } from '../domain/mail.js';
import type { Host, QueuedEmail } from '../ports.js';

/** What a notice tells, whoever reads it. */
type Told = Notice extends infer Kind ? (Kind extends Notice ? Omit<Kind, 'reader'> : never) : never;

/** A mail that tells an owner of what LinkTime does for him. `id` and `eventId` are those of a `QueuedEmail`. */
export function ownerNotice(
  told: Told,
  { id: ownerId, email, name, timezone }: Host,
  { id, eventId, at }: { readonly id: string; readonly eventId: string; readonly at: Instant },
): QueuedEmail {
  return {
    ...{ id, eventId, at, ownerId },
    bookingId: null,
    recipient: email,
    subject:
      told.type === 'WEBHOOK_DISABLED'
        ? webhookDisabledSubject(told.endpoint)
        : calendarStaleSubject(told.connection),
    content: { ...told, reader: { role: 'owner', email, name, timezone } },
  };
}
