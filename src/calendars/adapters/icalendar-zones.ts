import type { ZoneId } from '@js-joda/core';
import { LRUCache } from 'lru-cache';
import { findTimeZone } from '../../kernel/time-zone.js';
import { CalendarUnreadable } from '../domain/errors.js';
import type { Component } from './icalendar-components.js';
import { propertiesOf, propertyOf, readMoment, textOf } from './icalendar-values.js';
import { occurrences, type Spend } from './recurrence.js';
import { readRule } from './recurrence-rule.js';
import { clockBy, clockOf, DAY, type WallClock } from './wall-clock.js';
import { windowsZones } from './windows-zones.js';

/** Rules of zones are not followed before this, since some begin in 1601, nor past the other. */
const RULES_FROM = Date.UTC(1970, 0, 1);
const RULES_TO = Date.UTC(2100, 0, 1);

/**
 * The zone that a TZID means: by its IANA name, in any case and with spaces for underlines; by Windows' name; or by the IANA name at
 * the end of a path, such as `/freeassociation.sourceforge.net/Europe/Berlin`. Null if it means none of these.
 */
export function zoneNamed(tzid: string): ZoneId | null {
  const name = tzid.trim();
  const known = findTimeZone(name) ?? findTimeZone(name.replaceAll(' ', '_'));
  if (known) return known;
  const byWindows = windowsZones.get(name.toLowerCase());
  if (byWindows) return findTimeZone(byWindows);

  const path = name.split('/').slice(-3);
  for (; path.length > 1; path.shift()) {
    const zone = findTimeZone(path.join('/'));
    if (zone) return zone;
  }
  return /\/utc$/i.test(name) ? findTimeZone('UTC') : null;
}

/**
 * The clocks of a calendar's TZIDs. What the calendar says of a zone (VTIMEZONE) is believed only where its name means none that
 * LinkTime knows; null is a zone of which nothing is known at all.
 */
export class CalendarClocks {
  private readonly clocks = new Map<string, WallClock | null>();

  constructor(
    private readonly vtimezones: readonly Component[],
    private readonly spend: Spend,
  ) {}

  find(tzid: string): WallClock | null {
    let clock = this.clocks.get(tzid);
    if (clock === undefined) this.clocks.set(tzid, (clock = this.lookUp(tzid)));
    return clock;
  }

  private lookUp(tzid: string): WallClock | null {
    const known = zoneNamed(tzid);
    if (known) return clockOf(known);
    const told = this.vtimezones.find((vtimezone) => textOf(vtimezone, 'tzid') === tzid.trim());
    if (!told) return null;
    const located = zoneNamed(textOf(told, 'x-lic-location') ?? '');
    return located ? clockOf(located) : clockIfUnderstood(told, this.spend);
  }
}

interface Onset {
  readonly instant: number;
  readonly before: number;
  readonly after: number;
}

/** In many calendars every event says the same of its zone once more. */
const understood = new LRUCache<string, WallClock>({ max: 100 });

function clockIfUnderstood(vtimezone: Component, spend: Spend): WallClock | null {
  const key = JSON.stringify(vtimezone);
  const known = understood.get(key);
  if (known) return known;
  try {
    const clock = clockByOwnRules(vtimezone, spend);
    if (clock) understood.set(key, clock);
    return clock;
  } catch (error) {
    if (error instanceof CalendarUnreadable) throw error;
    return null;
  }
}

/** Clocks set by the rules of a VTIMEZONE (RFC 5545, 3.6.5); null if it has none. Throws `Malformed`. */
function clockByOwnRules({ parts }: Component, spend: Spend): WallClock | null {
  const onsets = parts.flatMap((part) => onsetsOf(part, spend)).sort((a, b) => a.instant - b.instant);
  const first = onsets[0];
  if (!first) return null;
  return clockBy((instant) => {
    let low = 0;
    let high = onsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (onsets[middle]!.instant <= instant) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? first.before : onsets[low - 1]!.after;
  });
}

/** When the clocks are set to what a STANDARD or DAYLIGHT says. */
function onsetsOf(part: Component, spend: Spend): Onset[] {
  const begin = propertyOf(part, 'dtstart');
  const before = readOffset(textOf(part, 'tzoffsetfrom'));
  const after = readOffset(textOf(part, 'tzoffsetto'));
  if (!begin || before === null || after === null) return [];
  const { wall: start } = readMoment(begin.values[0]);
  const walls = new Set([start]);
  for (const property of propertiesOf(part, 'rdate'))
    for (const value of property.values) walls.add(readMoment(value).wall);
  for (const { text } of propertiesOf(part, 'rrule')) {
    const rule = readRule(text, (until) => {
      const { wall, kind } = readMoment(until);
      return kind === 'utc' ? wall + before : kind === 'date' ? wall + DAY - 1 : wall;
    });
    for (const wall of occurrences(rule, start, { from: RULES_FROM, to: RULES_TO }, spend)) walls.add(wall);
  }
  return [...walls].map((wall) => ({ instant: wall - before, before, after }));
}

/** Milliseconds of an offset in jCal, such as `-05:00`. */
function readOffset(text: string | null): number | null {
  const match = /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text ?? '');
  if (!match) return null;
  const [, sign, hours, minutes, seconds = '0'] = match;
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  return sign === '-' ? -size : size;
}
