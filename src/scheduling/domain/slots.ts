import { placesIn } from './ascending.js';
import { calendarOf, DAY, MINUTE } from './wall-clock.js';
import { openings, type Opening, type WeeklyHours } from './weekly-hours.js';

/** What decides which times an event type offers. */
export interface SlotRules {
  readonly durationMinutes: number;
  readonly bufferBefore: number;
  readonly bufferAfter: number;
  readonly minimumNoticeMinutes: number;
  readonly bookingWindowDays: number;
  readonly slotIntervalMinutes: number;
  /** How many bookings of this event type may start on one date of the schedule's zone; null for any number. */
  readonly dailyLimit: number | null;
  /** How many may start in one week of the schedule's zone, Monday to Sunday (ISO 8601); null for any number. */
  readonly weeklyLimit: number | null;
  readonly hours: WeeklyHours;
}

/** A stretch of time in epoch milliseconds. A slot lies in it if it starts at or after `from` and before `to`. */
export interface SlotRange {
  readonly from: number;
  readonly to: number;
}

/** What already takes the host's time, in whole epoch milliseconds, in any order. */
export interface Occupancy {
  /** Bookings with their buffers, holds, external busy time. They may overlap. */
  readonly blocked: readonly Opening[];
  /** The starts of this event type's live bookings, which count towards its limits. */
  readonly starts: readonly number[];
}

// A week, and a day for the distance of a zone from UTC. No duration with a buffer reaches as far: two days at most.
export const LIMITS_REACH_DAYS = 8;
const LIMITS_REACH = LIMITS_REACH_DAYS * DAY;

const NONE: ReadonlySet<number> = new Set();

/** What a host's calendars take of his time while nobody can tell what is in them: all of it. */
export const ALL_TIME: Opening = { start: Number.MIN_SAFE_INTEGER / 2, end: Number.MAX_SAFE_INTEGER / 2 };

export const unoccupied: Occupancy = { blocked: [], starts: [] };

/**
 * The starts of all slots on offer in a range, in epoch milliseconds, ascending, each once.
 *
 * Each opening has a grid that begins at its start, and a slot lies on it, wholly inside the opening. Neither the slot nor its
 * buffers overlap anything blocked; touching is fine, and buffers may reach out of the opening. It starts no sooner than the
 * minimum notice from `now`, on a date that is in the booking window and has no limit reached.
 */
export function freeSlots(rules: SlotRules, occupancy: Occupancy, range: SlotRange, now: number): number[] {
  const dates = datesOnOffer(rules, occupancy, now);
  const from = Math.max(range.from, now + rules.minimumNoticeMinutes * MINUTE);
  const starts = startsOnGrid(rules, { from, to: Math.min(range.to, dates.end) });
  const changes = overlapChanges(starts, rules, occupancy);
  let overlaps = 0;
  let free = 0; // they move up in the list they are in: one of their own would cost a sixth more
  for (let i = 0; i < starts.length; i += 1) {
    overlaps += changes[i]!;
    if (overlaps === 0 && dates.include(starts[i]!)) starts[free++] = starts[i]!;
  }
  starts.length = free;
  return starts;
}

/**
 * What becomes of a wish for one start: `not offered` if no empty agenda would offer it, `taken` if this one does not. It asks
 * `freeSlots`, so that what is offered can be booked and nothing else can.
 */
export function judge(
  rules: SlotRules,
  occupancy: Occupancy,
  start: number,
  now: number,
): 'free' | 'not offered' | 'taken' {
  const range = { from: start, to: start + 1 };
  if (freeSlots(rules, unoccupied, range, now).length === 0) return 'not offered';
  return freeSlots(rules, occupancy, range, now).length === 0 ? 'taken' : 'free';
}

/** Whether it matters how many bookings there are, and not only where. */
export function hasLimits({ dailyLimit, weeklyLimit }: SlotRules): boolean {
  return dailyLimit !== null || weeklyLimit !== null;
}

/**
 * How far around a range bookings matter to it: as far as slots with their buffers reach and, where there are limits, the whole
 * weeks of its slots, with a day more for the zone's distance from UTC.
 */
