import type { Instant } from '@js-joda/core';
import type { DomainEvent } from '../kernel/domain-event.js';
import type { OwedEmail } from './domain/owed-emails.js';

/** Events whose work is still owed. */
export abstract class OwedEvents {
  /** The event, locked until the unit of work ends; null if its work is done or being done elsewhere. */
  abstract take(eventId: string): Promise<{ id: string; event: DomainEvent } | null>;

  /** Says that the event's work is done. */
  abstract settle(eventId: string): Promise<void>;
}

/** The e-mails owed and sent, as the owner sees them on a booking. */
export abstract class EmailLog {
  /** Notes e-mails to be sent, QUEUED. One that the same event already owes to the same recipient is noted once. */
  abstract queue(emails: readonly QueuedEmail[]): Promise<void>;
}

export interface QueuedEmail extends OwedEmail {
  readonly id: string;
  readonly bookingId: string;
  readonly eventId: string;
  readonly at: Instant;
}

/** Where owners get their mail. */
export abstract class OwnerAddresses {
  /** The owner's e-mail address; null if the owner is gone. */
  abstract emailOf(ownerId: string): Promise<string | null>;
}
