import { describe, expect, it } from '@jest/globals';
import { DayOfWeek, LocalDate } from '@js-joda/core';
import { InvalidData } from '../../kernel/domain-error.js';
import { describeHours, hoursOf, overridesReader, weekReader, type HoursText } from './hours-text.js';
import { readDocument, type Reader } from './json-fields.js';

/** What is wrong with a value, by path below it. */
function faultsOf(read: Reader<unknown>, value: unknown): Readonly<Record<string, string>> {
  try {
    readDocument(read, value);
  } catch (error) {
    if (error instanceof InvalidData) return error.details;
    throw error;
  }
  return {};
}

const onMonday = (start: unknown, end: unknown) => ({ day: 'MONDAY', start, end });

describe('Weekly hours as text', () => {
  const text: HoursText = {
    timezone: 'America/Sao_Paulo',
    availability: [
      { day: 'MONDAY', start: '00:00', end: '09:05' },
      { day: 'MONDAY', start: '23:59', end: '24:00' },
      { day: 'SUNDAY', start: '10:00', end: '11:00' },
    ],
    overrides: [
      { date: '2026-02-16', intervals: [{ start: '12:00', end: '24:00' }] },
      { date: '2026-12-25', intervals: [] },
    ],
  };

  it('are the same after they were read and described', () => {
    expect(describeHours(hoursOf(text))).toEqual(text);
  });

  it('count minutes from midnight, 1440 being the end of the day', () => {
    expect(hoursOf(text).week.get(DayOfWeek.MONDAY)).toEqual([
      { start: 0, end: 545 },
      { start: 1_439, end: 1_440 },
    ]);
  });

  it('are described from Monday to Sunday and by date, in whatever order they came', () => {
    const shuffled = {
      ...text,
      availability: [...text.availability].reverse(),
      overrides: [...text.overrides].reverse(),
    };
    const week = readDocument(weekReader, shuffled.availability);
    const overrides = readDocument(overridesReader, shuffled.overrides);
    expect(describeHours({ zone: hoursOf(text).zone, week, overrides })).toEqual(text);
  });

  it('in a zone that the zone data does not know are a fault of ours', () => {
    expect(() => hoursOf({ ...text, timezone: 'Mars/Olympus' })).toThrow('Mars/Olympus');
  });
});

describe('The availability of a file', () => {
  it('names days in any letter case', () => {
    const week = readDocument(weekReader, [{ day: 'Friday', start: '09:00', end: '10:00' }]);
    expect([...week.keys()]).toEqual([DayOfWeek.FRIDAY]);
  });

  it('may have openings that touch', () => {
    expect(faultsOf(weekReader, [onMonday('12:00', '13:00'), onMonday('09:00', '12:00')])).toEqual({});
  });

  it('may not have openings of one day that overlap', () => {
    const openings = [onMonday('09:00', '12:00'), { ...onMonday('09:00', '12:00'), day: 'TUESDAY' }];
    const sentence = 'this entry must not overlap another opening of the same day';
    expect(faultsOf(weekReader, [...openings, onMonday('11:59', '12:30')])).toEqual({ 2: sentence });
    expect(faultsOf(weekReader, [...openings, onMonday('08:00', '13:00')])).toEqual({ 2: sentence });
    expect(faultsOf(weekReader, [...openings, onMonday('10:00', '11:00')])).toEqual({ 2: sentence });
  });

  it.each([['24:00'], ['9:00'], ['09:60'], ['25:00'], ['09:00:00'], [' 09:00'], ['09:00\n'], [900], [{}]])(
    'has no opening that starts at %p',
    (start) => {
      expect(faultsOf(weekReader, [onMonday(start, '24:00')])).toEqual({
        '0.start': 'start must be a time of day such as 09:00',
      });
    },
  );

  it.each([['24:01'], ['17.00'], ['5pm'], [true]])('has no opening that ends at %p', (end) => {
    expect(faultsOf(weekReader, [onMonday('09:00', end)])).toEqual({
      '0.end': 'end must be a time of day such as 17:00, at most 24:00',
    });
  });

  it('has no opening without length or over midnight', () => {
    expect(faultsOf(weekReader, [onMonday('09:00', '09:00'), onMonday('22:00', '02:00')])).toEqual({
      '0.end': 'end must be after the start',
      '1.end': 'end must be after the start',
    });
  });

  it('has entries with a day, a start and an end', () => {
    expect(faultsOf(weekReader, [{}, 'MONDAY', null])).toEqual({
      '0.day': 'day is required',
      '0.start': 'start is required',
      '0.end': 'end is required',
      1: 'this entry must be an object',
      2: 'this entry must be an object',
    });
  });

  it('is a list of at most 50', () => {
    const time = (minute: number) => `09:${String(minute).padStart(2, '0')}`;
    const entries = Array.from({ length: 51 }, (_, i) => onMonday(time(i), time(i + 1)));
    expect(faultsOf(weekReader, entries.slice(0, 50))).toEqual({});
    expect(Object.values(faultsOf(weekReader, entries))).toEqual([
      expect.stringContaining('at most 50 entries'),
    ]);
    expect(Object.values(faultsOf(weekReader, { 0: entries[0] }))).toEqual([
      expect.stringContaining('a list'),
    ]);
  });
});

describe('The overrides of a file', () => {
  const closed = (date: unknown) => ({ date, intervals: [] });

  it('name a date once', () => {
    const repeated = [closed('2026-12-25'), closed('2026-12-24'), closed('2026-12-25')];
    expect(faultsOf(overridesReader, repeated)).toEqual({ '2.date': 'date must not repeat an earlier date' });
  });

  it.each([
    ['2026-02-29'],
    ['2026-13-01'],
    ['26-01-01'],
    ['2026-1-1'],
    ['20260101'],
    ['2100-01-01'],
    [20260101],
  ])('have no date %p', (date) => {
    expect(Object.keys(faultsOf(overridesReader, [closed(date)]))).toEqual(['0.date']);
  });

  it('have intervals that may touch but not overlap', () => {
    const lunch = { start: '12:00', end: '13:00' };
    const touching = [lunch, { start: '13:00', end: '14:00' }];
    const overlapping = [lunch, { start: '12:59', end: '14:00' }];
    expect(faultsOf(overridesReader, [{ date: '2026-02-16', intervals: touching }])).toEqual({});
    expect(faultsOf(overridesReader, [{ date: '2026-02-16', intervals: overlapping }])).toEqual({
      '0.intervals.1': 'this entry must not overlap another opening of the same day',
    });
  });

  it('say what the hours of the date are', () => {
    expect(faultsOf(overridesReader, [{ date: '2026-02-16' }])).toEqual({
      '0.intervals': 'intervals is required',
    });
  });

  it('are at most 1,000', () => {
    const first = LocalDate.of(2026, 1, 1);
    const dates = Array.from({ length: 1_001 }, (_, i) => closed(first.plusDays(i).toString()));
    expect(faultsOf(overridesReader, dates.slice(0, 1_000))).toEqual({});
    expect(Object.values(faultsOf(overridesReader, dates))).toEqual([
      expect.stringContaining('at most 1000'),
    ]);
  });
});
