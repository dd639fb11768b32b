import { Instant } from '@js-joda/core';
import { bookingUid } from '../../kernel/booking-uid.js';
import type { BookingEventData } from '../../kernel/domain-event.js';
import type { MirroredEvent } from './remote-event.js';

/** A booking as its owner sees it in the calendar, in the owner's words. */
export function mirroredEvent(booking: BookingEventData, provider: string): MirroredEvent {
  const { id, sequence, startTime, endTime, eventType, invitee, location, meetingLink } = booking;
  return {
    uid: bookingUid(id),
    sequence,
    time: { start: Instant.parse(startTime), end: Instant.parse(endTime) },
    title: `${eventType.name} with ${invitee.name}`,
    description: description(booking),
    location: location ?? meetingLink,
    attendees: [
      { name: invitee.name, email: invitee.email },
      ...invitee.guests.map((email) => ({ name: null, email })),
    ],
    wantsMeetingLink: wantsMeetingLink(location, provider),
  };
}

/** By provider, what a location says that means a video meeting which the provider can make. */
const meetingsOf: Readonly<Record<string, string>> = {
  GOOGLE: 'google meet',
  MICROSOFT: 'microsoft teams',
};

/** Whether the provider of the calendar is to make the video meeting: it makes its own kind and no other. */
export function wantsMeetingLink(location: string | null, provider: string): boolean {
  const meeting = meetingsOf[provider];
  return meeting !== undefined && location !== null && location.toLowerCase().includes(meeting);
}

/** A calendar that a booking is wanted in. */
export interface CalendarOfBooking {
  readonly provider: string;
  /** Of the video meeting that the provider made for the booking; null while it has made none. */
  readonly meetingLink: string | null;
}

/** Whether any provider could make the video meeting of a booking that has no link to one. */
export function mayGetMeetingLink({ location, meetingLink }: BookingEventData): boolean {
  const providers = Object.keys(meetingsOf);
  return meetingLink === null && providers.some((provider) => wantsMeetingLink(location, provider));
}

/** Whether one of its calendars is still to make a booking's video meeting: the first link that comes is the booking's. */
export function awaitsMeetingLink(
  booking: BookingEventData,
  calendars: readonly CalendarOfBooking[],
): boolean {
  return (
    booking.meetingLink === null &&
    calendars.some(({ provider }) => wantsMeetingLink(booking.location, provider)) &&
    calendars.every(({ meetingLink }) => meetingLink === null)
  );
}

/** What the invitee told; who comes is said by the attendees. */
function description({ invitee, notes, answers, location, meetingLink }: BookingEventData): string {
  return [
    invitee.phone && `Phone: ${invitee.phone}`,
    meetingLink && meetingLink !== location && `Meeting link: ${meetingLink}`,
    ...Object.entries(answers).map(([question, answer]) => `${question}: ${said(answer)}`),
    notes && `Notes: ${notes}`,
  ]
    .filter(Boolean)
    .join('\n');
}

function said(answer: unknown): string {
  if (Array.isArray(answer)) return answer.map(said).join(', ');
  if (typeof answer === 'boolean') return answer ? 'yes' : 'no';
  return String(answer);
}
