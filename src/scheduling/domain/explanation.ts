import { TooManyTimes } from './errors.js';
import { freeSlots, onGrid, unoccupied, type Occupancy, type SlotRange, type SlotRules } from './slots.js';
import { clocksOn, dayOf, MINUTE } from './wall-clock.js';
import { openings, type Opening, type WeeklyHours } from './weekly-hours.js';

/**
 * Why a time is not offered. Of several reasons the first of these is told: a time that was never on offer comes before one that
 * is taken.
 *
 * Never on offer:
 * - `outside_hours`: no opening has room for the meeting then, neither the date's own nor that of its weekday.
 * - `override`: the weekly hours would offer it, and what the date has instead of them does not.
 * - `notice`: sooner than the minimum notice, or past.
 * - `window`: on a date beyond the booking window.
 *
 * Taken:
 * - `booking`: the meeting would overlap a booked one.
 * - `busy`: the meeting would overlap what keeps the host busy elsewhere.
 * - `hold`: the meeting would overlap a stretch held for another invitee, with its buffers.
 * - `buffer`: only a buffer stands in the way, one of this meeting or one of a booked meeting.
 * - `limit`: the day or the week has as many bookings as the event type allows.
 */
export const REASONS = [
  'outside_hours',
  'override',
  'notice',
  'window',
  'booking',
  'busy',
  'hold',
  'buffer',
  'limit',
] as const;

export type Reason = (typeof REASONS)[number];

/** A stretch that is taken of the host's time, and what takes it. */
export interface TakenTime {
  readonly by: 'booking' | 'busy' | 'hold';
  /** Of a booking; null of anything else. */
  readonly bookingId: string | null;
  /** The meeting itself; of a hold or busy time the whole stretch. */
  readonly meeting: Opening;
  /** The meeting with its buffers. */
  readonly blocked: Opening;
}

/** What already takes the host's time, each stretch with what it is. */
export interface TakenTimes {
  readonly taken: readonly TakenTime[];
  /** As in `Occupancy`. */
  readonly starts: Occupancy['starts'];
}

export interface UnavailableTime {
  /** Where the slot would start, in epoch milliseconds. */
  readonly start: number;
  readonly reason: Reason;
  /** The booking that is the cause, where one is: the earliest, if there are several. */
  readonly bookingId: string | null;
}

export interface Explanation {
  /** What `freeSlots` offers. */
  readonly offered: readonly number[];
  /** The candidates it does not offer, ascending. */
  readonly unavailable: readonly UnavailableTime[];
}

/** How many times one answer explains: 62 days of five minutes, with room to spare. */
export const MOST_EXPLAINED = 20_000;

// Further ahead than any question reaches.
const ANY_DAY = 100_000;

/**
 * Every candidate of a range either offered or explained. A candidate is each point of the grids of its openings, those of the
 * weekly hours and those of overrides alike, and outside of all openings each step of the slot interval, counted from the first
 * instant of the schedule's day. Throws `TooManyTimes` if there are more than `MOST_EXPLAINED`.
 *
 * What is offered is what `freeSlots` says; the reason is the first of the rules with which it no longer says so.
 */
export function explainSlots(
  rules: SlotRules,
  { taken, starts }: TakenTimes,
  range: SlotRange,
  now: number,
): Explanation {
  const candidates = candidateTimes(rules, range);
  const blocked = taken.map((each) => each.blocked);
  const offered = freeSlots(rules, { blocked, starts }, range, now);

  const atAnyTime = { ...rules, minimumNoticeMinutes: 0, bookingWindowDays: ANY_DAY };
  const byWeek = new Set(freeSlots(withoutOverrides(atAnyTime), unoccupied, range, range.from));
  const byHours = new Set(freeSlots(atAnyTime, unoccupied, range, range.from));
  const inTime = new Set(freeSlots({ ...rules, bookingWindowDays: ANY_DAY }, unoccupied, range, now));
  const onOffer = new Set(freeSlots(rules, unoccupied, range, now));
  const unblocked = new Set(freeSlots(rules, { blocked, starts: [] }, range, now));
  const obstacleAt = obstacles(rules, taken);

  const explain = (start: number): Omit<UnavailableTime, 'start'> => {
    const because = (reason: Reason) => ({ reason, bookingId: null });
    if (!byHours.has(start)) return because(byWeek.has(start) ? 'override' : 'outside_hours');
    if (!inTime.has(start)) return because('notice');
    if (!onOffer.has(start)) return because('window');
    return unblocked.has(start) ? because('limit') : obstacleAt(start);
  };
  const isOffered = new Set(offered);
  const unavailable = candidates
    .filter((start) => !isOffered.has(start))
    .map((start) => ({ start, ...explain(start) }));
  return { offered, unavailable };
}

