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

/** What already takes the host's time, in epoch milliseconds, in any order. */
export interface Occupancy {
  /** Bookings with their buffers, holds, external busy time. They may overlap. */
  readonly blocked: readonly Opening[];
  /** The starts of this event type's live bookings, which count towards its limits. */
  readonly starts: readonly number[];
}

// A week, and a day for the distance of a zone from UTC. No duration with a buffer reaches as far: two days at most.
const LIMITS_REACH = 8 * DAY;

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
  const to = Math.min(range.to, dates.end);
  const duration = rules.durationMinutes * MINUTE;
  const interval = rules.slotIntervalMinutes * MINUTE;
  const lead = rules.bufferBefore * MINUTE;
  const tail = duration + rules.bufferAfter * MINUTE;
  const busy = merge(occupancy.blocked);

  const slots: number[] = [];
  for (const opening of openings(rules.hours, from, to)) {
    const end = Math.min(to, opening.end - duration + 1);
    let start = onGrid(opening.start, interval, from);
    let next = firstEndingAfter(busy, start - lead);
    while (start < end) {
      while (busy[next]!.end <= start - lead) next += 1;
      if (busy[next]!.start < start + tail) {
        start = onGrid(opening.start, interval, busy[next]!.end + lead);
      } else {
        if (dates.include(start)) slots.push(start);
        start += interval;
      }
    }
  }
  return ascendingOnce(slots);
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

/**
 * How far around a range bookings matter to it: as far as slots with their buffers reach and, where there are limits, the whole
 * weeks of its slots, with a day more for the zone's distance from UTC.
 */
export function occupancyRange(rules: SlotRules, { from, to }: SlotRange): SlotRange {
  const hasLimits = rules.dailyLimit !== null || rules.weeklyLimit !== null;
  const reach = hasLimits ? LIMITS_REACH : 0;
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
  const full = new Set<number>();
  if (limit === null) return full;
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

/** The first point of a grid at or after an instant. */
export function onGrid(anchor: number, interval: number, instant: number): number {
  return instant <= anchor ? anchor : anchor + Math.ceil((instant - anchor) / interval) * interval;
}

/** The stretches in order, those that overlap or touch made one. The last is at the end of time, so that there always is a next. */
function merge(stretches: readonly Opening[]): readonly Opening[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of stretches.filter(({ start, end }) => start < end).sort(byStart)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  merged.push({ start: Infinity, end: Infinity });
  return merged;
}

function byStart(one: Opening, other: Opening): number {
  return one.start - other.start;
}

/** Where the first of the merged stretches stands that ends after an instant. */
function firstEndingAfter(stretches: readonly Opening[], instant: number): number {
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle]!.end > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** In order and each once, also where clocks that skip time have laid one opening over another. */
function ascendingOnce(slots: number[]): number[] {
  const isAscending = slots.every((slot, i) => i === 0 || slot > slots[i - 1]!);
  return isAscending ? slots : [...new Set(slots)].sort((one, other) => one - other);
}
