import { describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { findTimeZone, timeZoneNames, zoneDataVersion } from './time-zone.js';

function offset(zone: string, instant: string): string {
  return findTimeZone(zone)!.rules().offset(Instant.parse(instant)).toString();
}

describe('A time zone', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/BERLIN', 'Europe/Berlin'],
    ['UTC', 'UTC'],
    ['utc', 'UTC'],
    ['etc/utc', 'Etc/UTC'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ])('is found by the name %s', (name, id) => {
    expect(findTimeZone(name)?.id()).toBe(id);
  });

  it.each([['Asia/Calcutta'], ['US/Pacific'], ['GB'], ['Europe/Kiev']])('is found by the link %s', (name) => {
    expect(findTimeZone(name)?.id()).toBe(name);
  });

  it.each([
    ['+05:30'],
    ['UTC+2'],
    ['GMT+02:00'],
    ['Z'],
    ['SYSTEM'],
    ['CET/Berlin'],
    ['Mars/Olympus'],
    [''],
    [' UTC'],
    ['UTC\n'],
    ['constructor'],
  ])('is not found by %p', (name) => {
    expect(findTimeZone(name)).toBeNull();
  });

  it('is found by every name there is, and by its id again', () => {
    const lost = timeZoneNames().filter((name) => {
      const zone = findTimeZone(name);
      return !zone || findTimeZone(zone.id())?.id() !== zone.id();
    });
    expect(timeZoneNames().length).toBeGreaterThan(550);
    expect(lost).toEqual([]);
  });

  it('knows the clocks of the world, of a half and a quarter of an hour too', () => {
    expect(offset('America/New_York', '2026-03-08T06:59:59Z')).toBe('-05:00');
    expect(offset('America/New_York', '2026-03-08T07:00:00Z')).toBe('-04:00');
    expect(offset('Australia/Lord_Howe', '2026-01-01T00:00:00Z')).toBe('+11:00');
    expect(offset('Australia/Lord_Howe', '2026-07-01T00:00:00Z')).toBe('+10:30');
    expect(offset('Asia/Kathmandu', '2026-01-01T00:00:00Z')).toBe('+05:45');
  });

  it('knows what changed lately: Vancouver keeps summer time from 2026 on', () => {
    expect(offset('America/Vancouver', '2026-12-01T00:00:00Z')).toBe('-07:00');
  });

  it('bears the release of its data', () => {
    expect(zoneDataVersion).toMatch(/^20\d\d[a-z]$/);
  });
});
