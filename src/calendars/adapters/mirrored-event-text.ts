import type { Instant } from '@js-joda/core';
import ICAL from 'ical.js';
import type { MirroredEvent } from '../domain/remote-event.js';
import { mirroredDescription } from './mirrored-description.js';

/** A booking as an iCalendar object (RFC 5545). */
export function mirroredEventText(event: MirroredEvent, writtenAt: Instant): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//LinkTime//LinkTime//EN');

  const vevent = new ICAL.Component('vevent');
  vevent.addPropertyWithValue('uid', event.uid);
  vevent.addPropertyWithValue('sequence', event.sequence);
  vevent.addPropertyWithValue('dtstamp', utc(writtenAt));
  vevent.addPropertyWithValue('dtstart', utc(event.time.start));
  vevent.addPropertyWithValue('dtend', utc(event.time.end));
  vevent.addPropertyWithValue('summary', event.title);
  vevent.addPropertyWithValue('description', mirroredDescription(event));
  if (event.location) vevent.addPropertyWithValue('location', event.location);
  vevent.addPropertyWithValue('status', 'CONFIRMED');
  vevent.addPropertyWithValue('transp', 'OPAQUE');
  calendar.addSubcomponent(vevent);
  return `${calendar.toString()}\r\n`;
}

function utc(instant: Instant): ICAL.Time {
  return ICAL.Time.fromJSDate(new Date(instant.toEpochMilli()), true);
}
