import { describe, expect, it } from '@jest/globals';
import { Instant, ZonedDateTime } from '@js-joda/core';
import { hoursOf, type HoursText } from './hours-text.js';
import { openings } from './weekly-hours.js';

const weekend: HoursText = {
  timezone: 'Europe/Berlin',
  availability: [
    { day: 'SATURDAY', start: '22:00', end: '24:00' },
    { day: 'SUNDAY', start: '00:00', end: '04:00' },
    { day: 'SUNDAY', start: '10:00', end: '12:00' },
  ],
  overrides: [],
};

/** The openings between two times such as `2026-02-16T09:00Z`, as UTC times. */
function openingsBetween(from: string, to: string, hours: HoursText = weekend): string[] {
  return openings(hoursOf(hours), at(from), at(to)).map(({ start, end }) => `${text(start)} ${text(end)}`);
}

function at(time: string): number {
  return ZonedDateTime.parse(time).toInstant().toEpochMilli();
}

function text(instant: number): string {
  return Instant.ofEpochMilli(instant).toString().replace(':00Z', 'Z');
}

describe('The openings of weekly hours', () => {
  it('come in order, and one that ends at midnight stays apart from the next', () => {
    expect(openingsBetween('2026-02-20T00:00Z', '2026-02-24T00:00Z')).toEqual([
      '2026-02-21T21:00Z 2026-02-21T23:00Z',
      '2026-02-21T23:00Z 2026-02-22T03:00Z',
      '2026-02-22T09:00Z 2026-02-22T11:00Z',
    ]);
  });

  it('are those that touch the range, whole', () => {
    expect(openingsBetween('2026-02-22T02:59Z', '2026-02-22T09:01Z')).toEqual([
      '2026-02-21T23:00Z 2026-02-22T03:00Z',
      '2026-02-22T09:00Z 2026-02-22T11:00Z',
    ]);
    expect(openingsBetween('2026-02-22T03:00Z', '2026-02-22T09:00Z')).toEqual([]);
  });

  it('are an hour shorter on the night clocks go forward and an hour longer when they go back', () => {
    expect(openingsBetween('2026-03-29T00:00Z', '2026-03-29T06:00Z')).toEqual([
      '2026-03-28T23:00Z 2026-03-29T02:00Z',
    ]);
    expect(openingsBetween('2026-10-25T00:00Z', '2026-10-25T06:00Z')).toEqual([
      '2026-10-24T22:00Z 2026-10-25T03:00Z',
    ]);
  });

  it('begin and end an hour later where clocks skip their time', () => {
    const night = { ...weekend, availability: [{ day: 'SUNDAY', start: '02:15', end: '02:45' }] };
    expect(openingsBetween('2026-03-29T00:00Z', '2026-03-29T06:00Z', night)).toEqual([
      '2026-03-29T01:15Z 2026-03-29T01:45Z',
    ]);
  });

  it('begin and end at the first of two equal times', () => {
    const night = { ...weekend, availability: [{ day: 'SUNDAY', start: '02:15', end: '02:45' }] };
    expect(openingsBetween('2026-10-25T00:00Z', '2026-10-25T06:00Z', night)).toEqual([
      '2026-10-25T00:15Z 2026-10-25T00:45Z',
    ]);
  });

  it('follow the override of a date and not its weekday', () => {
    const overrides = [
      { date: '2026-02-21', intervals: [] },
      { date: '2026-02-22', intervals: [{ start: '23:30', end: '24:00' }] },
      { date: '2026-02-23', intervals: [{ start: '00:00', end: '00:30' }] },
    ];
    expect(openingsBetween('2026-02-20T00:00Z', '2026-02-24T00:00Z', { ...weekend, overrides })).toEqual([
      '2026-02-22T22:30Z 2026-02-22T23:00Z',
      '2026-02-22T23:00Z 2026-02-22T23:30Z',
    ]);
  });

  it('come in order where clocks that skip time lay one over another', () => {
    const availability = [
      { day: 'SUNDAY', start: '02:30', end: '03:45' },
      { day: 'SUNDAY', start: '03:00', end: '04:00' },
    ];
    expect(openingsBetween('2026-03-29T00:00Z', '2026-03-29T06:00Z', { ...weekend, availability })).toEqual([
      '2026-03-29T01:00Z 2026-03-29T02:00Z',
      '2026-03-29T01:30Z 2026-03-29T01:45Z',
    ]);
  });

  it('of a date that clocks skip fall on the day after, and are gone where they end with the skipped day', () => {
    const samoa: HoursText = {
      timezone: 'Pacific/Apia',
      availability: [
        { day: 'FRIDAY', start: '09:00', end: '10:00' },
        { day: 'FRIDAY', start: '20:00', end: '24:00' },
      ],
      overrides: [],
    };
    expect(openingsBetween('2011-12-29T00:00Z', '2012-01-01T00:00Z', samoa)).toEqual([
      '2011-12-30T19:00Z 2011-12-30T20:00Z',
    ]);
  });

  it('are found near a midnight over which clocks go back', () => {
    const stJohns: HoursText = {
      timezone: 'America/St_Johns',
      availability: [{ day: 'SUNDAY', start: '00:00', end: '00:30' }],
      overrides: [],
    };
    // At 00:01 on 7 November 2010 the clocks went back to 23:01 on the 6th.
    expect(openingsBetween('2010-11-07T02:35Z', '2010-11-07T02:36Z', stJohns)).toEqual([
      '2010-11-07T02:30Z 2010-11-07T04:00Z',
    ]);
  });
});
