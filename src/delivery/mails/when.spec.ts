import { Instant, ZoneId } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { findTimeZone } from '../../kernel/time-zone.js';
import { habitsIn } from './habits.js';
import { sameClocks, whenLines } from './when.js';

const stretch = (start: string, end: string) => ({ start: Instant.parse(start), end: Instant.parse(end) });
const zone = (name: string): ZoneId => findTimeZone(name)!;
const read = (name: string, start: string, end: string) =>
  whenLines(stretch(start, end), zone(name), habitsIn(name, 'en'));

describe('When a meeting is', () => {
  it('is told by a date, and by times with the zone and how far it is from UTC', () => {
    expect(read('Europe/Berlin', '2026-03-02T09:00:00Z', '2026-03-02T09:30:00Z')).toEqual([
      'Monday, 2 March 2026',
      '10:00 – 10:30, Europe/Berlin (UTC+1)',
    ]);
  });

  it('is told in the habit of the place', () => {
    expect(read('America/New_York', '2026-03-02T14:00:00Z', '2026-03-02T17:30:00Z')).toEqual([
      'Monday, March 2, 2026',
      '9:00 AM – 12:30 PM, America/New York (UTC−5)',
    ]);
    expect(read('Asia/Kolkata', '2026-03-01T18:30:00Z', '2026-03-01T19:00:00Z')).toEqual([
      'Monday, 2 March 2026',
      '12:00 am – 12:30 am, Asia/Kolkata (UTC+5:30)',
    ]);
  });

  it('says UTC once', () => {
    expect(read('UTC', '2026-03-02T00:05:00Z', '2026-03-02T09:00:00Z')).toEqual([
      'Monday, 2 March 2026',
      '00:05 – 09:00, UTC',
    ]);
  });

  it('bears both dates when it runs over midnight, and one when it ends there', () => {
    expect(read('Europe/Paris', '2026-12-31T22:30:00Z', '2026-12-31T23:30:00Z')).toEqual([
      'Thursday, 31 December 2026, 23:30 –',
      'Friday, 1 January 2027, 00:30, Europe/Paris (UTC+1)',
    ]);
    expect(read('Europe/Paris', '2026-12-31T22:30:00Z', '2026-12-31T23:00:00Z')).toEqual([
      'Thursday, 31 December 2026',
      '23:30 – 00:00, Europe/Paris (UTC+1)',
    ]);
  });

  it('says how far both ends are from UTC when clocks change in between', () => {
    expect(read('America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z')).toEqual([
      'Sunday, November 1, 2026',
      '1:30 AM (UTC−4) – 1:30 AM (UTC−5), America/New York',
    ]);
    expect(read('Europe/London', '2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z')).toEqual([
      'Sunday, 29 March 2026',
      '00:30 (UTC) – 02:30 (UTC+1), Europe/London',
    ]);
  });

  it('tells the two hours apart that clocks show twice', () => {
    expect(read('America/New_York', '2026-11-01T05:00:00Z', '2026-11-01T05:30:00Z')[1]).toBe(
      '1:00 AM – 1:30 AM, America/New York (UTC−4)',
    );
    expect(read('America/New_York', '2026-11-01T06:00:00Z', '2026-11-01T06:30:00Z')[1]).toBe(
      '1:00 AM – 1:30 AM, America/New York (UTC−5)',
    );
  });

  it('goes by the newest rules, also where those of Node are older: Vancouver no longer turns its clocks back', () => {
    expect(read('America/Vancouver', '2026-12-01T17:00:00Z', '2026-12-01T18:00:00Z')[1]).toBe(
      '10:00 a.m. – 11:00 a.m., America/Vancouver (UTC−7)',
    );
  });
});

describe('Clocks', () => {
  const london = zone('Europe/London');

  it('are the same in two places when they show the same, whatever their names', () => {
    const winter = stretch('2026-03-02T10:00:00Z', '2026-03-02T10:30:00Z');
    expect(sameClocks(winter, london, zone('UTC'))).toBe(true);
    expect(sameClocks(winter, london, zone('Europe/Berlin'))).toBe(false);
  });

  it('are not if they part in the course of the meeting', () => {
    const spring = stretch('2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z');
    expect(sameClocks(spring, london, zone('UTC'))).toBe(false);
  });
});
