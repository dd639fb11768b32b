import type { Instant } from '@js-joda/core';
import ICAL from 'ical.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { CalendarEntry } from './calendar-links.js';

/** What a calendar is told of a booking (RFC 5546). */
export interface Invitation {
  /** To file the meeting, or to take it out. */
  readonly method: 'REQUEST' | 'CANCEL';
  /** iCalendar (RFC 5545): lines of at most 75 octets, each ended by CR LF. */
  readonly content: string;
}

export interface Meeting extends CalendarEntry {
  readonly bookingId: string;
  /** How often the booking was moved. */
  readonly moves: number;
  readonly isCancelled: boolean;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
  readonly description: string;
  /** A web page. */
  readonly meetingLink: string | null;
  readonly host: Person;
  readonly invited: readonly Person[];
}

export interface Person {
  readonly name: string | null;
  readonly email: string;
}

// ical.js does not count the space that begins a folded line, and the standard does (RFC 5545, 3.1).
ICAL.foldLength = 74;

/**
 * The invitation, or its withdrawal. It is dated by the booking's last change and not by the hour it is written, so that a mail which comes
 * late does not supersede later news; a withdrawal counts as one change more (RFC 5546, 2.1.4).
 */
export function invitationTo(meeting: Meeting): Invitation {
  const { isCancelled, location, meetingLink } = meeting;
  const method = isCancelled ? 'CANCEL' : 'REQUEST';
  const calendar = new ICAL.Component('vcalendar');
  add(calendar, 'prodid', '-//LinkTime//LinkTime//EN');
  add(calendar, 'version', '2.0');
  add(calendar, 'calscale', 'GREGORIAN');
  add(calendar, 'method', method);

  const event = new ICAL.Component('vevent');
  add(event, 'uid', `${meeting.bookingId}@linktime`);
  add(event, 'sequence', meeting.moves + (isCancelled ? 1 : 0));
  add(event, 'dtstamp', utc(meeting.changedAt));
  add(event, 'created', utc(meeting.createdAt));
  add(event, 'last-modified', utc(meeting.changedAt));
  add(event, 'dtstart', utc(meeting.time.start));
  add(event, 'dtend', utc(meeting.time.end));
  add(event, 'status', isCancelled ? 'CANCELLED' : 'CONFIRMED');
  add(event, 'transp', 'OPAQUE');
  add(event, 'summary', meeting.title);
  add(event, 'description', meeting.description);
  if (location !== null) add(event, 'location', location);
  if (meetingLink !== null) {
    add(event, 'url', meetingLink);
    add(event, 'conference', meetingLink, { value: 'URI' }); // RFC 7986, 5.11
  }
  add(event, 'organizer', calendarAddress(meeting.host.email), named(meeting.host));
  for (const person of meeting.invited) {
    // They booked, which is their yes; an answer by mail would reach nobody who reads it.
    const attendance = { cutype: 'INDIVIDUAL', role: 'REQ-PARTICIPANT', partstat: 'ACCEPTED', rsvp: 'FALSE' };
    add(event, 'attendee', calendarAddress(person.email), { ...attendance, ...named(person) });
  }
  calendar.addSubcomponent(event);
  return { method, content: `${calendar.toString()}\r\n` };
}

function add(
  component: InstanceType<typeof ICAL.Component>,
  name: string,
  value: string | number | InstanceType<typeof ICAL.Time>,
  parameters: Readonly<Record<string, string>> = {},
): void {
  const property = new ICAL.Property(name);
  for (const [parameter, text] of Object.entries(parameters)) property.setParameter(parameter, text);
  property.setValue(value);
  component.addProperty(property);
}

function utc(instant: Instant) {
  return ICAL.Time.fromDateTimeString(formatInstant(instant).replace(/\.\d+Z$/, 'Z'));
}

function named({ name }: Person): Record<string, string> {
  return name ? { cn: name } : {};
}

/** RFC 6068, 2: what would end the address in a `mailto:` URI, or is not ASCII, is percent-encoded. */
function calendarAddress(email: string): string {
  return `mailto:${encodeURI(email).replaceAll(/[/?#&;=]/g, encodeURIComponent)}`;
}
