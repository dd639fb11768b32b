import ICAL from 'ical.js';

export type Frequency = 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY' | 'HOURLY' | 'MINUTELY' | 'SECONDLY';

/** An RRULE (RFC 5545, 3.3.10). A list that it does not have is null. */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  /** 1 or more. */
  readonly interval: number;
  /** How often the event takes place, its first time included. */
  readonly count: number | null;
  /** Wall time of its last moment. */
  readonly until: number | null;
  readonly byMonth: readonly number[] | null;
  readonly byWeekNo: readonly number[] | null;
  readonly byYearDay: readonly number[] | null;
  readonly byMonthDay: readonly number[] | null;
  /** `nth` is 0 where every such weekday is meant; Sunday is 0. */
  readonly byDay: readonly { readonly nth: number; readonly weekday: number }[] | null;
  readonly byHour: readonly number[] | null;
  readonly byMinute: readonly number[] | null;
  readonly bySecond: readonly number[] | null;
  readonly bySetPos: readonly number[] | null;
  /** First day of the week; Sunday is 0. */
  readonly weekStart: number;
}

const NTH_WEEKDAY = /^([+-]?\d+)?(SU|MO|TU|WE|TH|FR|SA)$/;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/**
 * Reads the value of an RRULE. What UNTIL says depends on the event: `untilOf` makes wall time of it (its text is that of jCal, RFC
 * 7265). Throws if it is none, or one of another calendar than the Gregorian (RFC 7529).
 */
export function readRule(value: string, untilOf: (text: string) => number): RecurrenceRule {
  const text = value.toUpperCase();
  if (/(^|;)RSCALE=(?!GREGORIAN)/.test(text)) throw new Error('Not of the Gregorian calendar');
  const { freq, interval, count, until, wkst, parts } = ICAL.Recur.fromString(text);
  if (!freq) throw new Error('A rule without a frequency');
  const numbers = (part: Exclude<keyof typeof parts, 'BYDAY'>) => parts[part] ?? null;
  return {
    frequency: freq as Frequency,
    interval,
    count: count ?? null,
    until: until ? untilOf(until.toString()) : null,
    byMonth: numbers('BYMONTH'),
    byWeekNo: numbers('BYWEEKNO'),
    byYearDay: numbers('BYYEARDAY'),
    byMonthDay: numbers('BYMONTHDAY'),
    byDay: parts.BYDAY?.map(readWeekday) ?? null,
    byHour: numbers('BYHOUR'),
    byMinute: numbers('BYMINUTE'),
    bySecond: numbers('BYSECOND'),
    bySetPos: numbers('BYSETPOS'),
    weekStart: wkst - 1, // ical.js counts from 1 for Sunday
  };
}

function readWeekday(text: string): { nth: number; weekday: number } {
  const [, nth, weekday] = NTH_WEEKDAY.exec(text)!;
  return { nth: Number(nth ?? 0), weekday: WEEKDAYS.indexOf(weekday!) };
}
