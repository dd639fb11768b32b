import type { Instant } from '@js-joda/core';

/**
 * What happened, under the name it bears on the wire. An event is recorded by the aggregate that changed and stored
 * in the same transaction as the change.
 */
export type DomainEvent = BookingEvent | ContactCreated | PaymentReceived;

/** An event as it waits in the outbox for its work to be done. */
export interface OwedEvent<Event extends DomainEvent = DomainEvent> {
  readonly id: string;
  readonly event: Event;
}

export interface BookingEvent {
  readonly name: 'booking.created' | 'booking.cancelled' | 'booking.rescheduled';
  readonly ownerId: string;
  /** The booking's id. */
  readonly subjectId: string;
  readonly occurredAt: Instant;
  readonly data: BookingEventData;
}

/** The booking as it was when the event happened. Instants are RFC 3339 in UTC with milliseconds. */
export interface BookingEventData {
  readonly id: string;
  readonly status: string;
  readonly sequence: number;
  readonly eventType: {
    readonly id: string;
    readonly name: string;
    readonly slug: string;
    readonly durationMinutes: number;
  };
  readonly startTime: string;
  readonly endTime: string;
  readonly invitee: {
    readonly name: string;
    readonly email: string;
    readonly timezone: string;
    readonly phone: string | null;
    readonly guests: readonly string[];
  };
  readonly contactId: string | null;
  readonly location: string | null;
  readonly meetingLink: string | null;
  readonly notes: string | null;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly price: { readonly amount: number; readonly currency: string } | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Where a rescheduled booking was before. */
  readonly previousStartTime?: string;
  readonly previousEndTime?: string;
  readonly cancelReason?: string | null;
  readonly cancelledAt?: string | null;
  readonly cancelledBy?: string | null;
}

export interface ContactCreated {
  readonly name: 'contact.created';
  readonly ownerId: string;
  /** The contact's id. */
  readonly subjectId: string;
  readonly occurredAt: Instant;
  readonly data: ContactEventData;
}

export interface ContactEventData {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly company: string | null;
  readonly notes: string | null;
  readonly source: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PaymentReceived {
  readonly name: 'payment.received';
  readonly ownerId: string;
  /** The booking's id. */
  readonly subjectId: string;
  readonly occurredAt: Instant;
  readonly data: PaymentEventData;
}

export interface PaymentEventData {
  readonly payment: {
    readonly id: string;
    /** Who took it, such as `stripe`. */
    readonly provider: string;
    /** In minor units of the currency. */
    readonly amount: number;
    /** ISO 4217. */
    readonly currency: string;
    readonly paidAt: string;
  };
  /** The booking that it pays for, as it is once paid. */
  readonly booking: BookingEventData;
}
