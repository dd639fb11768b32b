import { describe, expect, it } from '@jest/globals';
import { DayOfWeek, Instant, LocalDate, TemporalAdjusters, type ZoneId } from '@js-joda/core';
import fc from 'fast-check';
import { zonesWithMoments } from '../../../test/support/zones-with-moments.js';
import { freeSlots, judge, occupancyRange, widestOccupancyRange } from './slots.js';
import type { Occupancy, SlotRange, SlotRules } from './slots.js';
import type { MinuteRange, Opening } from './weekly-hours.js';

// The engine against an oracle that is slow and plain: it looks at every minute by itself and asks js-joda for every date.
// PROPERTY_RUNS sets how many agendas are tried; a failure prints the seed that brings it back.
const numRuns = Number(process.env.PROPERTY_RUNS ?? 500);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const QUARTER = 15 * MINUTE;

interface Agenda {
  readonly rules: SlotRules;
  readonly occupancy: Occupancy;
  readonly range: SlotRange;
  readonly now: number;
}

function slotsByTheMinute({ rules, occupancy, range, now }: Agenda): number[] {
  const { zone } = rules.hours;
  const opened = openingsByJoda(rules, range);
  const lastDate = dateOf(zone, now).plusDays(rules.bookingWindowDays);
  const slots: number[] = [];
  for (let start = Math.ceil(range.from / MINUTE) * MINUTE; start < range.to; start += MINUTE) {
    const end = start + rules.durationMinutes * MINUTE;
    const isOnGrid = opened.some(
      (opening) =>
        opening.start <= start &&
        end <= opening.end &&
        (start - opening.start) % (rules.slotIntervalMinutes * MINUTE) === 0,
    );
    if (!isOnGrid || start < now + rules.minimumNoticeMinutes * MINUTE) continue;

    const from = start - rules.bufferBefore * MINUTE;
    const until = end + rules.bufferAfter * MINUTE;
    const isBlocked = occupancy.blocked.some(
      (busy) => busy.start < busy.end && busy.start < until && from < busy.end,
    );
    if (isBlocked) continue;

    const date = dateOf(zone, start);
    const sameDay = occupancy.starts.filter((other) => dateOf(zone, other).equals(date));
    const sameWeek = occupancy.starts.filter((other) => mondayOf(dateOf(zone, other)).equals(mondayOf(date)));
    const isFull =
      sameDay.length >= (rules.dailyLimit ?? Infinity) || sameWeek.length >= (rules.weeklyLimit ?? Infinity);
    if (!isFull && !date.isAfter(lastDate)) slots.push(start);
  }
  return slots;
}

function openingsByJoda({ hours }: SlotRules, range: SlotRange): Opening[] {
  const resolve = (date: LocalDate, minute: number) =>
    (minute === 1_440 ? date.plusDays(1).atStartOfDay() : date.atTime(Math.floor(minute / 60), minute % 60))
      .atZone(hours.zone)
      .toInstant()
      .toEpochMilli();
  const opened: Opening[] = [];
  const last = dateOf(hours.zone, range.to).plusDays(3);
  for (let date = dateOf(hours.zone, range.from).minusDays(3); date.isBefore(last); date = date.plusDays(1)) {
    const ranges = hours.overrides.get(date.toString()) ?? hours.week.get(date.dayOfWeek()) ?? [];
    opened.push(
      ...ranges.map(({ start, end }) => ({ start: resolve(date, start), end: resolve(date, end) })),
    );
  }
  return opened;
}

function dateOf(zone: ZoneId, instant: number): LocalDate {
  return Instant.ofEpochMilli(instant).atZone(zone).toLocalDate();
}

function mondayOf(date: LocalDate): LocalDate {
  return date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
}

/** Minutes of a day, many of them about the hours at which clocks change. */
const minuteOfDay = fc.oneof(
  fc.integer({ min: 0, max: 1_440 }),
  fc.constantFrom(0, 15, 45, 60, 75, 120, 135, 150, 165, 180, 195, 240, 1_425, 1_440),
);

const minuteRanges: fc.Arbitrary<MinuteRange[]> = fc
  .uniqueArray(minuteOfDay, { maxLength: 6 })
  .map((points) => {
    const ends = [...points].sort((one, other) => one - other);
    return ends.flatMap((start, i) =>
      i % 2 === 0 && i + 1 < ends.length ? [{ start, end: ends[i + 1]! }] : [],
    );
  });

const week = fc
  .array(minuteRanges, { minLength: 7, maxLength: 7 })
  .map((ranges) => new Map(DayOfWeek.values().map((day, i) => [day, ranges[i]!])));

