import { describe, expect, it } from '@jest/globals';
import { Instant, LocalDate, type ZoneId } from '@js-joda/core';
import { allZones, clockChanges } from '../../../test/support/clock-changes.js';
import { calendarOf, clocksOn, DAY, dayOf, MINUTE } from './wall-clock.js';

/** Every clock change of every zone in the years for which the zone data knows them. */
const changes = allZones.flatMap((zone) =>
  clockChanges(zone, 2000, 2038).map((instant) => ({ zone, instant })),
);

/** One of each kind: from one offset to another at one time of day. */
const kindsOfChange = [...new Map(changes.map((change) => [kindOf(change), change])).values()];

function kindOf({ zone, instant }: { zone: ZoneId; instant: number }): string {
  const [before, after] = [instant - 1, instant].map((at) =>
    zone.rules().offsetOfEpochMilli(at).totalSeconds(),
  );
  return [before, after, instant % DAY].join();
}

/** Every quarter of an hour of a day and the minutes beside it. */
const minutes = Array.from({ length: 97 }, (_, i) => [15 * i - 1, 15 * i, 15 * i + 1])
  .flat()
  .filter((minute) => minute >= 0 && minute <= 1_440);

function instantByJoda(zone: ZoneId, day: number, minute: number): number {
  const date = LocalDate.ofEpochDay(day).plusDays(Math.floor(minute / 1_440));
  return date
    .atStartOfDay()
    .plusMinutes(minute % 1_440)
    .atZone(zone)
    .toInstant()
    .toEpochMilli();
}

function dayByJoda(zone: ZoneId, instant: number): number {
  return Instant.ofEpochMilli(instant).atZone(zone).toLocalDate().toEpochDay();
}

describe('The wall clock', () => {
  it('rests on clocks that never change twice within three days', () => {
    const tooClose = changes.filter(({ zone, instant }, i) => {
      const next = changes[i + 1];
      return next?.zone === zone && next.instant - instant < 3 * DAY;
    });
    expect(changes.length).toBeGreaterThan(1_000);
    expect(tooClose).toEqual([]);
  });

  it('shows each minute when js-joda says so, on the days around every kind of clock change', () => {
    const differences = [];
    for (const { zone, instant } of kindsOfChange) {
      const today = dayByJoda(zone, instant);
      for (const day of [today - 1, today, today + 1]) {
        const clocks = clocksOn(zone, day);
        for (const minute of minutes) {
          const [ours, theirs] = [clocks(minute), instantByJoda(zone, day, minute)];
          if (ours !== theirs) differences.push({ zone: zone.id(), day, minute, ours, theirs });
        }
      }
    }
    expect(differences).toEqual([]);
  });

  it('shows each date when js-joda says so, on the days around every kind of clock change', () => {
    const differences = [];
    for (const { zone, instant } of kindsOfChange) {
      const calendar = calendarOf(zone);
      const around = Array.from({ length: 145 }, (_, i) => instant + (i - 72) * 30 * MINUTE);
      for (const moment of around.flatMap((middle) => [middle - 1, middle])) {
        const theirs = dayByJoda(zone, moment);
        if (dayOf(zone, moment) !== theirs || calendar(moment) !== theirs) {
          differences.push({ zone: zone.id(), moment, theirs });
        }
      }
    }
    expect(differences).toEqual([]);
  });
});
