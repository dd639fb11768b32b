import { Duration, Instant } from '@js-joda/core';
import type { BookingMail, EmailType } from '../domain/mail.js';
import { invited } from '../domain/owed-emails.js';
import type { MeetingNames, MeetingNews, Wording } from '../domain/wording.js';
import { detailFacts, reasonFacts, timeFacts, timeOf, whatFact } from './booking-facts.js';
import { calendarLinks } from './calendar-links.js';
import { invitationTo, type Invitation } from './invitation.js';
import { pageOf, type Letter, type Tone } from './letter.js';
import { factsAsText, linkAsText } from './plain-text.js';

const tones: Readonly<Record<EmailType, Tone>> = {
  BOOKING_CONFIRMATION: 'agreed',
  BOOKING_NOTIFICATION: 'agreed',
  RESCHEDULE_CONFIRMATION: 'changed',
  RESCHEDULE_NOTIFICATION: 'changed',
  CANCELLATION_CONFIRMATION: 'off',
  CANCELLATION_NOTIFICATION: 'off',
  MEETING_LINK: 'notice',
  REMINDER: 'notice',
};

/** What a mail about a booking says. */
export function bookingLetter(mail: BookingMail, at: Instant, wording: Wording): Letter {
  const { type, reader, booking } = mail;
  const words = wording.bookings[type];
  const news = newsOf(mail, at);
  const when = timeFacts(mail, wording);
  return {
    language: wording.language,
    tone: tones[type],
    title: words.title(news),
    preview: [booking.eventType.name, ...(when[0]?.lines ?? [])].join(', '),
    greeting: wording.greeting(reader.name),
    opening: words.opening(news),
    facts: [
      ...reasonFacts(booking, wording),
      whatFact(booking, wording),
      ...when,
      ...detailFacts(mail, wording),
    ],
    actions: manageLinks(mail, wording),
    moreLinks: addToCalendar(mail, wording),
    smallPrint: wording.whyReceived(reader.role),
  };
}

/** What calendars are to make of the mail; null for a reminder, which tells them nothing new. */
export function bookingInvitation(mail: BookingMail, wording: Wording): Invitation | null {
  const { type, booking, host } = mail;
  if (type === 'REMINDER') return null;
  const facts = [...reasonFacts(booking, wording), ...detailFacts(mail, wording)];
  const links = manageLinks(mail, wording)?.links ?? [];
  return invitationTo({
    bookingId: booking.id,
    moves: booking.sequence,
    isCancelled: tones[type] === 'off',
    createdAt: Instant.parse(booking.createdAt),
    changedAt: Instant.parse(booking.updatedAt),
    ...entryOf(mail, wording),
    description: [factsAsText(facts), ...links.map(linkAsText)].join('\n'),
    meetingLink: booking.meetingLink === null ? null : pageOf(booking.meetingLink),
    host,
    invited: invited(booking).map(({ role, email }) => ({
      name: role === 'invitee' ? booking.invitee.name : null,
      email,
    })),
  });
}

function entryOf(mail: BookingMail, wording: Wording) {
  const { booking } = mail;
  return {
    time: timeOf(booking),
    title: wording.calendarTitle(namesOf(mail)),
    location: booking.location ?? booking.meetingLink,
  };
}

function manageLinks({ type, links }: BookingMail, wording: Wording): Letter['actions'] {
  if (!links || tones[type] === 'off') return null;
  const { reschedule, cancel, note } = wording.links;
  return {
    links: [
      { text: reschedule, href: links.reschedule },
      { text: cancel, href: links.cancel },
    ],
    note,
  };
}

function addToCalendar(mail: BookingMail, wording: Wording): Letter['moreLinks'] {
  const tone = tones[mail.type];
  if (tone !== 'agreed' && tone !== 'changed') return null;
  return { label: wording.labels.addToCalendar, links: calendarLinks(entryOf(mail, wording)) };
}

function newsOf(mail: BookingMail, at: Instant): MeetingNews {
  const { cancelledBy: by, startTime } = mail.booking;
  return {
    ...namesOf(mail),
    reader: mail.reader.role,
    cancelledBy: by === 'HOST' || by === 'INVITEE' || by === 'SYSTEM' ? by : null,
    minutesToStart: Duration.between(at, Instant.parse(startTime)).toMillis() / 60_000,
  };
}

function namesOf({ booking, host }: BookingMail): MeetingNames {
  return { what: booking.eventType.name, host: host.name, invitee: booking.invitee.name };
}
