import { DayOfWeek } from '@js-joda/core';
import { parseDate } from '../../kernel/instant-text.js';
import { findTimeZone } from '../../kernel/time-zone.js';
import { join, list, matching, record, required, type Faults, type Reader } from './json-fields.js';
import type { MinuteRange, WeeklyHours } from './weekly-hours.js';

/** A stretch of a day as people write it, `HH:mm`; `24:00` ends a day. */
export interface RangeText {
  readonly start: string;
  readonly end: string;
}

/** Weekly hours as they are written in an event type's file, stored and shown. */
export interface HoursText {
  /** The name of an IANA time zone. */
  readonly timezone: string;
  /** By day (`MONDAY`) and start. */
  readonly availability: readonly ({ readonly day: string } & RangeText)[];
  /** By date (`YYYY-MM-DD`). */
  readonly overrides: readonly { readonly date: string; readonly intervals: readonly RangeText[] }[];
}

export function describeHours({ zone, week, overrides }: WeeklyHours): HoursText {
  return {
    timezone: zone.id(),
    availability: DayOfWeek.values().flatMap((day) =>
      (week.get(day) ?? []).map((range) => ({ day: day.name(), ...describeRange(range) })),
    ),
    overrides: [...overrides]
      .map(([date, ranges]) => ({ date, intervals: ranges.map(describeRange) }))
      .sort((one, other) => (one.date < other.date ? -1 : 1)),
  };
}

/** What `describeHours` described. For hours that were checked before they were stored: an unknown zone throws. */
export function hoursOf({ timezone, availability, overrides }: HoursText): WeeklyHours {
  const zone = findTimeZone(timezone);
  if (!zone) throw new Error(`The time zone ${timezone} is not in the zone data`);
  const week = new Map<DayOfWeek, MinuteRange[]>();
  for (const { day, start, end } of availability) {
    addTo(week, DayOfWeek.valueOf(day), { start: minuteOf(start), end: minuteOf(end) });
  }
  return {
    zone,
    week,
    overrides: new Map(
      overrides.map(({ date, intervals }) => [
        date,
        intervals.map(({ start, end }) => ({ start: minuteOf(start), end: minuteOf(end) })),
      ]),
    ),
  };
}

export const MONDAY_TO_FRIDAY_9_TO_5: WeeklyHours['week'] = new Map(
  DayOfWeek.values()
    .slice(0, 5)
    .map((day) => [day, [{ start: minuteOf('09:00'), end: minuteOf('17:00') }]]),
);

/** Reads `availability`: at most 50 entries, those of a day in any order but without overlap. */
export const weekReader: Reader<WeeklyHours['week']> = (value, path, faults) => {
  const week = new Map<DayOfWeek, MinuteRange[]>();
  list(weekEntry, 50)(value, path, faults)?.forEach((entry, i) => {
    if (!entry?.day || !entry.range) return;
    refuseOverlap(week.get(entry.day), entry.range, join(path, i), faults);
    addTo(week, entry.day, entry.range);
  });
  for (const ranges of week.values()) ranges.sort(byStart);
  return week;
};

/** Reads `overrides`: at most 1,000 dates, each once, with at most 50 intervals. */
export const overridesReader: Reader<WeeklyHours['overrides']> = (value, path, faults) => {
  const overrides = new Map<string, readonly MinuteRange[]>();
  list(override, 1_000)(value, path, faults)?.forEach((entry, i) => {
    if (!entry) return;
    if (overrides.has(entry.date)) faults.add(join(path, `${i}.date`), 'must not repeat an earlier date');
    overrides.set(entry.date, entry.intervals);
  });
  return overrides;
};

const weekday: Reader<DayOfWeek> = (value, path, faults) =>
  DayOfWeek.values().find((day) => typeof value === 'string' && day.name() === value.toUpperCase()) ??
  faults.add(path, 'must be a day such as MONDAY');

const date: Reader<string> = (value, path, faults) =>
  typeof value === 'string' && parseDate(value)
    ? value
    : faults.add(path, 'must be a date such as 2026-12-25, from 2000 to 2099');

const startTime = matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00');
const endTime = matching(
  /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
  'must be a time of day such as 17:00, at most 24:00',
);
const rangeText = record<RangeText>({ start: required(startTime), end: required(endTime) });

const range: Reader<MinuteRange> = (value, path, faults) => {
  const text = rangeText(value, path, faults);
  if (!text) return undefined;
  const minutes = { start: minuteOf(text.start), end: minuteOf(text.end) };
  return minutes.start < minutes.end ? minutes : faults.add(join(path, 'end'), 'must be after the start');
};

const weekEntry: Reader<{ day: DayOfWeek | undefined; range: MinuteRange | undefined }> = (
  value,
  path,
  faults,
) => ({
  day: record({ day: required(weekday) })(value, path, faults)?.day,
  range: range(value, path, faults),
});

const intervals: Reader<MinuteRange[]> = (value, path, faults) => {
  const kept: MinuteRange[] = [];
  list(range, 50)(value, path, faults)?.forEach((interval, i) => {
    if (!interval) return;
    refuseOverlap(kept, interval, join(path, i), faults);
    kept.push(interval);
  });
  return kept.sort(byStart);
};

const override = record({ date: required(date), intervals: required(intervals) });

function refuseOverlap(
  others: readonly MinuteRange[] = [],
  { start, end }: MinuteRange,
  path: string,
  faults: Faults,
): void {
  const overlaps = others.some((other) => start < other.end && other.start < end);
  if (overlaps) faults.add(path, 'must not overlap another opening of the same day');
}

function addTo(week: Map<DayOfWeek, MinuteRange[]>, day: DayOfWeek, range: MinuteRange): void {
  week.set(day, [...(week.get(day) ?? []), range]);
}

function byStart(one: MinuteRange, other: MinuteRange): number {
  return one.start - other.start;
}

function describeRange({ start, end }: MinuteRange): RangeText {
  return { start: timeOf(start), end: timeOf(end) };
}

function timeOf(minute: number): string {
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60];
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
