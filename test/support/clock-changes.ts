import { LocalDate, type ZoneId } from '@js-joda/core';
import { findTimeZone, timeZoneNames } from '../../src/kernel/time-zone.js';

const DAY = 86_400_000;

/** All zones of the loaded data, one for each set of rules. */
export const allZones: readonly ZoneId[] = [
  ...new Map(
    timeZoneNames()
      .map((name) => findTimeZone(name)!)
      .map((zone) => [zone.rules().toString(), zone]),
  ).values(),
];

/** When (epoch milliseconds) a zone's clocks change from the first of January of one year to that of another. */
export function clockChanges(zone: ZoneId, fromYear: number, toYear: number): number[] {
  const changes: number[] = [];
  const end = LocalDate.of(toYear, 1, 1).toEpochDay() * DAY;
  let early = LocalDate.of(fromYear, 1, 1).toEpochDay() * DAY;
  let offset = offsetAt(zone, early);
  for (let late = early + DAY; late <= end; early = late, late += DAY) {
    const newOffset = offsetAt(zone, late);
    if (newOffset !== offset) changes.push(changeBetween(zone, early, late));
    offset = newOffset;
  }
  return changes;
}

function changeBetween(zone: ZoneId, early: number, late: number): number {
  const before = offsetAt(zone, early);
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (offsetAt(zone, middle) === before) early = middle;
    else late = middle;
  }
  return late;
}

function offsetAt(zone: ZoneId, instant: number): number {
  return zone.rules().offsetOfEpochMilli(instant).totalSeconds();
}
