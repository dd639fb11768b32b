import { describe, expect, it } from '@jest/globals';
import { DateTimeFormatter, Instant, type ZoneId } from '@js-joda/core';
import fc from 'fast-check';
import { allZones, clockChanges } from '../../../test/support/clock-changes.js';
import { findTimeZone } from '../../kernel/time-zone.js';
import { slotTexts, type SlotText } from './slot-text.js';

const numRuns = Number(process.env.PROPERTY_RUNS ?? 500);
const MINUTE = 60_000;

function shown(zone: string, start: string, durationMinutes = 30): SlotText {
  return slotTexts([Date.parse(start)], durationMinutes, findTimeZone(zone)!)[0]!;
}

/** The date and the time that clocks of a zone show. */
function clock(zone: string, start: string): string {
  const { date, time } = shown(zone, start);
  return `${date} ${time}`;
}

describe('A slot in an answer', () => {
  it('has the date and time of the zone asked for, and its start and end in UTC', () => {
    expect(shown('America/New_York', '2026-02-16T01:30Z')).toEqual({
      date: '2026-02-15',
      time: '20:30',
      startTime: '2026-02-16T01:30:00.000Z',
      endTime: '2026-02-16T02:00:00.000Z',
    });
  });

  it('shows in UTC what its start says', () => {
    expect(shown('UTC', '2026-02-16T10:00Z')).toEqual({
      date: '2026-02-16',
      time: '10:00',
      startTime: '2026-02-16T10:00:00.000Z',
      endTime: '2026-02-16T10:30:00.000Z',
    });
  });

  it.each([
    ['Asia/Kolkata', '2026-02-16 15:30'],
    ['Asia/Kathmandu', '2026-02-16 15:45'],
    ['Australia/Lord_Howe', '2026-02-16 21:00'],
    ['Pacific/Chatham', '2026-02-16 23:45'],
    ['America/St_Johns', '2026-02-16 06:30'],
  ])('shows the clocks of %s, which are off the full hour', (zone, expected) => {
    expect(clock(zone, '2026-02-16T10:00Z')).toBe(expected);
  });

  it('follows Lord Howe’s clocks by half an hour when they change', () => {
    expect(clock('Australia/Lord_Howe', '2026-10-03T15:00Z')).toBe('2026-10-04 01:30');
    expect(clock('Australia/Lord_Howe', '2026-10-03T15:30Z')).toBe('2026-10-04 02:30');
  });

  it('at midnight belongs to the day that begins', () => {
    expect(clock('Europe/Berlin', '2026-02-15T23:00Z')).toBe('2026-02-16 00:00');
    expect(clock('Europe/Berlin', '2026-02-15T22:59Z')).toBe('2026-02-15 23:59');
    expect(shown('UTC', '2026-02-15T23:30Z').endTime).toBe('2026-02-16T00:00:00.000Z');
  });

  it('may be in another year here than in UTC, and end in another than it starts', () => {
    expect(clock('Asia/Tokyo', '2026-12-31T15:00Z')).toBe('2027-01-01 00:00');
    expect(clock('America/Los_Angeles', '2027-01-01T07:59Z')).toBe('2026-12-31 23:59');
    expect(shown('UTC', '2027-12-31T23:45Z')).toMatchObject({
      date: '2027-12-31',
      startTime: '2027-12-31T23:45:00.000Z',
      endTime: '2028-01-01T00:15:00.000Z',
    });
  });

  it('ends a day later if the meeting lasts a whole day', () => {
    expect(shown('UTC', '2028-02-28T00:00Z', 1_440).endTime).toBe('2028-02-29T00:00:00.000Z');
  });

  it('shows the minute, and the seconds in UTC, where clocks once were no whole minutes from UTC', () => {
    expect(shown('Africa/Monrovia', '1971-06-01T09:44:30Z')).toEqual({
      date: '1971-06-01',
      time: '09:00',
      startTime: '1971-06-01T09:44:30.000Z',
      endTime: '1971-06-01T10:14:30.000Z',
    });
    expect(clock('Africa/Monrovia', '1971-06-01T09:44Z')).toBe('1971-06-01 08:59');
  });
});

describe('Slots in an answer', () => {
  it('may share date and time and differ in their start, on the night clocks go back', () => {
    const starts = ['2026-11-01T05:30Z', '2026-11-01T06:30Z'].map((start) => Date.parse(start));
    expect(slotTexts(starts, 30, findTimeZone('America/New_York')!)).toEqual([
      {
        date: '2026-11-01',
        time: '01:30',
        startTime: '2026-11-01T05:30:00.000Z',
        endTime: '2026-11-01T06:00:00.000Z',
      },
      {
        date: '2026-11-01',
        time: '01:30',
        startTime: '2026-11-01T06:30:00.000Z',
        endTime: '2026-11-01T07:00:00.000Z',
      },
    ]);
  });

  it('stay in the order they come in', () => {
    const starts = ['2026-02-18T10:00Z', '2026-02-16T10:00Z', '2026-02-17T10:00Z'].map(Date.parse);
    const dates = slotTexts(starts, 30, findTimeZone('UTC')!).map(({ date }) => date);
    expect(dates).toEqual(['2026-02-18', '2026-02-16', '2026-02-17']);
  });

  it('are none where none are free', () => {
    expect(slotTexts([], 30, findTimeZone('UTC')!)).toEqual([]);
  });
});

const dateFormat = DateTimeFormatter.ofPattern('yyyy-MM-dd');
const timeFormat = DateTimeFormatter.ofPattern('HH:mm');
const utcFormat = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
const utc = findTimeZone('UTC')!;

function textByJoda(start: number, durationMinutes: number, zone: ZoneId): SlotText {
  const instant = Instant.ofEpochMilli(start);
  const here = instant.atZone(zone);
  return {
    date: here.format(dateFormat),
    time: here.format(timeFormat),
    startTime: instant.atZone(utc).format(utcFormat),
    endTime: instant
      .plusSeconds(durationMinutes * 60)
      .atZone(utc)
      .format(utcFormat),
  };
}

describe('For any zone and slots', () => {
  const anywhen = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2099, 11, 30) });
  const moments = fc
    .record({ zone: fc.constantFrom(...allZones), isAtChange: fc.boolean(), pick: fc.nat(), moment: anywhen })
    .map(({ zone, isAtChange, pick, moment }) => {
      const changes = isAtChange ? clockChanges(zone, 2026, 2028) : [];
      return { zone, first: changes[pick % changes.length] ?? moment };
    });
  const distances = fc.array(
    fc.oneof(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -6_000, max: 6_000 })),
  );

  it('shows what js-joda formats', () => {
    fc.assert(
      fc.property(
        moments,
        distances,
        fc.constantFrom(1, 15, 30, 1_440),
        ({ zone, first }, minutes, duration) => {
          const starts = minutes.map((away) => first + away * MINUTE);
          const expected = starts.map((start) => textByJoda(start, duration, zone));
          expect(slotTexts(starts, duration, zone)).toEqual(expected);
        },
      ),
      { numRuns },
    );
  });
});
