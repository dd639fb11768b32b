import { DayOfWeek, type ZoneId } from '@js-joda/core';
import { dateText } from '../../kernel/date-text.js';
import { clocksOn, dayOf } from './wall-clock.js';

/** A stretch of a day in minutes since its midnight: 0 to 1440, the end after the start. 1440 is the midnight that ends the day. */
export interface MinuteRange {
  readonly start: number;
  readonly end: number;
}

/** When an owner can be met, by the clocks of one zone. A day that is not in the week is closed. */
export interface WeeklyHours {
  readonly zone: ZoneId;
  readonly week: ReadonlyMap<DayOfWeek, readonly MinuteRange[]>;
  /** By date, `YYYY-MM-DD`. An override replaces the day: with no range it closes it. */
  readonly overrides: ReadonlyMap<string, readonly MinuteRange[]>;
}

/** A stretch of time that includes its start and not its end, in epoch milliseconds. */
export interface Opening {
  readonly start: number;
  readonly end: number;
}

const WEEKDAYS = DayOfWeek.values();

/**
 * The openings that touch [from, to), in epoch milliseconds, by their start. Each is resolved by the clocks of its own date, so
 * that it is shorter or longer where they change, and gone where they skip it. Where clocks skip time, what was skipped comes
 * later and may overlap the opening after it.
 */
export function openings(hours: WeeklyHours, from: number, to: number): Opening[] {
  const { zone } = hours;
  const week = WEEKDAYS.map((weekday) => hours.week.get(weekday) ?? []);
  const found: Opening[] = [];
  // A day more at each end: a skipped day's openings come a day late, and clocks that go back over midnight mix two dates.
  const last = dayOf(zone, to) + 1;
  for (let day = dayOf(zone, from) - 1; day <= last; day += 1) {
    const ranges = overrideOf(hours, day) ?? week[weekdayIndex(day)]!;
    if (ranges.length === 0) continue;
    const clocks = clocksOn(zone, day);
    for (const range of ranges) {
      const start = clocks(range.start);
      const end = clocks(range.end);
      if (start < end && start < to && end > from) found.push({ start, end });
    }
  }
  const isInOrder = found.every(({ start }, i) => i === 0 || start >= found[i - 1]!.start);
  return isInOrder ? found : found.sort((one, other) => one.start - other.start);
}

function overrideOf({ overrides }: WeeklyHours, day: number): readonly MinuteRange[] | undefined {
  return overrides.size === 0 ? undefined : overrides.get(dateText(day));
}

/** 0 for Monday to 6 for Sunday; 1970-01-01, day 0, was a Thursday. */
function weekdayIndex(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}
