import { describe, expect, it } from '@jest/globals';
import { DayOfWeek, Instant, LocalDate, TemporalAdjusters, type ZoneId } from '@js-joda/core';
import fc from 'fast-check';
import { zonesWithMoments } from '../../../test/support/zones-with-moments.js';
import { explainSlots, type Reason, type TakenTime } from './explanation.js';
import { freeSlots, type SlotRange, type SlotRules } from './slots.js';
import type { MinuteRange, Opening, WeeklyHours } from './weekly-hours.js';

// Every explanation against an oracle that looks at each minute by itself and asks js-joda for each date. PROPERTY_RUNS sets how
// many agendas are tried; a failure prints the seed that brings it back.
const numRuns = Number(process.env.PROPERTY_RUNS ?? 500);

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;

interface Agenda {
  readonly rules: SlotRules;
  readonly taken: readonly TakenTime[];
  readonly starts: readonly number[];
  readonly range: SlotRange;
  readonly now: number;
}

function dateOf(zone: ZoneId, instant: number): LocalDate {
  return Instant.ofEpochMilli(instant).atZone(zone).toLocalDate();
}

function mondayOf(date: LocalDate): LocalDate {
  return date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
}

/** When the days about a range begin. */
function beginningsOfDays(zone: ZoneId, { from, to }: SlotRange): number[] {
  const last = dateOf(zone, to).plusDays(2);
  const beginnings: number[] = [];
  for (let date = dateOf(zone, from).minusDays(2); date.isBefore(last); date = date.plusDays(1)) {
    beginnings.push(date.atStartOfDay(zone).toInstant().toEpochMilli());
  }
  return beginnings;
}

function openingsByJoda(hours: WeeklyHours, range: SlotRange, overridden: boolean): Opening[] {
  const resolve = (date: LocalDate, minute: number) =>
    (minute === 1_440 ? date.plusDays(1).atStartOfDay() : date.atTime(Math.floor(minute / 60), minute % 60))
      .atZone(hours.zone)
      .toInstant()
      .toEpochMilli();
  const opened: Opening[] = [];
  const last = dateOf(hours.zone, range.to).plusDays(3);
  for (let date = dateOf(hours.zone, range.from).minusDays(3); date.isBefore(last); date = date.plusDays(1)) {
    const usual = hours.week.get(date.dayOfWeek()) ?? [];
    const ranges = (overridden ? hours.overrides.get(date.toString()) : undefined) ?? usual;
    opened.push(
      ...ranges.map(({ start, end }) => ({ start: resolve(date, start), end: resolve(date, end) })),
    );
  }
  return opened;
}

/** By candidate, in order: why it is not offered, with the booking's id if one is the cause, or `free`. */
function explainedByTheMinute({ rules, taken, starts, range, now }: Agenda): Map<number, string> {
  const { zone } = rules.hours;
  const usual = openingsByJoda(rules.hours, range, false);
  const valid = openingsByJoda(rules.hours, range, true);
  const interval = rules.slotIntervalMinutes * MINUTE;
  const duration = rules.durationMinutes * MINUTE;

  const isOnGridOf = (time: number) => (opening: Opening) =>
    opening.start <= time && time < opening.end && (time - opening.start) % interval === 0;
  const hasRoomIn = (openings: Opening[], time: number) =>
    openings.filter(isOnGridOf(time)).some(({ end }) => time + duration <= end);
  const opened = [...usual, ...valid].filter(({ start, end }) => start < end);
  const beginnings = beginningsOfDays(zone, range);
  const isCandidate = (time: number) => {
    if (opened.some(isOnGridOf(time))) return true;
    const isOpen = opened.some(({ start, end }) => start <= time && time < end);
    const beginningOfDay = beginnings.findLast((beginning) => beginning <= time)!;
    return !isOpen && (time - beginningOfDay) % interval === 0;
  };
  const overlaps = (one: Opening, other: Opening) => one.start < other.end && other.start < one.end;
  const count = (fits: (start: number) => boolean) => starts.filter(fits).length;

  const because = (time: number): [Reason, TakenTime?] | null => {
    if (!hasRoomIn(valid, time)) return [hasRoomIn(usual, time) ? 'override' : 'outside_hours'];
    if (time < now + rules.minimumNoticeMinutes * MINUTE) return ['notice'];
    const date = dateOf(zone, time);
    if (date.isAfter(dateOf(zone, now).plusDays(rules.bookingWindowDays))) return ['window'];

    const meeting = { start: time, end: time + duration };
    const blocked = {
      start: meeting.start - rules.bufferBefore * MINUTE,
      end: meeting.end + rules.bufferAfter * MINUTE,
    };
    const inTheWay = taken
      .filter((each) => each.blocked.start < each.blocked.end && overlaps(each.blocked, blocked))
      .sort((one, other) => one.blocked.start - other.blocked.start);
    for (const by of ['booking', 'busy', 'hold'] as const) {
      const cause = inTheWay.find((each) => each.by === by && overlaps(each.meeting, meeting));
      if (cause) return [by, cause];
    }
    if (inTheWay.length > 0) return ['buffer', inTheWay.find(({ by }) => by === 'booking')];

    const onDay = count((start) => dateOf(zone, start).equals(date));
    const inWeek = count((start) => mondayOf(dateOf(zone, start)).equals(mondayOf(date)));
    const isFull = onDay >= (rules.dailyLimit ?? Infinity) || inWeek >= (rules.weeklyLimit ?? Infinity);
    return isFull ? ['limit'] : null;
  };

  const told = new Map<number, string>();
  for (let time = Math.ceil(range.from / MINUTE) * MINUTE; time < range.to; time += MINUTE) {
    if (!isCandidate(time)) continue;
    const [reason, cause] = because(time) ?? ['free'];
    told.set(time, [reason, cause?.bookingId ?? []].flat().join(' '));
  }
  return told;
}

