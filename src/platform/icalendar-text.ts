import type { Instant } from '@js-joda/core';
import ICAL from 'ical.js';
import type { Interval } from '../kernel/interval.js';
import { formatInstant } from '../kernel/instant-text.js';

// ical.js does not count the space that begins a folded line, and the standard does (RFC 5545, 3.1).
ICAL.foldLength = 74;

/** What every event that we write tells. */
export interface WrittenEvent {
  readonly uid: string;
  readonly sequence: number;
  /** Of this state of the event where a method says what to do with it, else when it is written (RFC 5545, 3.8.7.2). */
  readonly stampedAt: Instant;
  readonly createdAt?: Instant;
  readonly changedAt?: Instant;
  readonly time: Interval;
  readonly isCancelled: boolean;
  readonly title: string;
  readonly description: string;
  readonly location: string | null;
  /** A web page. */
  readonly meetingLink?: string | null;
}

/** An iCalendar object with nothing in it yet; `method` says what its reader is to do with it (RFC 5546). */
export function emptyCalendar(method: 'PUBLISH' | 'REQUEST' | 'CANCEL' | null): ICAL.Component {
  const calendar = new ICAL.Component('vcalendar');
  add(calendar, 'prodid', '-//LinkTime//LinkTime//EN');
  add(calendar, 'version', '2.0');
  add(calendar, 'calscale', 'GREGORIAN');
  if (method !== null) add(calendar, 'method', method);
  return calendar;
}

/** A component of an iCalendar object that tells of an event which keeps its owner busy. */
export function eventComponent(event: WrittenEvent): ICAL.Component {
  const component = new ICAL.Component('vevent');
  add(component, 'uid', event.uid);
  add(component, 'sequence', event.sequence);
  add(component, 'dtstamp', utc(event.stampedAt));
  if (event.createdAt) add(component, 'created', utc(event.createdAt));
  if (event.changedAt) add(component, 'last-modified', utc(event.changedAt));
  add(component, 'dtstart', utc(event.time.start));
  add(component, 'dtend', utc(event.time.end));
  add(component, 'status', event.isCancelled ? 'CANCELLED' : 'CONFIRMED');
  add(component, 'transp', 'OPAQUE');
  add(component, 'summary', permitted(event.title));
  add(component, 'description', permitted(event.description));
  if (event.location) add(component, 'location', permitted(event.location));
  if (event.meetingLink) {
    add(component, 'url', event.meetingLink);
    add(component, 'conference', event.meetingLink, { value: 'URI' }); // RFC 7986, 5.11
  }
  return component;
}

export function add(
  component: ICAL.Component,
  name: string,
  value: string | number | ICAL.Time,
  parameters: Readonly<Record<string, string>> = {},
): void {
  const property = new ICAL.Property(name);
  for (const [parameter, text] of Object.entries(parameters)) property.setParameter(parameter, text);
  property.setValue(value);
  component.addProperty(property);
}

/** Adds a property that ical.js does not know, which it would otherwise write as it stands; its type is told with it. */
export function addTyped(
  component: ICAL.Component,
  name: string,
  type: 'text' | 'duration',
  value: string,
): void {
  component.addProperty(new ICAL.Property([name, {}, type, value]));
}

/** RFC 6068, 2: what would end the address in a `mailto:` URI, or is not ASCII, is percent-encoded. */
export function calendarAddress(email: string): string {
  return `mailto:${encodeURI(email).replaceAll(/[/?#&;=]/g, encodeURIComponent)}`;
}

/** Lines of at most 75 octets, each ended by CR LF. */
export function calendarText(calendar: ICAL.Component): string {
  return `${calendar.toString()}\r\n`;
}

/** Of control characters a text may bear line breaks, which come escaped, and tabs (RFC 5545, 3.3.11). */
function permitted(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '');
}

function utc(instant: Instant): ICAL.Time {
  return ICAL.Time.fromDateTimeString(formatInstant(instant).replace(/\.\d+Z$/, 'Z'));
}
