import { Instant, ZoneOffset, type ZoneId } from '@js-joda/core';
import type { BookingEventData } from '../../kernel/domain-event.js';
import type { Interval } from '../../kernel/interval.js';
import { findTimeZone } from '../../kernel/time-zone.js';
import type { BookingMail } from '../domain/mail.js';
import type { Wording } from '../domain/wording.js';
import { answerFacts } from './answer-facts.js';
import { habitsIn, type Habits } from './habits.js';
import { linked, type Fact } from './letter.js';
import { sameClocks, whenLines } from './when.js';

export function reasonFacts({ cancelReason }: BookingEventData, { labels }: Wording): Fact[] {
  return cancelReason ? [{ label: labels.reason, lines: cancelReason.split('\n') }] : [];
}

export function whatFact({ eventType }: BookingEventData, { labels, duration }: Wording): Fact {
  return { label: labels.what, lines: [`${eventType.name}, ${duration(eventType.durationMinutes)}`] };
}

/** When it is on the reader's clock, when it was to be, and when it is on the clock of the other where that shows another time. */
export function timeFacts(
  { reader, booking, host }: BookingMail,
  { labels, language, timeFor }: Wording,
): Fact[] {
  const habits = habitsIn(reader.timezone, language);
  const zone = zoneOf(reader.timezone);
  const time = timeOf(booking);
  if (booking.status === 'CANCELLED')
    return [{ label: labels.when, lines: whenLines(time, zone, habits), kind: 'former' }];

  const before = formerTimeOf(booking);
  const label = before ? labels.newTime : labels.when;
  const facts: Fact[] = [{ label, lines: whenLines(time, zone, habits) }];
  if (before)
    facts.push({ label: labels.formerTime, lines: whenLines(before, zone, habits), kind: 'former' });

  const other = reader.role === 'owner' ? booking.invitee : host;
  const otherZone = zoneOf(other.timezone);
  if (!sameClocks(time, zone, otherZone))
    facts.push({ label: timeFor(other.name), lines: whenLines(time, otherZone, habits) });
  return facts;
}

/**
 * Who comes, where, and what the invitee told the host, which is no business of guests. Of a meeting that will not be, only who would
 * have come.
 */
export function detailFacts(mail: BookingMail, wording: Wording): Fact[] {
  const people = peopleFacts(mail, wording);
  if (mail.booking.status === 'CANCELLED') return people;
  const open = [...people, ...placeFacts(mail.booking, wording)];
  return mail.reader.role === 'guest' ? open : [...open, ...confidences(mail, wording)];
}

function peopleFacts({ reader, booking: { invitee }, host }: BookingMail, { labels }: Wording): Fact[] {
  const facts: Fact[] =
    reader.role === 'owner'
      ? [{ label: labels.with, lines: [invitee.name, invitee.email, invitee.phone ?? ''].filter(Boolean) }]
      : [{ label: labels.with, lines: [host.name, host.email] }];
  if (reader.role === 'guest') facts.push({ label: labels.bookedBy, lines: [invitee.name] });
  if (invitee.guests.length > 0) facts.push({ label: labels.guests, lines: invitee.guests });
  return facts;
}

function placeFacts({ location, meetingLink }: BookingEventData, { labels }: Wording): Fact[] {
  const facts: Fact[] = [];
  if (location !== null) facts.push({ label: labels.where, lines: [linked(location)] });
  if (meetingLink !== null && meetingLink !== location)
    facts.push({ label: labels.meetingLink, lines: [linked(meetingLink)] });
  return facts;
}

function confidences({ reader, booking }: BookingMail, wording: Wording): Fact[] {
  const { price, notes, answers } = booking;
  const facts = answerFacts(answers, wording);
  if (notes) facts.unshift({ label: wording.labels.notes, lines: notes.split('\n') });
  if (price) {
    const habits = habitsIn(reader.timezone, wording.language);
    facts.unshift({ label: wording.labels.price, lines: [money(price, habits)] });
  }
  return facts;
}

/** An amount in minor units, of which a currency has as many as `Intl` shows decimals. */
function money({ amount, currency }: NonNullable<BookingEventData['price']>, { locale }: Habits): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}

export function timeOf({ startTime, endTime }: BookingEventData): Interval {
  return { start: Instant.parse(startTime), end: Instant.parse(endTime) };
}

function formerTimeOf({ previousStartTime, previousEndTime }: BookingEventData): Interval | null {
  if (previousStartTime === undefined || previousEndTime === undefined) return null;
  return { start: Instant.parse(previousStartTime), end: Instant.parse(previousEndTime) };
}

export function zoneOf(timezone: string): ZoneId {
  return findTimeZone(timezone) ?? ZoneOffset.UTC;
}
