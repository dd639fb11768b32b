import type { BookingView } from '../../src/scheduling/reads/booking-reads.js';
import type { Client, ErrorBody, HttpAnswer } from './client.js';
import type { Offer } from './owners.js';

const DAY = 86_400_000;

/** Today for a whole file of tests: when midnight comes while they run, no time of theirs moves. */
const TODAY = Date.now();

/** What a successful public booking is answered with. */
export interface NewBooking extends Pick<
  BookingView,
  | 'id'
  | 'status'
  | 'startTime'
  | 'endTime'
  | 'inviteeName'
  | 'inviteeEmail'
  | 'inviteeTimezone'
  | 'location'
  | 'meetingLink'
  | 'eventType'
> {
  bookingId: string;
  cancelUrl: string;
  rescheduleUrl: string;
}

/** A time of the day in UTC, so many days from today, as an instant. */
export function inDays(days: number, time: string): string {
  return `${dateInDays(days)}T${time}:00.000Z`;
}

/** A date in UTC, so many days from today. */
export function dateInDays(days: number): string {
  return new Date(TODAY + days * DAY).toISOString().slice(0, 10);
}

/** So many minutes from now, as an instant. */
export function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}

export function bookingOf(offer: Offer, startTime: string, given: Record<string, unknown> = {}) {
  return {
    eventTypeId: offer.id,
    inviteeName: 'Ada Lovelace',
    inviteeEmail: 'ada@example.com',
    inviteeTimezone: 'Europe/London',
    startTime,
    ...given,
  };
}

/** Asks for a booking, whatever becomes of it. */
export function tryToBook(
  client: Client,
  offer: Offer,
  startTime: string,
  given?: Record<string, unknown>,
): Promise<HttpAnswer<NewBooking & ErrorBody>> {
  return client.post('/api/bookings', bookingOf(offer, startTime, given));
}

/** Books, and throws if that is refused. */
export async function book(
  client: Client,
  offer: Offer,
  startTime: string,
  given?: Record<string, unknown>,
): Promise<NewBooking> {
  const { status, body } = await tryToBook(client, offer, startTime, given);
  if (status !== 201) throw new Error(`Not booked: ${status} ${JSON.stringify(body)}`);
  return body;
}