const minuteRanges: fc.Arbitrary<MinuteRange[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 96 }), { maxLength: 6 })
  .map((quarters) => {
    const ends = quarters.map((quarter) => quarter * 15).sort((one, other) => one - other);
    return ends.flatMap((start, i) =>
      i % 2 === 0 && i + 1 < ends.length ? [{ start, end: ends[i + 1]! }] : [],
    );
  });

const minutes = (usual: readonly number[], max: number) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.integer({ min: usual[0]!, max }) },
  );
const quarters = (min: number, max: number) => fc.integer({ min, max }).map((n) => n * QUARTER);
const limit = (max: number) => fc.oneof(fc.constant(null), fc.constant(null), fc.integer({ min: 1, max }));

const takenTimes = (moment: number): fc.Arbitrary<TakenTime[]> =>
  fc
    .array(
      fc.record({
        by: fc.constantFrom('booking', 'busy', 'hold'),
        from: quarters(-200, 200),
        length: quarters(0, 8),
        before: fc.constantFrom(0, 5 * MINUTE, QUARTER),
        after: fc.constantFrom(0, 10 * MINUTE, 2 * QUARTER),
      }),
      { maxLength: 30 },
    )
    .map((drawn) =>
      drawn.map(({ by, from, length, before, after }, i) => {
        const meeting = { start: moment + from, end: moment + from + length };
        const isBooking = by === 'booking';
        return {
          by,
          bookingId: isBooking ? `booking ${i}` : null,
          meeting,
          blocked: isBooking ? { start: meeting.start - before, end: meeting.end + after } : meeting,
        };
      }),
    );

const agendas: fc.Arbitrary<Agenda> = zonesWithMoments.chain(({ zone, moment }) => {
  const dates = fc.integer({ min: -2, max: 3 }).map((days) => dateOf(zone, moment).plusDays(days).toString());
  return fc.record({
    rules: fc.record({
      durationMinutes: minutes([15, 30, 60], 1_440),
      bufferBefore: minutes([0, 5, 15], 240),
      bufferAfter: minutes([0, 10, 15], 240),
      minimumNoticeMinutes: minutes([0, 60, 240], 2_880),
      bookingWindowDays: fc.integer({ min: 1, max: 6 }),
      slotIntervalMinutes: minutes([5, 15, 30, 60], 1_440),
      dailyLimit: limit(2),
      weeklyLimit: limit(4),
      hours: fc.record({
        zone: fc.constant(zone),
        week: fc
          .array(minuteRanges, { minLength: 7, maxLength: 7 })
          .map((ranges) => new Map(DayOfWeek.values().map((day, i) => [day, ranges[i]!]))),
        overrides: fc
          .array(fc.tuple(dates, minuteRanges), { maxLength: 3 })
          .map((entries) => new Map(entries)),
      }),
    }),
    taken: takenTimes(moment),
    starts: fc.array(
      quarters(-300, 300).map((from) => moment + from),
      { maxLength: 4 },
    ),
    range: fc
      .tuple(quarters(-96, 96), quarters(0, 128))
      .map(([from, more]) => ({ from: moment + from, to: moment + from + more })),
    now: quarters(-300, 20).map((from) => moment + from),
  });
});

describe('For any zone, schedule, agenda, limits and range', () => {
  it('offers or explains each candidate, once, with the reason that a look at every minute finds', () => {
    fc.assert(
      fc.property(agendas, (agenda) => {
        const { rules, taken, starts, range, now } = agenda;
        const { offered, unavailable } = explainSlots(rules, { taken, starts }, range, now);
        const told = [
          ...offered.map((start): [number, string] => [start, 'free']),
          ...unavailable.map(({ start, reason, bookingId }): [number, string] => [
            start,
            [reason, bookingId ?? []].flat().join(' '),
          ]),
        ].sort(([one], [other]) => one - other);
        expect(told).toEqual([...explainedByTheMinute(agenda)]);
      }),
      { numRuns },
    );
  });

  it('offers what is offered without being asked why', () => {
    fc.assert(
      fc.property(agendas, ({ rules, taken, starts, range, now }) => {
        const blocked = taken.map((each) => each.blocked);
        expect(explainSlots(rules, { taken, starts }, range, now).offered).toEqual(
          freeSlots(rules, { blocked, starts }, range, now),
        );
      }),
      { numRuns },
    );
  });
});