/** Quarters of an hour more often than not, so that times touch and do not only miss or overlap. */
const length = (max: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.nat(max / QUARTER).map((quarters) => quarters * QUARTER) },
    { weight: 1, arbitrary: fc.nat(max) },
  );
const distance = (max: number) => length(2 * max).map((milliseconds) => milliseconds - max);
const minutes = (min: number, usual: number, max: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(15, 30, 45) },
    { weight: 3, arbitrary: fc.integer({ min, max: usual }) },
    { weight: 1, arbitrary: fc.integer({ min, max }) },
  );
const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { freq: 2 });

const agendas: fc.Arbitrary<Agenda> = zonesWithMoments.chain(({ zone, moment }) => {
  const dates = fc.integer({ min: -2, max: 3 }).map((days) => dateOf(zone, moment).plusDays(days).toString());
  return fc.record({
    rules: fc.record({
      durationMinutes: minutes(1, 90, 1_440),
      bufferBefore: minutes(0, 30, 1_440),
      bufferAfter: minutes(0, 30, 1_440),
      minimumNoticeMinutes: minutes(0, 60, 2_880),
      bookingWindowDays: fc.integer({ min: 1, max: 5 }),
      slotIntervalMinutes: minutes(1, 60, 1_440),
      dailyLimit: limit(2),
      weeklyLimit: limit(4),
      hours: fc.record({
        zone: fc.constant(zone),
        week,
        overrides: fc
          .array(fc.tuple(dates, minuteRanges), { maxLength: 3 })
          .map((entries) => new Map(entries)),
      }),
    }),
    occupancy: fc.record({
      blocked: fc.array(
        fc
          .tuple(distance(3 * DAY), fc.oneof(length(2 * HOUR), length(DAY)))
          .map(([from, more]) => ({ start: moment + from, end: moment + from + more })),
        { maxLength: 8 },
      ),
      starts: fc.array(
        fc.oneof(distance(2 * DAY), distance(9 * DAY)).map((from) => moment + from),
        { maxLength: 6 },
      ),
    }),
    range: fc
      .tuple(distance(DAY), length(3 * DAY))
      .map(([from, more]) => ({ from: moment + from, to: moment + from + more })),
    now: distance(2 * DAY).map((from) => moment - 1.5 * DAY + from),
  });
});

function freeSlotsOf({ rules, occupancy, range, now }: Agenda): number[] {
  return freeSlots(rules, occupancy, range, now);
}

describe('For any zone, schedule, agenda, limits and range', () => {
  it('offers just the slots that a look at every minute finds', () => {
    fc.assert(
      fc.property(agendas, (agenda) => {
        expect(freeSlotsOf(agenda)).toEqual(slotsByTheMinute(agenda));
      }),
      { numRuns },
    );
  });

  it('judges a start free exactly if it is offered', () => {
    fc.assert(
      fc.property(agendas, fc.array(fc.nat(3 * DAY), { maxLength: 10 }), (agenda, others) => {
        const { rules, occupancy, range, now } = agenda;
        const offered = new Set(freeSlotsOf(agenda));
        const asked = [
          ...[...offered].slice(0, 20).flatMap((start) => [start - 1, start, start + 1, start + MINUTE]),
          ...others.map((more) => range.from + more),
        ];
        for (const start of asked.filter((start) => start >= range.from && start < range.to)) {
          expect([start, judge(rules, occupancy, start, now) === 'free']).toEqual([
            start,
            offered.has(start),
          ]);
        }
      }),
      { numRuns },
    );
  });

  it('offers in two halves of a range what it offers in the whole', () => {
    fc.assert(
      fc.property(agendas, fc.nat(3 * DAY), (agenda, more) => {
        const { from, to } = agenda.range;
        const middle = Math.min(from + more, to);
        const halves = [
          { from, to: middle },
          { from: middle, to },
        ].flatMap((range) => freeSlotsOf({ ...agenda, range }));
        expect(halves).toEqual(freeSlotsOf(agenda));
      }),
      { numRuns },
    );
  });

  it('needs no booking from outside the range in which bookings matter', () => {
    fc.assert(
      fc.property(agendas, (agenda) => {
        const { rules, occupancy, range } = agenda;
        for (const { from, to } of [occupancyRange(rules, range), widestOccupancyRange(range)]) {
          const within = {
            blocked: occupancy.blocked.filter(({ start, end }) => start < to && end > from),
            starts: occupancy.starts.filter((start) => start >= from && start < to),
          };
          expect(freeSlotsOf({ ...agenda, occupancy: within })).toEqual(freeSlotsOf(agenda));
        }
      }),
      { numRuns },
    );
  });
});
