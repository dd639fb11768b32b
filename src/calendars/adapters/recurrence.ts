import { calendarDayOf, daysFit } from './recurrence-days.js';
import type { Frequency, RecurrenceRule } from './recurrence-rule.js';
import { DAY } from './wall-clock.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Where to look for occurrences, in wall time, both ends included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Takes note of the work done; throws when there was too much of it. */
export type Spend = (steps: number) => void;

/**
 * When an event that first takes place at `start` does so by a rule, in wall time and ascending, as far as it lies in a stretch. The
 * start itself counts as the first, whether or not the rule would have it. A rule without a count is not followed from its start but
 * looked at from where the stretch begins; `spend` hears of every day or moment that is looked at, so that no rule is endless.
 */
export function* occurrences(
  rule: RecurrenceRule,
  start: number,
  { from, to }: Stretch,
  spend: Spend,
): Generator<number> {
  const last = Math.min(to, rule.until ?? Infinity);
  let left = (rule.count ?? Infinity) - 1;
  if (start >= from && start <= to) yield start;

  const lookFrom = rule.count === null ? Math.max(start, from) : start;
  const moments = rule.frequency in UNITS ? momentsWithinDays : momentsByDays;
  for (const moment of moments(rule, start, { from: lookFrom, to: last }, spend)) {
    if (moment <= start) continue;
    if (moment > last || left <= 0) return;
    left -= 1;
    if (moment >= from) yield moment;
  }
}

/** How the days are divided by each frequency: each period is numbered, and begins with a day. */
const PERIODS = {
  YEARLY: {
    numberOf: (day: number) => calendarDayOf(day).year,
    firstDay: (year: number) => Date.UTC(year, 0, 1) / DAY,
  },
  MONTHLY: {
    numberOf: (day: number) => calendarDayOf(day).year * 12 + calendarDayOf(day).month - 1,
    firstDay: (month: number) => Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY,
  },
  WEEKLY: {
    // 1970-01-04 was a Sunday
    numberOf: (day: number, weekStart: number) => Math.floor((day - 3 - weekStart) / 7),
    firstDay: (week: number, weekStart: number) => week * 7 + 3 + weekStart,
  },
  DAILY: { numberOf: (day: number) => day, firstDay: (day: number) => day },
};

function* momentsByDays(
  rule: RecurrenceRule,
  start: number,
  { from, to }: Stretch,
  spend: Spend,
): Generator<number> {
  const { numberOf, firstDay } = PERIODS[rule.frequency as keyof typeof PERIODS];
  const first = numberOf(Math.floor(start / DAY), rule.weekStart);
  const ahead = numberOf(Math.floor(from / DAY), rule.weekStart) - first;
  const fits = daysFit(rule, Math.floor(start / DAY));
  const times = timesOfDay(rule, start);

  let number = first + Math.floor(ahead / rule.interval) * rule.interval;
  for (; firstDay(number, rule.weekStart) * DAY <= to; number += rule.interval) {
    const days = { first: firstDay(number, rule.weekStart), end: firstDay(number + 1, rule.weekStart) };
    yield* chosen(rule.bySetPos, momentsOfDays(days, fits, times, spend));
  }
}

function* momentsOfDays(
  days: { first: number; end: number },
  fits: ReturnType<typeof daysFit>,
  times: readonly number[],
  spend: Spend,
): Generator<number> {
  for (let day = days.first; day < days.end; day += 1) {
    spend(1);
    const next = fits.nextMonthToLookAt(day);
    if (next > day) day = next - 1;
    else if (fits.day(day)) {
      spend(times.length);
      for (const time of times) yield day * DAY + time;
    }
  }
}

const UNITS: Partial<Record<Frequency, number>> = { HOURLY: HOUR, MINUTELY: MINUTE, SECONDLY: SECOND };

function* momentsWithinDays(
  rule: RecurrenceRule,
  start: number,
  { from, to }: Stretch,
  spend: Spend,
): Generator<number> {
  const unit = UNITS[rule.frequency]!;
  const stride = unit * rule.interval;
  const fits = daysFit(rule, Math.floor(start / DAY));
  const within =
    unit === HOUR ? timesIn(HOUR, rule, start) : unit === MINUTE ? timesIn(MINUTE, rule, start) : [0];
  const first = Math.floor(start / unit) * unit;

  let moment = first + Math.floor((from - first) / stride) * stride;
  while (moment <= to) {
    spend(1);
    const blocked = endOfWhatDoesNotFit(moment, rule, fits);
    if (blocked === null) {
      const begin = moment;
      spend(within.length);
      yield* chosen(
        rule.bySetPos,
        within.map((time) => begin + time),
      );
      moment += stride;
    } else moment += Math.ceil((blocked - moment) / stride) * stride;
  }
}

/** When the day, hour, minute or second of a moment ends that the rule does not have; null if it has them all. */
function endOfWhatDoesNotFit(
  moment: number,
  rule: RecurrenceRule,
  fits: ReturnType<typeof daysFit>,
): number | null {
  const endOf = (unit: number) => (Math.floor(moment / unit) + 1) * unit;
  const lacks = (list: readonly number[] | null, unit: number, of: number) =>
    list !== null && !list.includes(countOf(moment, unit, of));
  if (!fits.day(Math.floor(moment / DAY))) return endOf(DAY);
  if (lacks(rule.byHour, HOUR, 24)) return endOf(HOUR);
  if (rule.frequency !== 'HOURLY' && lacks(rule.byMinute, MINUTE, 60)) return endOf(MINUTE);
  if (rule.frequency === 'SECONDLY' && lacks(rule.bySecond, SECOND, 60)) return endOf(SECOND);
  return null;
}

function timesOfDay(rule: RecurrenceRule, start: number): number[] {
  const hours = ascending(rule.byHour ?? [countOf(start, HOUR, 24)]);
  return hours.flatMap((hour) => timesIn(HOUR, rule, start).map((time) => hour * HOUR + time));
}

/** The times within an hour or minute at which a rule takes place, in milliseconds since that began. */
function timesIn(unit: typeof HOUR | typeof MINUTE, rule: RecurrenceRule, start: number): number[] {
  const seconds = ascending(rule.bySecond ?? [countOf(start, SECOND, 60)]);
  if (unit === MINUTE) return seconds.map((second) => second * SECOND);
  const minutes = ascending(rule.byMinute ?? [countOf(start, MINUTE, 60)]);
  return minutes.flatMap((minute) => seconds.map((second) => minute * MINUTE + second * SECOND));
}

/** Of the moments of one period, those at the positions that BYSETPOS names, negative ones counted from the end. */
function* chosen(positions: readonly number[] | null, moments: Iterable<number>): Generator<number> {
  if (positions === null) return yield* moments;
  const all = [...moments];
  for (let i = 0; i < all.length; i += 1) {
    if (positions.includes(i + 1) || positions.includes(i - all.length)) yield all[i]!;
  }
}

/** Which hour of its day (or minute of its hour, or second of its minute) a moment is in; moments before 1970 are negative. */
function countOf(moment: number, unit: number, of: number): number {
  return ((Math.floor(moment / unit) % of) + of) % of;
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
