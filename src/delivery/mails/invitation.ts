import type { Instant } from '@js-joda/core';
import { bookingUid } from '../../kernel/booking-uid.js';
import {
  add,
  calendarAddress,
  calendarText,
  emptyCalendar,
  eventComponent,
} from '../../platform/icalendar-text.js';
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

/**
 * The invitation, or its withdrawal. It is dated by the booking's last change and not by the hour it is written, so that a mail which comes
 * late does not supersede later news; a withdrawal counts as one change more (RFC 5546, 2.1.4).
 */
export function invitationTo(meeting: Meeting): Invitation {
  const method = meeting.isCancelled ? 'CANCEL' : 'REQUEST';
  const calendar = emptyCalendar(method);
  const event = eventComponent({
    ...meeting,
    uid: bookingUid(meeting.bookingId),
    sequence: meeting.moves + (meeting.isCancelled ? 1 : 0),
    stampedAt: meeting.changedAt,
  });
  add(event, 'organizer', calendarAddress(meeting.host.email), named(meeting.host));
  for (const person of meeting.invited) {
    // They booked, which is their yes; an answer by mail would reach nobody who reads it.
    const attendance = { cutype: 'INDIVIDUAL', role: 'REQ-PARTICIPANT', partstat: 'ACCEPTED', rsvp: 'FALSE' };
    add(event, 'attendee', calendarAddress(person.email), { ...attendance, ...named(person) });
  }
  calendar.addSubcomponent(event);
  return { method, content: calendarText(calendar) };
}

function named({ name }: Person): Record<string, string> {
  return name ? { cn: name } : {};
}
