import { setImmediate as othersGoFirst } from 'node:timers/promises';
import { Instant } from '@js-joda/core';
import ICAL from 'ical.js';
import { bookingUid } from '../../kernel/booking-uid.js';
import { parseUrl } from '../../kernel/url.js';
import {
  add,
  addTyped,
  calendarAddress,
  calendarText,
  emptyCalendar,
  eventComponent,
} from '../../platform/icalendar-text.js';
import type { FeedBookingView, FeedView } from '../reads/feed-reads.js';

/** How often subscribers are asked to look. */
const REFRESH_INTERVAL = 'PT15M';

/** How much of an invitee's notes is told, in UTF-16 units. */
const MOST_OF_NOTES = 1_000;

/** After how many bookings other requests get their turn. */
const AT_ONCE = 100;

/**
 * An owner's bookings as a feed that calendars subscribe to (RFC 5546, 3.2.1; RFC 7986). It says nothing of when it was written, so it stays
 * the same until a booking changes, or leaves or enters the stretch of time that it tells of.
 */
export async function feedText({ ownerName, ownerEmail, bookings }: FeedView): Promise<string> {
  const calendar = emptyCalendar('PUBLISH');
  const name = `Bookings of ${ownerName}`;
  addTyped(calendar, 'name', 'text', name);
  addTyped(calendar, 'x-wr-calname', 'text', name);
  addTyped(calendar, 'refresh-interval', 'duration', REFRESH_INTERVAL);
  add(calendar, 'x-published-ttl', REFRESH_INTERVAL);
  for (const [index, booking] of bookings.entries()) {
    const event = eventOf(booking);
    add(event, 'organizer', calendarAddress(ownerEmail), { cn: ownerName });
    calendar.addSubcomponent(event);
    if (index % AT_ONCE === AT_ONCE - 1) await othersGoFirst();
  }
  return calendarText(calendar);
}

/** As the invitation in the mails has it: the same UID and, after a cancellation, one change more (RFC 5546, 2.1.4). */
function eventOf(booking: FeedBookingView): ICAL.Component {
  const { id, sequence, isCancelled, eventTypeName, inviteeName, location, meetingLink } = booking;
  const changedAt = Instant.parse(booking.updatedAt);
  return eventComponent({
    uid: bookingUid(id),
    sequence: sequence + (isCancelled ? 1 : 0),
    stampedAt: changedAt,
    createdAt: Instant.parse(booking.createdAt),
    changedAt,
    time: { start: Instant.parse(booking.startTime), end: Instant.parse(booking.endTime) },
    isCancelled,
    title: `${eventTypeName}: ${inviteeName}`,
    description: descriptionOf(booking),
    location: location ?? meetingLink,
    meetingLink: meetingLink !== null && isWebPage(meetingLink) ? meetingLink : null,
  });
}

function descriptionOf(booking: FeedBookingView): string {
  const { inviteeName, inviteeEmail, inviteePhone, guests, notes, cancelReason, meetingLink } = booking;
  const people = [`${inviteeName} <${inviteeEmail}>`, inviteePhone, ...guests].filter(Boolean).join('\n');
  const parts = [
    cancelReason && `Cancelled: ${cancelReason}`,
    people,
    meetingLink,
    notes && shortened(notes),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function shortened(notes: string): string {
  return notes.length <= MOST_OF_NOTES ? notes : `${notes.slice(0, MOST_OF_NOTES).toWellFormed()}…`;
}

function isWebPage(text: string): boolean {
  return /^https?:$/.test(parseUrl(text)?.protocol ?? '');
}
