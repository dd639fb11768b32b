import type { RecurrenceRule } from './recurrence-rule.js';
import { DAY } from './wall-clock.js';

/** A day of the calendar; counted from 1970-01-01 elsewhere. */
interface CalendarDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly dayOfMonth: number;
  /** Sunday is 0. */
  readonly weekday: number;
}

export function calendarDayOf(day: number): CalendarDay {
  const date = new Date(day * DAY);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    dayOfMonth: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
}

/**
 * Which days a rule has, for an event that first takes place on the day `start`. What RFC 5545 (3.3.10) calls expanding and limiting
 * comes to the same for days: each list of the rule lets some of them through, and what no list says, the start says.
 */
export function daysFit(rule: RecurrenceRule, start: number) {
  const lists = completed(rule, calendarDayOf(start));
  return {
    day: (day: number): boolean => fits(lists, rule, day),

    /** The day itself if its month may have days that fit, else the first day of the next month. */
    nextMonthToLookAt(day: number): number {
      if (!lists.byMonth) return day;
      const { year, month } = calendarDayOf(day);
      return lists.byMonth.includes(month) ? day : Date.UTC(year, month, 1) / DAY;
    },
  };
}

type DayLists = Pick<RecurrenceRule, 'byMonth' | 'byWeekNo' | 'byYearDay' | 'byMonthDay' | 'byDay'>;

/** The rule's lists, with what it leaves to the event's start. */
function completed(rule: RecurrenceRule, start: CalendarDay): DayLists {
  const { frequency, byMonth, byWeekNo, byYearDay, byMonthDay, byDay } = rule;
  const lists = { byMonth, byWeekNo, byYearDay, byMonthDay, byDay };
  if (byYearDay || byMonthDay || byDay) return lists;
  if (frequency === 'WEEKLY' || byWeekNo) return { ...lists, byDay: [{ nth: 0, weekday: start.weekday }] };
  if (frequency === 'MONTHLY') return { ...lists, byMonthDay: [start.dayOfMonth] };
  if (frequency === 'YEARLY')
    return { ...lists, byMonth: byMonth ?? [start.month], byMonthDay: [start.dayOfMonth] };
  return lists;
}

function fits(lists: DayLists, rule: RecurrenceRule, day: number): boolean {
  const date = calendarDayOf(day);
  if (lists.byMonth && !lists.byMonth.includes(date.month)) return false;
  if (lists.byMonthDay && !has(lists.byMonthDay, date.dayOfMonth, daysInMonth(date))) return false;
  if (lists.byYearDay && !has(lists.byYearDay, dayOfYear(day, date.year), daysInYear(date.year)))
    return false;
  if (lists.byWeekNo && !hasWeek(lists.byWeekNo, day, rule.weekStart)) return false;
  if (!lists.byDay) return true;
  return lists.byDay.some(
    ({ nth, weekday }) => weekday === date.weekday && (nth === 0 || isNth(nth, day, date, rule)),
  );
}

/** Whether a list has a number, counted from the beginning or (as a negative one) from the end of `of`. */
function has(list: readonly number[], number: number, of: number): boolean {
  return list.includes(number) || list.includes(number - of - 1);
}

/** Whether a day is the nth of its weekday: in its month, or in its year where the rule is of years without months. */
function isNth(nth: number, day: number, date: CalendarDay, { frequency, byMonth }: RecurrenceRule): boolean {
  const inYear = frequency === 'YEARLY' && !byMonth;
  if (!inYear && frequency !== 'YEARLY' && frequency !== 'MONTHLY') return true;
  const number = inYear ? dayOfYear(day, date.year) : date.dayOfMonth;
  const of = inYear ? daysInYear(date.year) : daysInMonth(date);
  return nth > 0 ? Math.ceil(number / 7) === nth : Math.ceil((of - number + 1) / 7) === -nth;
}

/** Weeks are numbered as in ISO 8601, but may begin with any weekday: the first is the one with four days in the year. */
function hasWeek(list: readonly number[], day: number, weekStart: number): boolean {
  const { year, number } = weekOf(day, weekStart);
  const lastWeek = weekOf(Date.UTC(year, 11, 28) / DAY, weekStart).number;
  return has(list, number, lastWeek);
}

function weekOf(day: number, weekStart: number): { year: number; number: number } {
  const begin = day - ((calendarDayOf(day).weekday - weekStart + 7) % 7);
  const { year } = calendarDayOf(begin + 3);
  return { year, number: Math.ceil(dayOfYear(begin + 3, year) / 7) };
}

function dayOfYear(day: number, year: number): number {
  return day - Date.UTC(year, 0, 1) / DAY + 1;
}

function daysInYear(year: number): number {
  return (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / DAY;
}

function daysInMonth({ year, month }: CalendarDay): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
