import type { BookingEventData } from '../../kernel/domain-event.js';

export type EmailType =
  | 'BOOKING_CONFIRMATION'
  | 'BOOKING_NOTIFICATION'
  | 'RESCHEDULE_CONFIRMATION'
  | 'RESCHEDULE_NOTIFICATION'
  | 'CANCELLATION_CONFIRMATION'
  | 'CANCELLATION_NOTIFICATION'
  | 'MEETING_LINK'
  | 'REMINDER';

export type ReaderRole = 'invitee' | 'guest' | 'owner';

/** Whom a mail is written to. */
export interface Reader {
  readonly role: ReaderRole;
  readonly email: string;
  /** null where only an address is known, as of guests. */
  readonly name: string | null;
  /** The IANA name of the zone in which times are told; one that nobody knows counts as UTC. */
  readonly timezone: string;
}

/** What a mail about a booking has to tell. */
export interface BookingMail {
  readonly type: EmailType;
  readonly reader: Reader;
  /** The booking as it was when that happened which the mail tells of. */
  readonly booking: BookingEventData;
  readonly host: { readonly name: string; readonly email: string; readonly timezone: string };
  /** The pages where the invitee manages the booking: whoever has them can, so they are for nobody else; else null. */
  readonly links: { readonly cancel: string; readonly reschedule: string } | null;
}

/** Tells an owner that one of the webhook endpoints is disabled, since it only failed. */
export interface WebhookDisabledMail {
  readonly type: 'WEBHOOK_DISABLED';
  readonly reader: Reader;
  readonly endpoint: { readonly id: string; readonly url: string };
  /** When the endpoint began to fail, RFC 3339 in UTC as all instants in mails. */
  readonly since: string;
  readonly lastError: string;
}

/** Tells an owner that nothing is offered any more, since a calendar of his cannot be read. */
export interface CalendarStaleMail {
  readonly type: 'CALENDAR_STALE';
  readonly reader: Reader;
  readonly connection: { readonly id: string; readonly account: string };
  /** When it was last read; null if it never was. */
  readonly since: string | null;
  readonly lastError: string;
}

/** What an owner is told of what LinkTime does for him, and not of a booking. */
export type Notice = WebhookDisabledMail | CalendarStaleMail;

export type Mail = BookingMail | Notice;

/** What is kept of a mail, as JSON, from when it is owed until it is sent: all but the links, for they let their bearer act. */
export type MailContent = BookingContent | Notice;

export type BookingContent = Omit<BookingMail, 'links'>;

export function isNotice(mail: Mail | MailContent): mail is Notice {
  return mail.type === 'WEBHOOK_DISABLED' || mail.type === 'CALENDAR_STALE';
}
