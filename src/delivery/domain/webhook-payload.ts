import type { BookingEventData, DomainEvent } from '../../kernel/domain-event.js';
import { formatInstant } from '../../kernel/instant-text.js';

/** The owner, as receivers see whose event it is. */
export interface PayloadHost {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** An IANA name. */
  readonly timezone: string;
}

/** An event as the world is told of it, to the byte what is signed and sent: JSON of `id`, `event`, `timestamp` and `data`. */
export function envelopeOf(id: string, event: DomainEvent, host: PayloadHost): string {
  const { name, occurredAt } = event;
  return JSON.stringify({
    id,
    event: name,
    timestamp: formatInstant(occurredAt),
    data: payloadOf(event, host),
  });
}

/** Which event type an event is about; null if it is about none. */
export function eventTypeIdOf(event: DomainEvent): string | null {
  switch (event.name) {
    case 'booking.created':
    case 'booking.cancelled':
    case 'booking.rescheduled':
      return event.data.eventType.id;
    case 'payment.received':
      return event.data.booking.eventType.id;
    case 'contact.created':
      return null;
  }
}

/** What stands under `data`. */
export function payloadOf(event: DomainEvent, host: PayloadHost): object {
  switch (event.name) {
    case 'booking.created':
      return bookingPayload(event.data, host);
    case 'booking.cancelled': {
      const { cancelReason, cancelledAt, cancelledBy } = event.data;
      return { ...bookingPayload(event.data, host), cancelReason, cancelledAt, cancelledBy };
    }
    case 'booking.rescheduled': {
      const { previousStartTime, previousEndTime } = event.data;
      return { ...bookingPayload(event.data, host), previousStartTime, previousEndTime };
    }
    case 'payment.received': {
      const { id, provider, amount, currency, paidAt } = event.data.payment;
      const booking = bookingPayload(event.data.booking, host);
      return { payment: { id, provider, amount, currency, paidAt }, booking };
    }
    case 'contact.created': {
      const { id, name, email, phone, company, notes, source, createdAt, updatedAt } = event.data;
      return { id, name, email, phone, company, notes, source, createdAt, updatedAt };
    }
  }
}

/** What all booking events tell of the booking, under the same names. Whatever else is known of it is nobody else's business. */
function bookingPayload(booking: BookingEventData, { id, name, email, timezone }: PayloadHost): object {
  return {
    id: booking.id,
    status: booking.status,
    sequence: booking.sequence,
    eventType: booking.eventType,
    startTime: booking.startTime,
    endTime: booking.endTime,
    invitee: booking.invitee,
    host: { id, name, email, timezone },
    contactId: booking.contactId,
    location: booking.location,
    meetingLink: booking.meetingLink,
    notes: booking.notes,
    answers: booking.answers,
    price: booking.price,
    createdAt: booking.createdAt,
    updatedAt: booking.updatedAt,
  };
}
