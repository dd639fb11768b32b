import { describe, expect, it } from '@jest/globals';
import { ZoneId } from '@js-joda/core';
import fc from 'fast-check';
import { allZones, clockChanges } from '../../test/support/clock-changes.js';
import { findTimeZone } from './time-zone.js';
import { offsetsOf } from './utc-offset.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

function offsetByJoda(zone: ZoneId, instant: number): number {
  return zone.rules().offsetOfEpochMilli(instant).totalSeconds() * 1_000;
}

function hours(zone: string, instant: string): number {
  return offsetsOf(findTimeZone(zone)!)(Date.parse(instant)) / (60 * MINUTE);
}

describe('How far clocks are ahead of UTC', () => {
  it('changes at the very millisecond', () => {
    expect(hours('America/New_York', '2026-03-08T06:59:59.999Z')).toBe(-5);
    expect(hours('America/New_York', '2026-03-08T07:00:00.000Z')).toBe(-4);
    expect(hours('America/New_York', '2026-11-01T05:59:59.999Z')).toBe(-4);
    expect(hours('America/New_York', '2026-11-01T06:00:00.000Z')).toBe(-5);
  });

  it('is no whole hour everywhere', () => {
    expect(hours('Asia/Kolkata', '2026-01-01T00:00Z')).toBe(5.5);
    expect(hours('Asia/Kathmandu', '2026-01-01T00:00Z')).toBe(5.75);
    expect(hours('Australia/Lord_Howe', '2026-01-01T00:00Z')).toBe(11);
    expect(hours('Australia/Lord_Howe', '2026-07-01T00:00Z')).toBe(10.5);
  });

  it('is known to the second where it once was no whole minute', () => {
    expect(offsetsOf(findTimeZone('Africa/Monrovia')!)(Date.parse('1971-06-01T00:00Z'))).toBe(-2_670_000);
    expect(offsetsOf(findTimeZone('Europe/Amsterdam')!)(Date.parse('1850-01-01T00:00Z'))).toBe(1_050_000);
  });

  it('is the same for each object that stands for a zone', () => {
    expect(offsetsOf(ZoneId.of('Asia/Tokyo'))).toBe(offsetsOf(ZoneId.of('Asia/Tokyo')));
  });

  it('is js-joda’s before and after every change of every zone’s clocks from 1970 to 2099', () => {
    const differences = [];
    for (const zone of allZones) {
      const offsetAt = offsetsOf(zone);
      for (const change of clockChanges(zone, 1970, 2100)) {
        for (const instant of [change - DAY, change - 1, change, change + DAY]) {
          const [ours, theirs] = [offsetAt(instant), offsetByJoda(zone, instant)];
          if (ours !== theirs) differences.push({ zone: zone.id(), instant, ours, theirs });
        }
      }
    }
    expect(differences).toEqual([]);
  });

  it('is js-joda’s at any instants, in any order, of years without a table too', () => {
    const instants = fc.integer({ min: Date.UTC(1840, 0, 1), max: Date.UTC(2160, 0, 1) });
    fc.assert(
      fc.property(fc.constantFrom(...allZones), fc.array(instants, { minLength: 1 }), (zone, asked) => {
        expect(asked.map(offsetsOf(zone))).toEqual(asked.map((instant) => offsetByJoda(zone, instant)));
      }),
    );
  });
});