/** In order, each once. */
function candidateTimes(rules: SlotRules, range: SlotRange): number[] {
  const interval = rules.slotIntervalMinutes * MINUTE;
  const opened = [rules, withoutOverrides(rules)]
    .flatMap(({ hours }) => openings(hours, range.from, range.to))
    .sort((one, other) => one.start - other.start);
  const times = new Set<number>();
  const add = (time: number) => {
    times.add(time);
    if (times.size > MOST_EXPLAINED) throw new TooManyTimes(MOST_EXPLAINED);
  };
  for (const opening of opened) for (const point of gridOf(opening, interval, range)) add(point);

  let next = 0;
  let openUntil = -Infinity;
  for (const day of daysOf(rules.hours, range)) {
    for (const step of gridOf(day, interval, range)) {
      for (; next < opened.length && opened[next]!.start <= step; next += 1) {
        openUntil = Math.max(openUntil, opened[next]!.end);
      }
      if (step >= openUntil) add(step);
    }
  }
  return [...times].sort((one, other) => one - other);
}

function withoutOverrides(rules: SlotRules): SlotRules {
  return { ...rules, hours: { ...rules.hours, overrides: new Map() } };
}

/** The points of a stretch's grid that lie in a range. */
function* gridOf({ start, end }: Opening, interval: number, { from, to }: SlotRange): Generator<number> {
  const until = Math.min(end, to);
  for (let point = onGrid(start, interval, from); point < until; point += interval) yield point;
}

/** The days of the schedule's zone that touch a range, each from its first instant to that of the next. */
function* daysOf({ zone }: WeeklyHours, { from, to }: SlotRange): Generator<Opening> {
  const firstInstant = (day: number) => clocksOn(zone, day)(0);
  // A day more at each end, as clocks that go back over midnight mix two dates.
  const last = dayOf(zone, to) + 1;
  for (let day = dayOf(zone, from) - 1; day <= last; day += 1) {
    yield { start: firstInstant(day), end: firstInstant(day + 1) };
  }
}

/** What stands in the way of a blocked time; to be asked of ascending times. */
function obstacles(rules: SlotRules, taken: readonly TakenTime[]) {
  const duration = rules.durationMinutes * MINUTE;
  const lead = rules.bufferBefore * MINUTE;
  const tail = duration + rules.bufferAfter * MINUTE;
  const waiting = taken
    .filter(({ blocked }) => blocked.start < blocked.end)
    .sort((one, other) => one.blocked.start - other.blocked.start);
  let next = 0;
  let standing: TakenTime[] = [];
  return (start: number): Omit<UnavailableTime, 'start'> => {
    for (; next < waiting.length && waiting[next]!.blocked.start < start + tail; next += 1) {
      standing.push(waiting[next]!);
    }
    standing = standing.filter(({ blocked }) => blocked.end > start - lead);

    const overlapped = standing.filter(
      ({ meeting }) => meeting.start < start + duration && start < meeting.end,
    );
    for (const reason of ['booking', 'busy', 'hold'] as const) {
      const cause = overlapped.find(({ by }) => by === reason);
      if (cause) return { reason, bookingId: cause.bookingId };
    }
    const booking = standing.find(({ by }) => by === 'booking');
    return { reason: 'buffer', bookingId: booking?.bookingId ?? null };
  };
}
