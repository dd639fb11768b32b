import type { Component } from './icalendar-components.js';
import {
  instantOf,
  Malformed,
  propertiesOf,
  propertyOf,
  readDuration,
  readMoment,
  textOf,
  type Moment,
  type Property,
} from './icalendar-values.js';
import { readRule, type RecurrenceRule } from './recurrence-rule.js';
import { DAY, utcClock, type WallClock } from './wall-clock.js';

/** A VEVENT (RFC 5545, 3.6.1), as far as it says when somebody is busy. */
export interface VEvent {
  readonly uid: string | null;
  readonly sequence: number;
  readonly start: Moment;
  readonly length: Length;
  readonly rules: readonly RecurrenceRule[];
  /** Further times; `length` is null where they are as long as the event. */
  readonly additions: readonly { readonly start: Moment; readonly length: Length | null }[];
  /** Starts of occurrences that do not take place; a date means those of that day. */
  readonly exceptions: readonly Moment[];
  /** The start of the occurrence that this takes the place of. */
  readonly replaces: Moment | null;
  /** Whether it takes the place of all later ones too. */
  readonly andLater: boolean;
  readonly cancelled: boolean;
  /** Whether its time is busy time. */
  readonly blocks: boolean;
}

/** Milliseconds: first as many on the clocks on the wall, then as many that pass. */
export interface Length {
  readonly nominal: number;
  readonly exact: number;
}

/** The clocks of what a calendar says. */
export interface Clocks {
  /** Those of a TZID; null for one that means nothing. */
  find(tzid: string): WallClock | null;
  /** For times without a zone. */
  readonly floating: WallClock;
  /** For whole days. */
  readonly days: WallClock;
}

const DECADES = 100 * 366 * DAY;

/** Throws `Malformed`, or what ical.js throws, where it cannot be understood. */
export function readVEvent(component: Component, clocks: Clocks): VEvent {
  if (!component.whole) throw new Malformed();
  const momentOf = momentReader(clocks);
  const begin = propertyOf(component, 'dtstart');
  if (!begin) throw new Malformed();
  const start = momentOf(begin, begin.values[0]);
  const id = propertyOf(component, 'recurrence-id');
  const moments = (name: string) =>
    propertiesOf(component, name).flatMap((property) =>
      property.values.map((value) => momentOf(property, value)),
    );

  return {
    uid: textOf(component, 'uid') || null,
    sequence: Number(textOf(component, 'sequence')) || 0,
    start,
    length: lengthOf(component, start, momentOf),
    rules: id ? [] : propertiesOf(component, 'rrule').map(({ text }) => readRule(text, untilFor(start))),
    additions: id
      ? []
      : propertiesOf(component, 'rdate').flatMap((property) => additionsOf(property, momentOf)),
    exceptions: moments('exdate'),
    replaces: id ? momentOf(id, id.values[0]) : null,
    andLater: id?.parameters['range']?.toUpperCase() === 'THISANDFUTURE',
    cancelled: textOf(component, 'status')?.toUpperCase() === 'CANCELLED',
    blocks: blocksTime(component),
  };
}

type MomentOf = (property: Property, value: unknown) => Moment;

function momentReader(clocks: Clocks): MomentOf {
  return ({ parameters }, value) => {
    const { wall, kind } = readMoment(value);
    if (kind === 'date') return { wall, isDate: true, clock: clocks.days };
    if (kind === 'utc') return { wall, isDate: false, clock: utcClock };
    const tzid = parameters['tzid'];
    return { wall, isDate: false, clock: (tzid ? clocks.find(tzid) : null) ?? clocks.floating };
  };
}

/**
 * By DTEND it is exact, by DURATION its days are nominal (3.8.5.3). With neither, a date is a whole day and a time no time at all.
 * Days are always counted on the wall. What ends before it begins has no length.
 */
function lengthOf(component: Component, start: Moment, momentOf: MomentOf): Length {
  const end = propertyOf(component, 'dtend');
  if (end) return lengthUntil(momentOf(end, end.values[0]), start);
  const duration = textOf(component, 'duration');
  if (duration !== null) return reasonable(readDuration(duration));
  return { nominal: start.isDate ? DAY : 0, exact: 0 };
}

function lengthUntil(end: Moment, start: Moment): Length {
  if (start.isDate && end.isDate)
    return reasonable({ nominal: Math.max(0, end.wall - start.wall), exact: 0 });
  return reasonable({ nominal: 0, exact: Math.max(0, instantOf(end) - instantOf(start)) });
}

function reasonable(length: Length): Length {
  if (length.nominal + length.exact > DECADES) throw new Malformed();
  return length;
}

/**
 * What UNTIL means for an event: an instant if it is in UTC, as it has to be where the event's zone is told; a date includes all of
 * its day. For an event of whole days only its date counts, however it is written.
 */
function untilFor(start: Moment): (text: string) => number {
  return (text) => {
    const { wall, kind } = readMoment(text);
    if (start.isDate) return Math.floor(wall / DAY) * DAY;
    if (kind === 'date') return wall + DAY - 1;
    return kind === 'utc' ? start.clock.wallAt(wall) : wall;
  };
}

function additionsOf(property: Property, momentOf: MomentOf): VEvent['additions'] {
  return property.values.map((value) => {
    if (!Array.isArray(value)) return { start: momentOf(property, value), length: null };
    const start = momentOf(property, value[0]);
    const end = String(value[1]);
    const length = /P/i.test(end)
      ? reasonable(readDuration(end))
      : lengthUntil(momentOf(property, end), start);
    return { start, length };
  });
}

/** Outlook's own word counts where the standard's (TRANSP) is missing. */
function blocksTime(component: Component): boolean {
  const transparency = textOf(component, 'transp');
  if (transparency) return transparency.toUpperCase() !== 'TRANSPARENT';
  return textOf(component, 'x-microsoft-cdo-busystatus')?.toUpperCase() !== 'FREE';
}
