import { Instant, type ZoneId } from '@js-joda/core';
import type { Interval } from '../../kernel/interval.js';
import { CalendarUnreadable } from '../domain/errors.js';
import { busyTime, stretchOf, TooManyOccurrences, type Busy } from './busy-time.js';
import { calendarsIn, type Component } from './icalendar-components.js';
import { CalendarClocks, zoneNamed } from './icalendar-zones.js';
import { textOf } from './icalendar-values.js';
import { readVEvent, type Clocks, type VEvent } from './vevent.js';
import { clockOf } from './wall-clock.js';

/** What a calendar is read for. */
export interface Question {
  readonly window: Interval;
  /** The owner's, whose days all-day events take, and whose clocks times without a zone mean unless the calendar has a zone. */
  readonly zone: ZoneId;
  readonly allowance: Allowance;
}

/** An event, or a series of them, as it is in an iCalendar text. */
export interface ReadEvent {
  readonly uid: string | null;
  /** Each occurrence that reaches into the window, whole, ascending. */
  readonly busy: readonly Interval[];
  /** When its only occurrence is; null for one that repeats. */
  readonly time: Interval | null;
  /** Whether all of it is called off. */
  readonly cancelled: boolean;
}

// A step takes about a microsecond.
const EVENT_STEPS = 100_000;
const ALL_STEPS = 4_000_000;

/** How much work the events of one calendar may be, and what became of those that were too much or made no sense. */
export class Allowance {
  /** How many events were passed over. */
  skipped = 0;
  private steps = 0;

  /** Whether it was too much for all events together. */
  get isSpent(): boolean {
    return this.steps > ALL_STEPS;
  }

  /** Counts the steps of one event. Throws `TooManyOccurrences` when it is too many for one, `CalendarUnreadable` when for all. */
  forOneEvent(): (steps: number) => void {
    let own = 0;
    return (steps) => {
      own += steps;
      this.steps += steps;
      if (this.isSpent) throw new CalendarUnreadable('The events of the calendar repeat too often');
      if (own > EVENT_STEPS) throw new TooManyOccurrences();
    };
  }
}

/** How many of a calendar's own zones are looked at: there are about 400 in the world. */
const MOST_ZONES = 500;

/** How much text is read, in characters. */
const LONGEST_TEXT = 20_000_000;

/**
 * The events of an iCalendar text (RFC 5545), each once, with its busy time. Those that make no sense, or repeat more often than
 * anybody could mean, are passed over and counted. Throws `CalendarUnreadable` if the text is no calendar or is too much of one.
 */
export function* readCalendar(text: string, question: Question): Generator<ReadEvent> {
  if (text.length > LONGEST_TEXT) throw new CalendarUnreadable('The calendar is larger than 20 MB');
  for (const calendar of calendarsIn(text)) yield* readEvents(calendar, question);
}

/** What a calendar calls itself (X-WR-CALNAME), if it does. Throws `CalendarUnreadable` if the text is no calendar. */
export function nameOf(text: string): string | null {
  for (const calendar of calendarsIn(text)) {
    const name = textOf(calendar, 'x-wr-calname');
    if (name) return name.slice(0, 200);
  }
  return null;
}

function* readEvents(calendar: Component, { window, zone, allowance }: Question): Generator<ReadEvent> {
  const range = { start: window.start.toEpochMilli(), end: window.end.toEpochMilli() };
  const clocks = clocksOf(calendar, zone, allowance);
  for (const components of byUid(calendar)) {
    const events = components.flatMap((component) => understood(component, clocks, allowance));
    try {
      if (events.length > 0) yield told(events, busyTime(events, range, allowance.forOneEvent()));
    } catch (error) {
      if (error instanceof CalendarUnreadable) throw error;
      allowance.skipped += 1;
    }
  }
}

function clocksOf(calendar: Component, zone: ZoneId, allowance: Allowance): Clocks {
  const vtimezones = calendar.parts
    .filter(({ name, whole }) => name === 'VTIMEZONE' && whole)
    .slice(0, MOST_ZONES);
  const zones = new CalendarClocks(vtimezones, allowance.forOneEvent());
  const own = zoneNamed(textOf(calendar, 'x-wr-timezone') ?? '');
  return { find: (tzid) => zones.find(tzid), floating: clockOf(own ?? zone), days: clockOf(zone) };
}

/** The calendar's events, those of one UID together; each without a UID stands by itself. */
function byUid(calendar: Component): Iterable<Component[]> {
  const groups = new Map<string | symbol, Component[]>();
  for (const component of calendar.parts) {
    if (component.name !== 'VEVENT') continue;
    const uid = component.lines.find((line) => /^uid[;:]/i.test(line)) ?? Symbol('no uid');
    const group = groups.get(uid);
    if (group) group.push(component);
    else groups.set(uid, [component]);
  }
  return groups.values();
}

function understood(component: Component, clocks: Clocks, allowance: Allowance): VEvent[] {
  try {
    return [readVEvent(component, clocks)];
  } catch (error) {
    if (error instanceof CalendarUnreadable) throw error;
    allowance.skipped += 1;
    return [];
  }
}

function told(events: readonly VEvent[], busy: readonly Busy[]): ReadEvent {
  const [first] = events as [VEvent];
  const isSingle = events.length === 1 && first.rules.length === 0 && first.additions.length === 0;
  return {
    uid: first.uid,
    busy: busy.map(intervalOf),
    time: isSingle ? intervalOf(stretchOf(first.start, first.length)) : null,
    cancelled: events.every(({ cancelled }) => cancelled),
  };
}

function intervalOf({ start, end }: Busy): Interval {
  return { start: Instant.ofEpochMilli(start), end: Instant.ofEpochMilli(end) };
}
