import { Instant, ZoneId } from '@js-joda/core';
import { RandomIds } from '../../src/kernel/ids.js';
import { Booking, type BookingState } from '../../src/scheduling/domain/booking.js';
import { EventType } from '../../src/scheduling/domain/event-type.js';

const ids = new RandomIds();
const at = Instant.parse('2026-02-01T08:00:00Z');

/** Half an hour, round the clock in UTC, unless the definition says otherwise. */
export function anEventType(ownerId: string, definition: Record<string, unknown> = {}): EventType {
  return EventType.define(
    {
      name: 'Intro call',
      slug: `intro-${ids.next()}`,
      durationMinutes: 30,
      timezone: 'UTC',
      availability: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'].map(
        (day) => ({
          day,
          start: '00:00',
          end: '24:00',
        }),
      ),
      bookingWindowDays: 730,
      ...definition,
    },
    { id: ids.next(), ownerId, position: 0, defaultZone: ZoneId.of('UTC'), at },
  );
}

/** A booking just agreed on, by Ada. */
export function aBooking(
  eventType: EventType,
  start: string,
  details: Partial<Pick<BookingState, 'contactId' | 'invitee' | 'notes' | 'answers'>> = {},
): Booking {
  return Booking.confirm(
    eventType,
    Instant.parse(start),
    {
      id: ids.next(),
      contactId: null,
      invitee: {
        name: 'Ada Lovelace',
        email: 'ada@example.com',
        timezone: 'Europe/London',
        phone: '+44 20 7946 0000',
        guests: ['charles@example.com'],
      },
      notes: 'Two\nlines',
      answers: { topic: 'engines', sizes: ['S', 'M'], adult: true },
      inviteeToken: ids.secret(),
      ...details,
    },
    at,
  );
}
