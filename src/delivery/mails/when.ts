import type { Instant, ZoneId } from '@js-joda/core';
import type { Interval } from '../../kernel/interval.js';
import { offsetsOf } from '../../kernel/utc-offset.js';
import type { Habits } from './habits.js';

/**
 * A stretch of time as people say it, in a line or two: `Monday, 2 March 2026` and `10:00 – 10:30, Europe/London (UTC)`. Where the clocks
 * change meanwhile, both ends say how far they are from UTC.
 */
export function whenLines({ start, end }: Interval, zone: ZoneId, habits: Habits): string[] {
  const from = reading(start, zone, habits);
  const to = reading(end, zone, habits);
  const lastDate = reading(end.minusMillis(1), zone, habits).date; // midnight ends the day before
  const name = zoneName(zone);
  const where = name === from.offset ? name : `${name} (${from.offset})`;

  const clocksChange = from.offset !== to.offset;
  const began = clocksChange ? `${from.time} (${from.offset})` : from.time;
  const ended = clocksChange ? `${to.time} (${to.offset}), ${name}` : `${to.time}, ${where}`;
  return from.date === lastDate
    ? [from.date, `${began} – ${ended}`]
    : [`${from.date}, ${began} –`, `${to.date}, ${ended}`];
}

/** An instant in one line. */
export function whenLine(instant: Instant, zone: ZoneId, habits: Habits): string {
  const { date, time, offset } = reading(instant, zone, habits);
  return `${date}, ${time}, ${zoneName(zone)} (${offset})`;
}

/** Whether clocks in both zones show the same for the whole of it. */
export function sameClocks({ start, end }: Interval, one: ZoneId, other: ZoneId): boolean {
  return [start, end].every(
    (instant) => offsetsOf(one)(instant.toEpochMilli()) === offsetsOf(other)(instant.toEpochMilli()),
  );
}

/** What calendar and clock on the wall show. `Intl` only finds the words: its own zone data are older than ours. */
function reading(instant: Instant, zone: ZoneId, habits: Habits) {
  const offset = offsetsOf(zone)(instant.toEpochMilli());
  const wall = instant.toEpochMilli() + offset;
  const { date, time } = formatsOf(habits);
  return { date: date.format(wall), time: time.format(wall), offset: offsetName(offset) };
}

interface Formats {
  readonly date: Intl.DateTimeFormat;
  readonly time: Intl.DateTimeFormat;
}

/** Made before: to make them costs more than the rest of a mail. */
const formats = new Map<string, Formats>();

function formatsOf({ locale, hourCycle }: Habits): Formats {
  const key = `${locale} ${hourCycle}`;
  let known = formats.get(key);
  if (!known) formats.set(key, (known = makeFormats(locale, hourCycle)));
  return known;
}

function makeFormats(locale: string, hourCycle: Habits['hourCycle']): Formats {
  const hour = hourCycle === 'h12' ? 'numeric' : '2-digit';
  return {
    date: new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' }),
    time: new Intl.DateTimeFormat(locale, { hour, minute: '2-digit', hourCycle, timeZone: 'UTC' }),
  };
}

function zoneName(zone: ZoneId): string {
  const name = zone.id().replaceAll('_', ' ');
  return name === 'Etc/UTC' || name === 'Z' ? 'UTC' : name;
}

/** `UTC+5:30`, with a true minus sign before the west. */
function offsetName(milliseconds: number): string {
  if (milliseconds === 0) return 'UTC';
  const minutes = Math.abs(milliseconds) / 60_000;
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `UTC${milliseconds < 0 ? '−' : '+'}${Math.floor(minutes / 60)}${rest}`;
}
