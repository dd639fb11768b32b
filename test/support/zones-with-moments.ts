import type { ZoneId } from '@js-joda/core';
import fc from 'fast-check';
import { allZones, clockChanges } from './clock-changes.js';

const QUARTER = 15 * 60_000;

const changesByZone = new Map<ZoneId, readonly number[]>();

function changesOf(zone: ZoneId): readonly number[] {
  const changes = changesByZone.get(zone) ?? clockChanges(zone, 2000, 2038);
  changesByZone.set(zone, changes);
  return changes;
}

/** A zone of the loaded data with a moment: as often as not one at which its clocks change. */
export const zonesWithMoments = fc
  .record({
    zone: fc.constantFrom(...allZones),
    isAtChange: fc.boolean(),
    pick: fc.nat(),
    moment: fc.integer({ min: Date.UTC(2000, 0, 10), max: Date.UTC(2037, 11, 20) }),
  })
  .map(({ zone, isAtChange, pick, moment }) => {
    const changes = isAtChange ? changesOf(zone) : [];
    return { zone, moment: changes[pick % changes.length] ?? Math.floor(moment / QUARTER) * QUARTER };
  });