export function occupancyRange(rules: SlotRules, { from, to }: SlotRange): SlotRange {
  const reach = hasLimits(rules) ? LIMITS_REACH : 0;
  return {
    from: from - Math.max(rules.bufferBefore * MINUTE, reach),
    to: to + Math.max((rules.durationMinutes + rules.bufferAfter) * MINUTE, reach),
  };
}

/** The same for any rules an event type may have, for when bookings are looked up before its rules are known. */
export function widestOccupancyRange({ from, to }: SlotRange): SlotRange {
  return { from: from - LIMITS_REACH, to: to + LIMITS_REACH };
}

/** Which dates the booking window and the limits leave, and an instant (`end`) after all of them. */
function datesOnOffer(
  rules: SlotRules,
  { starts }: Occupancy,
  now: number,
): { end: number; include: (start: number) => boolean } {
  const dayOf = calendarOf(rules.hours.zone);
  const lastDay = dayOf(now) + rules.bookingWindowDays;
  const fullDays = fullPeriods(starts, rules.dailyLimit, dayOf);
  const fullWeeks = fullPeriods(starts, rules.weeklyLimit, (start) => weekOf(dayOf(start)));
  const isNoneFull = fullDays.size === 0 && fullWeeks.size === 0;
  return {
    end: (lastDay + 2) * DAY,
    include: (start) => {
      if (isNoneFull && start < lastDay * DAY) return true;
      const day = dayOf(start);
      return day <= lastDay && !fullDays.has(day) && !fullWeeks.has(weekOf(day));
    },
  };
}

/** The days or weeks in which as many bookings start as the limit allows. */
function fullPeriods(
  starts: readonly number[],
  limit: number | null,
  periodOf: (start: number) => number,
): ReadonlySet<number> {
  if (limit === null) return NONE;
  const full = new Set<number>();
  const counts = new Map<number, number>();
  for (const start of starts) {
    const period = periodOf(start);
    const count = (counts.get(period) ?? 0) + 1;
    counts.set(period, count);
    if (count >= limit) full.add(period);
  }
  return full;
}

/** The week of a day, Monday to Sunday (ISO 8601); 1970-01-01, day 0, was a Thursday. */
function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}

/** The starts of all slots that lie in the openings, ascending, each once. */
function startsOnGrid(rules: SlotRules, { from, to }: SlotRange): number[] {
  const duration = rules.durationMinutes * MINUTE;
  const interval = rules.slotIntervalMinutes * MINUTE;
  const starts: number[] = [];
  for (const opening of openings(rules.hours, from, to)) {
    const end = Math.min(to, opening.end - duration + 1);
    for (let start = onGrid(opening.start, interval, from); start < end; start += interval)
      starts.push(start);
  }
  return ascendingOnce(starts);
}

/** The first point of a grid at or after an instant. */
export function onGrid(anchor: number, interval: number, instant: number): number {
  return instant <= anchor ? anchor : anchor + Math.ceil((instant - anchor) / interval) * interval;
}

/** In order and each once, also where clocks that skip time have laid one opening over another. */
function ascendingOnce(slots: number[]): number[] {
  let isAscending = true;
  for (let i = 1; i < slots.length; i += 1) if (slots[i]! <= slots[i - 1]!) isAscending = false;
  return isAscending ? slots : [...new Set(slots)].sort((one, other) => one - other);
}

/**
 * By how much the number of overlapping stretches differs from one slot (with its buffers) to the next. A stretch is one more at
 * the first slot that it overlaps and one less after the last, however many are between: nothing need be sorted or merged.
 */
function overlapChanges(starts: readonly number[], rules: SlotRules, { blocked }: Occupancy): Int32Array {
  const lead = rules.bufferBefore * MINUTE;
  const tail = (rules.durationMinutes + rules.bufferAfter) * MINUTE;
  const placeOf = placesIn(starts);
  const changes = new Int32Array(starts.length + 1);
  for (const { start, end } of blocked) {
    if (start >= end) continue;
    changes[placeOf(start - tail + 1)]! += 1;
    changes[placeOf(end + lead)]! -= 1;
  }
  return changes;
}
