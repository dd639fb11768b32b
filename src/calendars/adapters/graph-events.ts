import { Instant, type ZoneId } from '@js-joda/core';
import type { Interval } from '../../kernel/interval.js';
import type { RemoteEvent } from '../domain/remote-event.js';
import { fieldsOf, idIn, textIn, type Fields } from './graph-fields.js';
import { uidIn } from './graph-uid.js';
import { Malformed, readMoment } from './icalendar-values.js';
import { zoneNamed } from './icalendar-zones.js';
import { clockOf, DAY } from './wall-clock.js';

/** What events are read for. */
export interface Question {
  readonly window: Interval;
  /** The owner's, whose days all-day events take. */
  readonly zone: ZoneId;
}

/** What an occurrence has of its series where an answer leaves it out. */
const OF_SERIES = ['showAs', 'isAllDay', 'isCancelled', 'responseStatus'];

/** All that is needed of an occurrence. */
export const OCCURRENCE_FIELDS = ['id', 'type', 'seriesMasterId', 'start', 'end', ...OF_SERIES];

/** What is needed of an event of a series, so that little is kept until all of the series is known. */
export function trimmed(event: Fields): Fields {
  const names = [...OCCURRENCE_FIELDS, '@odata.etag', 'iCalUId', 'transactionId'];
  return Object.fromEntries(names.map((name) => [name, short(event, name)]));
}

function short(event: Fields, name: string): unknown {
  const value = event[name];
  const fields = fieldsOf(value);
  if (fields) return Object.fromEntries(WITHIN.map((inner) => [inner, textIn(fields, inner)]));
  return typeof value === 'boolean' ? value : textIn(event, name);
}

/** What is needed of a time and of an answer to an invitation. */
const WITHIN = ['dateTime', 'timeZone', 'response'];

/** Whether an answer says so much of an occurrence that its series need not be known. */
export function isWhole(occurrence: Fields): boolean {
  return textIn(occurrence, 'showAs') !== null;
}

/** An event that takes place once. Throws `Malformed`. */
export function singleEvent(event: Fields, question: Question): RemoteEvent {
  const time = timeOf(event, question.zone);
  return { ...namesOf(event), busy: busyIn([event], question), time };
}

/** A series of which `occurrences` are all that reach into the window, and how many of them could not be understood. */
export function seriesOf(
  master: Fields,
  occurrences: readonly Fields[],
  question: Question,
): { event: RemoteEvent; skipped: number } {
  const whole = occurrences.map((occurrence) => ofSeries(occurrence, master));
  const understood = whole.filter((occurrence) => isUnderstood(occurrence, question));
  const event = { ...namesOf(master), busy: busyIn(understood, question), time: null };
  return { event, skipped: whole.length - understood.length };
}

export function isCancelled(event: Fields): boolean {
  return event['isCancelled'] === true;
}

/**
 * Whether an owner is busy for an event: not for one that shows as free, nor while working elsewhere, nor for one that was declined
 * or called off. Tentative ones and those out of office keep busy, and so does what cannot be told.
 */
function blocks(event: Fields): boolean {
  const { response } = fieldsOf(event['responseStatus']) ?? {};
  const isFree = ['free', 'workingElsewhere'].includes(textIn(event, 'showAs') ?? '');
  return !isFree && response !== 'declined' && !isCancelled(event);
}

function busyIn(events: readonly Fields[], { window, zone }: Question): Interval[] {
  return events
    .filter(blocks)
    .map((event) => timeOf(event, zone))
    .filter(({ start, end }) => end.isAfter(start) && end.isAfter(window.start) && start.isBefore(window.end))
    .toSorted((a, b) => a.start.compareTo(b.start));
}

function isUnderstood(event: Fields, { zone }: Question): boolean {
  try {
    return Boolean(timeOf(event, zone));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return false;
  }
}

function ofSeries(occurrence: Fields, master: Fields): Fields {
  return {
    ...occurrence,
    ...Object.fromEntries(OF_SERIES.map((name) => [name, occurrence[name] ?? master[name]])),
  };
}

function namesOf(event: Fields): Pick<RemoteEvent, 'id' | 'uid' | 'etag'> {
  const id = idIn(event);
  if (id === null) throw new Malformed();
  return { id, uid: uidIn(event), etag: textIn(event, '@odata.etag') };
}

/** When an event takes place; an all-day event takes the days that it names, of the owner's zone and at least one. */
export function timeOf(event: Fields, zone: ZoneId): Interval {
  const start = wallOf(event['start']);
  const end = wallOf(event['end']);
  if (event['isAllDay'] !== true) return intervalOf(start.instant, end.instant);

  const clock = clockOf(zone);
  const first = start.wall - (start.wall % DAY);
  const last = Math.max(first + DAY, Math.ceil(end.wall / DAY) * DAY);
  return intervalOf(clock.instantOf(first), clock.instantOf(last));
}

/** A dateTimeTimeZone: `2026-01-05T10:00:00.0000000` without an offset, and the zone whose clocks show it. */
function wallOf(value: unknown): { wall: number; instant: number } {
  const fields = fieldsOf(value) ?? {};
  const { wall, kind } = readMoment(textIn(fields, 'dateTime')?.replace(/\.\d+/, ''));
  const zone = zoneNamed(textIn(fields, 'timeZone') ?? 'UTC');
  if (!zone) throw new Malformed();
  return { wall, instant: kind === 'utc' ? wall : clockOf(zone).instantOf(wall) };
}

function intervalOf(start: number, end: number): Interval {
  return { start: Instant.ofEpochMilli(start), end: Instant.ofEpochMilli(end) };
}
