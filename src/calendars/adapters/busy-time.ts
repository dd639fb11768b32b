import { instantOf, type Moment } from './icalendar-values.js';
import { occurrences, type Spend, type Stretch } from './recurrence.js';
import type { Length, VEvent } from './vevent.js';
import { DAY } from './wall-clock.js';

/** Busy time in epoch milliseconds. */
export interface Busy {
  readonly start: number;
  readonly end: number;
}

/** An event takes place more often than anybody could mean. */
export class TooManyOccurrences extends Error {}

export const MOST_OCCURRENCES = 10_000;

/** Offsets differ by less from place to place (26 hours), so that a stretch of wall time with this on both sides misses nothing. */
const MARGIN = 2 * DAY;

/**
 * When somebody is busy for one event within a window: for each occurrence that reaches into it, ascending. `events` are all that
 * have the event's UID: itself, and what takes the place of single occurrences (RFC 5545, 3.8.4.4), which may move into the window or
 * out of it. Throws `TooManyOccurrences`, and what `spend` throws.
 */
export function busyTime(events: readonly VEvent[], window: Busy, spend: Spend): Busy[] {
  const series = latest(events.filter(({ replaces }) => !replaces));
  const replacements = latestOfEach(events.filter(({ replaces }) => replaces));
  const replaced = replacements.map(({ replaces }) => replaces!);
  const busy = [...series.flatMap((event) => ofSeries(event, replacements, replaced, window, spend))];
  for (const event of replacements) busy.push(...within(window, event, event.start, event.length));
  return busy.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Those of the highest SEQUENCE. There may be several of one UID: some calendars give the same to all their events. */
function latest(events: readonly VEvent[]): VEvent[] {
  const highest = Math.max(...events.map(({ sequence }) => sequence));
  return events.filter(({ sequence }) => sequence === highest);
}

function latestOfEach(replacements: readonly VEvent[]): VEvent[] {
  const byInstant = new Map<number, VEvent>();
  for (const event of replacements) {
    const instant = instantOf(event.replaces!);
    const other = byInstant.get(instant);
    if (!other || event.sequence >= other.sequence) byInstant.set(instant, event);
  }
  return [...byInstant.values()];
}

function ofSeries(
  event: VEvent,
  replacements: readonly VEvent[],
  replaced: readonly Moment[],
  window: Busy,
  spend: Spend,
): Busy[] {
  const later = replacements
    .filter(({ andLater }) => andLater)
    .sort((a, b) => instantOf(a.replaces!) - instantOf(b.replaces!));
  const isLeftOut = memberOf([...event.exceptions, ...replaced], event.start);
  const busy: Busy[] = [];
  for (const { start, length } of startsOf(event, reach(event, later, window), spend)) {
    if (isLeftOut(start)) continue;
    const change = later.findLast(({ replaces }) => instantOf(replaces!) <= instantOf(start));
    if (change) busy.push(...within(window, change, moved(start, change), change.length));
    else busy.push(...within(window, event, start, length));
  }
  return busy;
}

/** All starts within a stretch, each once: the event's own, those of its rules, and those added by themselves. */
function* startsOf(
  event: VEvent,
  stretch: Stretch,
  spend: Spend,
): Generator<{ start: Moment; length: Length }> {
  const { start, length, rules, additions } = event;
  const told = new Set<number>();
  const tell = function* (moment: Moment, long: Length) {
    const instant = instantOf(moment);
    if (told.has(instant)) return;
    told.add(instant);
    if (told.size > MOST_OCCURRENCES) throw new TooManyOccurrences();
    yield { start: moment, length: long };
  };

  for (const addition of additions) yield* tell(addition.start, addition.length ?? length);
  yield* tell(start, length);
  for (const rule of rules)
    for (const wall of occurrences(rule, start.wall, stretch, spend)) yield* tell({ ...start, wall }, length);
}

/** Where occurrences may start that reach into the window, in the event's wall time. */
function reach({ start, length }: VEvent, later: readonly VEvent[], window: Busy): Stretch {
  const longest = Math.max(
    ...[length, ...later.map((change) => change.length)].map((it) => it.nominal + it.exact),
  );
  const furthest = Math.max(0, ...later.map((change) => Math.abs(shiftOf(change))));
  return {
    from: start.clock.wallAt(window.start) - longest - furthest - MARGIN,
    to: start.clock.wallAt(window.end) + furthest + MARGIN,
  };
}

/** Whether a moment is one of a list; a date in the list stands for its whole day. */
function memberOf(moments: readonly Moment[], { isDate, clock }: Moment): (moment: Moment) => boolean {
  const instants = new Set<number>();
  const days = new Set<number>();
  for (const moment of moments) {
    if (moment.isDate) days.add(moment.wall / DAY);
    else if (isDate) days.add(Math.floor(clock.wallAt(instantOf(moment)) / DAY));
    else instants.add(instantOf(moment));
  }
  return (moment) => instants.has(instantOf(moment)) || days.has(Math.floor(moment.wall / DAY));
}

/** By how much a change of this and all later occurrences moves them, in wall time. */
function shiftOf({ start, replaces }: VEvent): number {
  return start.wall - start.clock.wallAt(instantOf(replaces!));
}

function moved(original: Moment, change: VEvent): Moment {
  const wall = change.start.clock.wallAt(instantOf(original)) + shiftOf(change);
  return { ...change.start, wall };
}

/** The stretch itself if it is busy time and reaches into the window. */
function within(window: Busy, event: VEvent, start: Moment, length: Length): Busy[] {
  if (event.cancelled || !event.blocks) return [];
  const busy = stretchOf(start, length);
  return busy.end > busy.start && busy.end > window.start && busy.start < window.end ? [busy] : [];
}

export function stretchOf(start: Moment, { nominal, exact }: Length): Busy {
  const begin = instantOf(start);
  const day = nominal === 0 ? begin : start.clock.instantOf(start.wall + nominal);
  return { start: begin, end: day + exact };
}
