import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { occurrences } from './recurrence.js';
import { readRule } from './recurrence-rule.js';
import { DAY } from './wall-clock.js';

const HOUR = DAY / 24;
const from2024To2027 = { min: Date.UTC(2024, 0, 1) / HOUR, max: Date.UTC(2027, 0, 1) / HOUR };
const hours = fc.integer(from2024To2027).map((hour) => hour * HOUR);

const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');
const list = <T>(item: fc.Arbitrary<T>) =>
  fc.uniqueArray(item, { minLength: 1, maxLength: 3 }).map((items) => items.join());
const maybe = (name: string, values: fc.Arbitrary<string>) =>
  fc.option(
    values.map((value) => `;${name}=${value}`),
    { nil: '' },
  );
const months = list(fc.integer({ min: 1, max: 12 }));
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));
const interval = maybe('INTERVAL', fc.integer({ min: 1, max: 5 }).map(String));

describe('occurrences', () => {
  it('are those that ical.js finds, by rules that both understand', () => {
    const weekdays = list(weekday);
    const nth = fc.tuple(fc.constantFrom('1', '2', '-1'), weekday).map((parts) => parts.join(''));
    const rules = fc.oneof(
      joined(fc.constant('FREQ=DAILY'), interval),
      joined(fc.constant('FREQ=HOURLY'), interval),
      joined(fc.constant('FREQ=WEEKLY'), interval, maybe('BYDAY', weekdays), maybe('WKST', weekday)),
      joined(fc.constant('FREQ=MONTHLY;BYDAY='), nth, interval),
      joined(fc.constant('FREQ=MONTHLY;BYMONTHDAY='), list(fc.integer({ min: 1, max: 31 })), interval),
      joined(
        fc.constant('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS='),
        fc.constantFrom('1', '-1'),
        interval,
      ),
      joined(
        fc.constant('FREQ=YEARLY;BYMONTH='),
        fc.integer({ min: 1, max: 12 }).map(String),
        fc.constant(';BYDAY='),
        nth,
      ),
    );
    const counts = fc.option(
      fc.integer({ min: 1, max: 30 }).map((count) => `;COUNT=${count}`),
      { nil: '' },
    );
    fc.assert(
      fc.property(rules, counts, hours, hours, (rule, count, anyStart, from) => {
        const start = byIcal(rule, anyStart, anyStart + 10_000 * DAY, 1)[0]!; // one that the rule itself has
        const to = Math.max(start, from) + 60 * DAY;
        same(
          ours(rule + count, start, from, to),
          byIcal(rule + count, start, to, 30_000).filter((it) => it >= from),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are all hours that fit when each is looked at by itself, by any rule of days and hours', () => {
    const frequencies = fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY');
    const rules = joined(
      frequencies.map((frequency) => `FREQ=${frequency}`),
      maybe('BYMONTH', months),
      maybe('BYMONTHDAY', list(fc.constantFrom(1, 13, 28, 29, 30, 31, -1, -2, -31))),
      maybe('BYDAY', list(weekday)),
      maybe('BYHOUR', list(fc.integer({ min: 0, max: 23 }))),
    );
    fc.assert(
      fc.property(rules, hours, hours, (rule, start, from) => {
        const to = from + 100 * DAY;
        same(ours(rule, start, from, to), hourByHour(rule, start, from, to));
      }),
      { numRuns: 300 },
    );
  });
});

function ours(rule: string, start: number, from: number, to: number): number[] {
  return [
    ...occurrences(
      readRule(rule, () => 0),
      start,
      { from, to },
      () => undefined,
    ),
  ];
}

/** As ical.js walks from the start, to an end or for so many. */
function byIcal(rule: string, start: number, to: number, most: number): number[] {
  const walk = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromJSDate(new Date(start), true));
  const found: number[] = [];
  for (let next = walk.next(); next && found.length < most; next = walk.next()) {
    const time = next.toJSDate().getTime();
    if (time > to) break;
    found.push(time);
  }
  return found;
}

/** The slow way: every hour is asked whether each part of the rule, or else the start, has it. */
function hourByHour(rule: string, start: number, from: number, to: number): number[] {
  const parts = new Map(rule.split(';').map((part) => part.split('=') as [string, string]));
  const numbers = (name: string) => parts.get(name)?.split(',').map(Number);
  const begin = new Date(start);
  const frequency = parts.get('FREQ')!;
  const days = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
  const saysDays = parts.has('BYDAY') || parts.has('BYMONTHDAY');
  const found = start >= from && start <= to ? [start] : [];

  for (let time = Math.max(from, start + HOUR); time <= to; time += HOUR) {
    const at = new Date(time);
    const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
    const inYear = frequency === 'YEARLY' && !saysDays;
    const fits = [
      numbers('BYMONTH')?.includes(at.getUTCMonth() + 1) ??
        (!inYear || at.getUTCMonth() === begin.getUTCMonth()),
      numbers('BYMONTHDAY')?.some(
        (day) => day === at.getUTCDate() || day + lastDay + 1 === at.getUTCDate(),
      ) ??
        (!(inYear || (frequency === 'MONTHLY' && !saysDays)) || at.getUTCDate() === begin.getUTCDate()),
      parts.get('BYDAY')?.split(',').includes(days[at.getUTCDay()]!) ??
        (frequency !== 'WEEKLY' || saysDays || at.getUTCDay() === begin.getUTCDay()),
      numbers('BYHOUR')?.includes(at.getUTCHours()) ??
        (frequency === 'HOURLY' || at.getUTCHours() === begin.getUTCHours()),
    ];
    if (fits.every(Boolean)) found.push(time);
  }
  return found;
}

function same(actual: number[], expected: number[]): void {
  const shown = (times: number[]) => times.map((time) => new Date(time).toISOString()).join('\n');
  if (shown(actual) !== shown(expected)) throw new Error(`${shown(actual)}\n is not\n${shown(expected)}`);
}
