import ICAL from 'ical.js';
import type { Component } from './icalendar-components.js';
import { DAY, type WallClock } from './wall-clock.js';

/** What a calendar says that cannot be understood. */
export class Malformed extends Error {}

/** A DATE or DATE-TIME (RFC 5545, 3.3.4 and 3.3.5) with the clocks it is told by. */
export interface Moment {
  /** Wall time; that of a date is its midnight. */
  readonly wall: number;
  readonly isDate: boolean;
  readonly clock: WallClock;
}

export function instantOf({ wall, clock }: Moment): number {
  return clock.instantOf(wall);
}

/** A property of a component as ical.js takes it apart: its values as in jCal (RFC 7265). */
export interface Property {
  readonly parameters: Readonly<Record<string, string>>;
  readonly values: readonly unknown[];
  /** Its value as it was written. */
  readonly text: string;
}

/** All properties of that name, which is in lower case. Throws `Malformed`. */
export function propertiesOf({ lines }: Component, name: string): Property[] {
  return lines.filter((line) => isNamed(line, name)).map(readProperty);
}

/** The first property of that name. */
export function propertyOf({ lines }: Component, name: string): Property | null {
  const line = lines.find((candidate) => isNamed(candidate, name));
  return line === undefined ? null : readProperty(line);
}

/** The text of the first property of that name, without spaces around it. */
export function textOf(component: Component, name: string): string | null {
  const value = propertyOf(component, name)?.values[0];
  return value === undefined ? null : String(value).trim();
}

function isNamed(line: string, name: string): boolean {
  const end = line[name.length];
  return (end === ':' || end === ';') && line.slice(0, name.length).toLowerCase() === name;
}

function readProperty(line: string): Property {
  if (isNamed(line, 'rrule')) return { parameters: {}, values: [], text: line.slice(line.indexOf(':') + 1) };
  try {
    const [, parameters, , ...values] = ICAL.parse.property(line) as [
      string,
      Record<string, string>,
      string,
      ...unknown[],
    ];
    return { parameters, values, text: '' };
  } catch {
    throw new Malformed();
  }
}

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:T(?:::|(\d\d):(\d\d):(\d\d)(Z)?))?$/;

/** What a date or date-time in jCal says, and how: a date, by UTC, or by clocks that are told elsewhere. Throws `Malformed`. */
export function readMoment(text: unknown): { wall: number; kind: 'date' | 'utc' | 'local' } {
  const match = MOMENT.exec(String(text));
  if (!match) throw new Malformed();
  const [year, month, day, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => (part ? Number(part) : undefined)) as [number, number, number];
  const midnight = Date.UTC(year, month - 1, day);
  const isDay =
    year >= 1600 && new Date(midnight).getUTCMonth() === month - 1 && new Date(midnight).getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 60) throw new Malformed();
  const wall = midnight + ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1_000; // a leap second counts as the one before it
  return { wall, kind: match[4] === undefined ? 'date' : match[7] ? 'utc' : 'local' };
}

/** A DURATION (RFC 5545, 3.3.6): days are as long as the clocks make them, all else is exact. Milliseconds; throws `Malformed`. */
export function readDuration(text: unknown): { nominal: number; exact: number } {
  const match =
    /^([+-])?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/.exec(
      String(text).toUpperCase(),
    );
  if (!match) throw new Malformed();
  if (match[1] === '-') return { nominal: 0, exact: 0 };
  const [weeks, days, hours, minutes, seconds] = match.slice(2).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { nominal: (weeks * 7 + days) * DAY, exact: ((hours * 60 + minutes) * 60 + seconds) * 1_000 };
}
