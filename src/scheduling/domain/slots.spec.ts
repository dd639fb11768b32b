import { describe, expect, it } from '@jest/globals';
import { Instant, LocalDate, ZonedDateTime, ZoneId } from '@js-joda/core';
import { hoursOf, type HoursText } from './hours-text.js';
import {
  freeSlots,
  judge,
  occupancyRange,
  unoccupied,
  widestOccupancyRange,
  type Occupancy,
  type SlotRules,
} from './slots.js';

const MINUTE = 60_000;
const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

/** Half hours without buffers, notice or limits, for as far ahead as a test looks. */
function rules(hours: SlotRules['hours'], changes: Partial<SlotRules> = {}): SlotRules {
  return {
    durationMinutes: 30,
    bufferBefore: 0,
    bufferAfter: 0,
    minimumNoticeMinutes: 0,
    bookingWindowDays: 100_000,
    slotIntervalMinutes: 30,
    dailyLimit: null,
    weeklyLimit: null,
    hours,
    ...changes,
  };
}

/** Open every day of the week, such as from `09:00-12:00`. */
function openDaily(timezone: string, ranges: readonly string[], overrides: HoursText['overrides'] = []) {
  const times = ranges.map((range) => ({ start: range.slice(0, 5), end: range.slice(6) }));
  const availability = DAYS.flatMap((day) => times.map((time) => ({ day, ...time })));
  return hoursOf({ timezone, availability, overrides });
}

/** Epoch milliseconds of a time such as `2026-03-08T01:00-05:00`. */
function at(text: string): number {
  return ZonedDateTime.parse(text).toInstant().toEpochMilli();
}

const longAgo = at('2000-01-01T00:00Z');

/** The slots that start on a date of the schedule's zone. */
function slotsOn(date: string, offer: SlotRules, occupancy: Occupancy = unoccupied, now = longAgo): number[] {
  const day = LocalDate.parse(date);
  const midnight = (of: LocalDate) => of.atStartOfDay(offer.hours.zone).toInstant().toEpochMilli();
  return freeSlots(offer, occupancy, { from: midnight(day), to: midnight(day.plusDays(1)) }, now);
}

/** What the clocks of the schedule's zone show at each start. */
function timesOn(date: string, offer: SlotRules, occupancy: Occupancy = unoccupied, now = longAgo): string[] {
  return slotsOn(date, offer, occupancy, now).map((start) => wallTime(start, offer.hours.zone));
}

function wallTime(start: number, zone: ZoneId): string {
  return Instant.ofEpochMilli(start).atZone(zone).toLocalTime().toString();
}

/** Bookings, each a start with an end in UTC on 2026-02-16, such as `10:00-10:30`. */
function booked(...times: string[]): Occupancy {
  const blocked = times.map((time) => ({
    start: at(`2026-02-16T${time.slice(0, 5)}Z`),
    end: at(`2026-02-16T${time.slice(6)}Z`),
  }));
  return { blocked, starts: blocked.map(({ start }) => start) };
}

const MONDAY = '2026-02-16';
const utcMorning = openDaily('UTC', ['09:00-12:00']);

describe('The grid of slots', () => {
  it('begins at the opening and ends with the last slot that lies wholly inside', () => {
    const morning = openDaily('UTC', ['09:10-10:55']);
    expect(timesOn(MONDAY, rules(morning))).toEqual(['09:10', '09:40', '10:10']);
  });

  it('begins anew at each opening of the day', () => {
    const split = openDaily('UTC', ['09:10-10:15', '10:15-11:00', '14:05-15:05']);
    expect(timesOn(MONDAY, rules(split))).toEqual(['09:10', '09:40', '10:15', '14:05', '14:35']);
  });

  it('steps by an interval shorter than the meeting', () => {
    const hourly = rules(utcMorning, { durationMinutes: 60, slotIntervalMinutes: 25 });
    expect(timesOn(MONDAY, hourly)).toEqual(['09:00', '09:25', '09:50', '10:15', '10:40']);
  });

  it('steps by an interval longer than the meeting', () => {
    const sparse = rules(utcMorning, { durationMinutes: 20, slotIntervalMinutes: 45 });
    expect(timesOn(MONDAY, sparse)).toEqual(['09:00', '09:45', '10:30', '11:15']);
  });

  it('offers nothing in an opening shorter than the meeting', () => {
    expect(timesOn(MONDAY, rules(utcMorning, { durationMinutes: 181 }))).toEqual([]);
  });

  it('fills an opening until 24:00 and begins anew at midnight', () => {
    const night = openDaily('UTC', ['00:00-00:50', '22:45-24:00']);
    expect(timesOn(MONDAY, rules(night))).toEqual(['00:00', '22:45', '23:15']);
  });

  it('offers a meeting of a whole day on a day that is open all day', () => {
    const allDay = rules(openDaily('Europe/Berlin', ['00:00-24:00']), { durationMinutes: 1_440 });
    expect(timesOn(MONDAY, allDay)).toEqual(['00:00']);
  });

  it('is the same when the asked range begins in the middle of it', () => {
    const range = { from: at('2026-02-16T10:01Z'), to: at('2026-02-16T11:30Z') };
    expect(freeSlots(rules(utcMorning), unoccupied, range, longAgo)).toEqual([
      at('2026-02-16T10:30Z'),
      at('2026-02-16T11:00Z'),
    ]);
  });

  it('includes a slot that starts as the range does and not one that starts as it ends', () => {
    const range = { from: at('2026-02-16T10:00Z'), to: at('2026-02-16T10:30Z') };
    expect(freeSlots(rules(utcMorning), unoccupied, range, longAgo)).toEqual([range.from]);
  });

  it('offers nothing in a range that is empty or ends before it begins', () => {
    const [early, late] = [at('2026-02-16T09:00Z'), at('2026-02-16T10:00Z')];
    expect(freeSlots(rules(utcMorning), unoccupied, { from: early, to: early }, longAgo)).toEqual([]);
    expect(freeSlots(rules(utcMorning), unoccupied, { from: late, to: early }, longAgo)).toEqual([]);
  });
});

describe('Date overrides', () => {
  const weekdays = hoursOf({
    timezone: 'UTC',
    availability: [{ day: 'MONDAY', start: '09:00', end: '10:00' }],
    overrides: [
      { date: '2026-02-16', intervals: [] },
      { date: '2026-02-21', intervals: [{ start: '20:00', end: '21:00' }] },
      { date: '2026-02-23', intervals: [{ start: '15:00', end: '15:30' }] },
    ],
  });

  it('close a day that is open', () => {
    expect(timesOn('2026-02-16', rules(weekdays))).toEqual([]);
    expect(timesOn('2026-03-02', rules(weekdays))).toEqual(['09:00', '09:30']);
  });

  it('open a day that is closed', () => {
    expect(timesOn('2026-02-21', rules(weekdays))).toEqual(['20:00', '20:30']);
    expect(timesOn('2026-02-28', rules(weekdays))).toEqual([]);
  });

  it('replace the hours of a day rather than add to them', () => {
    expect(timesOn('2026-02-23', rules(weekdays))).toEqual(['15:00']);
  });

  it('are dates of the schedule’s zone', () => {
    const hours = openDaily('Pacific/Auckland', ['09:00-10:00'], [{ date: '2026-02-16', intervals: [] }]);
    expect(timesOn('2026-02-16', rules(hours))).toEqual([]);
    expect(timesOn('2026-02-15', rules(hours))).toEqual(['09:00', '09:30']);
  });
});

describe('When the clocks change', () => {
  it('offers an hour less on the night clocks go forward', () => {
    const springForward = rules(openDaily('America/New_York', ['01:00-05:00']));
    expect(timesOn('2026-03-08', springForward)).toEqual([
      '01:00',
      '01:30',
      '03:00',
      '03:30',
      '04:00',
      '04:30',
    ]);
    expect(slotsOn('2026-03-07', springForward)).toHaveLength(8);
  });

  it('offers an hour more on the night clocks go back: two slots show the same time and are an hour apart', () => {
    const fallBack = rules(openDaily('America/New_York', ['01:00-03:00']), {
      durationMinutes: 60,
      slotIntervalMinutes: 60,
    });
    expect(slotsOn('2026-11-01', fallBack)).toEqual([
      at('2026-11-01T01:00-04:00'),
      at('2026-11-01T01:00-05:00'),
      at('2026-11-01T02:00-05:00'),
    ]);
  });

  it('steps on in absolute time through the change', () => {
    const offer = rules(openDaily('Europe/Berlin', ['00:30-05:00']), {
      durationMinutes: 45,
      slotIntervalMinutes: 45,
    });
    expect(timesOn('2026-03-29', offer)).toEqual(['00:30', '01:15', '03:00', '03:45']);
    expect(timesOn('2026-10-25', offer)).toEqual([
      '00:30',
      '01:15',
      '02:00',
      '02:45',
      '02:30',
      '03:15',
      '04:00',
    ]);
  });

  it('opens later by the gap where the opening begins in skipped time', () => {
    const offer = rules(openDaily('America/New_York', ['02:15-04:15']));
    expect(timesOn('2026-03-08', offer)).toEqual(['03:15', '03:45']);
  });

  it('has no opening that would end before it begins', () => {
    expect(timesOn('2026-03-08', rules(openDaily('America/New_York', ['02:30-03:15'])))).toEqual([]);
  });

  it('begins an opening at the first of two equal times', () => {
    const offer = rules(openDaily('America/New_York', ['01:30-02:00']));
    expect(slotsOn('2026-11-01', offer)[0]).toBe(at('2026-11-01T01:30-04:00'));
  });

  it('offers no instant twice where the gap lays one opening over another', () => {
    const offer = rules(openDaily('America/New_York', ['01:30-02:45', '03:00-04:00']), {
      durationMinutes: 15,
      slotIntervalMinutes: 15,
    });
    expect(timesOn('2026-03-08', offer)).toEqual(['01:30', '01:45', '03:00', '03:15', '03:30', '03:45']);
  });

  it('keeps both grids, in order, where the gap lays one opening over another', () => {
    const offer = rules(openDaily('America/New_York', ['01:50-02:50', '03:00-04:00']), {
      durationMinutes: 20,
      slotIntervalMinutes: 20,
    });
    expect(timesOn('2026-03-08', offer)).toEqual(['01:50', '03:00', '03:10', '03:20', '03:30', '03:40']);
  });

  it('changes by half an hour on Lord Howe Island', () => {
    const offer = rules(openDaily('Australia/Lord_Howe', ['01:00-03:00']));
    expect(timesOn('2026-10-04', offer)).toEqual(['01:00', '01:30', '02:30']);
    expect(timesOn('2026-04-05', offer)).toEqual(['01:00', '01:30', '01:30', '02:00', '02:30']);
  });

  it('ends a day at its last midnight where clocks skip midnight', () => {
    const offer = rules(openDaily('Africa/Cairo', ['23:00-24:00']));
    const night = slotsOn('2026-04-23', offer);
    expect(night).toEqual([at('2026-04-23T23:00+02:00'), at('2026-04-23T23:30+02:00')]);
  });

  it('offers each instant once in Samoa, where 30 December 2011 was skipped and its hours fall on the 31st', () => {
    const offer = rules(openDaily('Pacific/Apia', ['09:00-10:00']));
    const range = { from: at('2011-12-29T00:00-10:00'), to: at('2012-01-01T00:00+14:00') };
    expect(freeSlots(offer, unoccupied, range, longAgo)).toEqual([
      at('2011-12-29T09:00-10:00'),
      at('2011-12-29T09:30-10:00'),
      at('2011-12-31T09:00+14:00'),
      at('2011-12-31T09:30+14:00'),
    ]);
  });
});

describe('Zones off the full hour', () => {
  it.each([
    ['Asia/Kolkata', '+05:30'],
    ['Asia/Kathmandu', '+05:45'],
    ['Pacific/Chatham', '+13:45'],
    ['America/St_Johns', '-03:30'],
  ])('%s opens by its own clocks', (zone, offset) => {
    expect(slotsOn(MONDAY, rules(openDaily(zone, ['09:00-10:00'])))).toEqual([
      at(`${MONDAY}T09:00${offset}`),
      at(`${MONDAY}T09:30${offset}`),
    ]);
  });
});

describe('What is taken', () => {
  const halfHours = rules(utcMorning);

  it('takes away every slot it overlaps and no slot it touches', () => {
    expect(timesOn(MONDAY, halfHours, booked('09:30-10:00'))).toEqual([
      '09:00',
      '10:00',
      '10:30',
      '11:00',
      '11:30',
    ]);
    expect(timesOn(MONDAY, halfHours, booked('09:59-10:31'))).toEqual(['09:00', '11:00', '11:30']);
  });

  it('never moves the grid', () => {
    expect(timesOn(MONDAY, halfHours, booked('09:00-09:10'))).toEqual([
      '09:30',
      '10:00',
      '10:30',
      '11:00',
      '11:30',
    ]);
  });

  it('counts to the millisecond', () => {
    const start = at('2026-02-16T10:00Z');
    const upToStart = { blocked: [{ start: start - 1_000, end: start }], starts: [] };
    const intoSlot = { blocked: [{ start: start - 1_000, end: start + 1 }], starts: [] };
    expect(judge(halfHours, upToStart, start, longAgo)).toBe('free');
    expect(judge(halfHours, intoSlot, start, longAgo)).toBe('taken');
  });

  it('may come in any order and overlap', () => {
    const occupancy = booked('11:00-11:30', '09:00-11:00', '09:15-09:20', '10:45-11:10');
    expect(timesOn(MONDAY, halfHours, occupancy)).toEqual(['11:30']);
  });

  it('may reach far beyond the range', () => {
    const holiday = {
      blocked: [{ start: at('2026-02-01T00:00Z'), end: at('2026-02-16T11:00Z') }],
      starts: [],
    };
    expect(timesOn(MONDAY, halfHours, holiday)).toEqual(['11:00', '11:30']);
  });

  it('is nothing if it has no length', () => {
    expect(timesOn(MONDAY, halfHours, booked('09:15-09:15'))).toHaveLength(6);
  });

  it('keeps its distance from the buffers of a slot, and may touch them', () => {
    const buffered = rules(utcMorning, { bufferBefore: 15, bufferAfter: 10 });
    expect(timesOn(MONDAY, buffered, booked('10:10-10:15'))).toEqual([
      '09:00',
      '09:30',
      '10:30',
      '11:00',
      '11:30',
    ]);
    expect(timesOn(MONDAY, buffered, booked('10:09-10:16'))).toEqual(['09:00', '11:00', '11:30']);
  });

  it('reaches out of the opening with its buffers', () => {
    const buffered = rules(utcMorning, { bufferBefore: 60, bufferAfter: 60 });
    expect(timesOn(MONDAY, buffered)).toHaveLength(6);
    expect(timesOn(MONDAY, buffered, booked('08:30-08:45', '12:30-13:00'))).toEqual([
      '10:00',
      '10:30',
      '11:00',
    ]);
  });

  it('takes away slots of overlapping openings of a night without losing the earlier ones', () => {
    const offer = rules(openDaily('America/New_York', ['01:30-02:45', '03:00-04:00']), {
      durationMinutes: 15,
      slotIntervalMinutes: 15,
    });
    const blocked = [{ start: at('2026-03-08T03:15-04:00'), end: at('2026-03-08T03:30-04:00') }];
    expect(timesOn('2026-03-08', offer, { blocked, starts: [] })).toEqual([
      '01:30',
      '01:45',
      '03:00',
      '03:30',
      '03:45',
    ]);
  });
});

describe('Minimum notice', () => {
  const start = at('2026-02-16T10:00Z');
  const range = { from: start, to: start + 1 };

  it('is kept to the millisecond', () => {
    const offer = rules(utcMorning, { minimumNoticeMinutes: 90 });
    expect(freeSlots(offer, unoccupied, range, start - 90 * MINUTE)).toEqual([start]);
    expect(freeSlots(offer, unoccupied, range, start - 90 * MINUTE + 1)).toEqual([]);
  });

  it('of nothing offers a slot until it starts, and none in the past', () => {
    expect(freeSlots(rules(utcMorning), unoccupied, range, start)).toEqual([start]);
    expect(freeSlots(rules(utcMorning), unoccupied, range, start + 1)).toEqual([]);
  });
});

describe('The booking window', () => {
  const zone = 'Asia/Tokyo';
  const offer = rules(openDaily(zone, ['00:00-01:00', '23:00-24:00']), { bookingWindowDays: 2 });

  it('ends with its last day in the schedule’s zone', () => {
    const lateOnMonday = at('2026-02-16T23:59+09:00');
    expect(timesOn('2026-02-18', offer, unoccupied, lateOnMonday)).toEqual([
      '00:00',
      '00:30',
      '23:00',
      '23:30',
    ]);
    expect(timesOn('2026-02-19', offer, unoccupied, lateOnMonday)).toEqual([]);
  });

  it('holds to the end of its last day where that ends after UTC’s', () => {
    const california = openDaily('America/Los_Angeles', ['23:00-24:00']);
    const monday = at('2026-02-16T09:00-08:00');
    const week = rules(california, { bookingWindowDays: 7 });
    expect(timesOn('2026-02-23', week, unoccupied, monday)).toEqual(['23:00', '23:30']);
    expect(timesOn('2026-02-24', week, unoccupied, monday)).toEqual([]);
  });

  it('moves on at midnight in the schedule’s zone', () => {
    const midnight = at('2026-02-17T00:00+09:00');
    expect(timesOn('2026-02-19', offer, unoccupied, midnight)).toHaveLength(4);
    expect(timesOn('2026-02-19', offer, unoccupied, midnight - 1)).toEqual([]);
  });
});

describe('Limits', () => {
  /** Tokyo's Wednesday 18 February 2026 begins while it is Tuesday in UTC. */
  const tokyo = openDaily('Asia/Tokyo', ['08:00-10:00']);
  const starts = [at('2026-02-18T00:10+09:00'), at('2026-02-18T23:50+09:00')];

  it('close a day of the schedule’s zone when as many bookings start on it', () => {
    const offer = rules(tokyo, { dailyLimit: 2 });
    const occupancy = { blocked: [], starts };
    expect(timesOn('2026-02-17', offer, occupancy)).toHaveLength(4);
    expect(timesOn('2026-02-18', offer, occupancy)).toEqual([]);
    expect(timesOn('2026-02-19', offer, occupancy)).toHaveLength(4);
  });

  it('leave a day open while one more may start on it', () => {
    expect(timesOn('2026-02-18', rules(tokyo, { dailyLimit: 3 }), { blocked: [], starts })).toHaveLength(4);
  });

  it('do not count a booking that starts on the eve', () => {
    const offer = rules(tokyo, { dailyLimit: 1 });
    const eve = { blocked: [], starts: [at('2026-02-17T23:59+09:00')] };
    expect(timesOn('2026-02-17', offer, eve)).toEqual([]);
    expect(timesOn('2026-02-18', offer, eve)).toHaveLength(4);
  });

  it('close a week from Monday to Sunday in the schedule’s zone', () => {
    const offer = rules(tokyo, { weeklyLimit: 2 });
    const mondayAndSunday = [at('2026-02-16T00:00+09:00'), at('2026-02-22T23:59+09:00')];
    const occupancy = { blocked: [], starts: mondayAndSunday };
    expect(timesOn('2026-02-15', offer, occupancy)).toHaveLength(4);
    expect(timesOn('2026-02-16', offer, occupancy)).toEqual([]);
    expect(timesOn('2026-02-22', offer, occupancy)).toEqual([]);
    expect(timesOn('2026-02-23', offer, occupancy)).toHaveLength(4);
  });

  it('of the week run on over the turn of the year', () => {
    const offer = rules(tokyo, { weeklyLimit: 1 });
    const newYear = { blocked: [], starts: [at('2027-01-01T08:00+09:00')] };
    expect(timesOn('2026-12-28', offer, newYear)).toEqual([]);
    expect(timesOn('2027-01-04', offer, newYear)).toHaveLength(4);
  });

  it('count only what starts, not what blocks', () => {
    const otherEventTypes = { blocked: booked('09:00-09:30', '09:30-10:00').blocked, starts: [] };
    expect(timesOn(MONDAY, rules(utcMorning, { dailyLimit: 1 }), otherEventTypes)).toHaveLength(4);
  });

  it('tell the dates apart where clocks go back over midnight', () => {
    const offer = rules(openDaily('America/St_Johns', ['00:00-24:00']), {
      durationMinutes: 60,
      slotIntervalMinutes: 60,
      dailyLimit: 1,
    });
    const lateOnSaturday = { blocked: [], starts: [at('2010-11-06T22:00-02:30')] };
    const range = { from: at('2010-11-07T00:00-02:30'), to: at('2010-11-07T02:00-03:30') };
    const times = freeSlots(offer, lateOnSaturday, range, longAgo).map((start) =>
      wallTime(start, offer.hours.zone),
    );
    expect(times).toEqual(['00:00', '00:00', '01:00']);
  });
});

describe('The judgement of one start', () => {
  const offer = rules(utcMorning, { minimumNoticeMinutes: 60, bookingWindowDays: 7, dailyLimit: 2 });
  const now = at('2026-02-16T09:00Z');
  const ask = (time: string, occupancy = unoccupied) => judge(offer, occupancy, at(time), now);

  it('is free for a slot on offer', () => {
    expect(ask('2026-02-16T10:00Z')).toBe('free');
  });

  it.each([
    ['in the past', '2026-02-16T08:30Z'],
    ['within the notice', '2026-02-16T09:30Z'],
    ['beyond the window', '2026-02-24T09:00Z'],
    ['off the grid', '2026-02-16T10:15Z'],
    ['a second off the grid', '2026-02-16T10:00:01Z'],
    ['outside the hours', '2026-02-16T12:00Z'],
  ])('is not offered for a time %s', (_, time) => {
    expect(ask(time)).toBe('not offered');
    expect(ask(time, booked('08:00-12:00'))).toBe('not offered');
  });

  it('is taken for a slot that is booked, in a buffer or on a full day', () => {
    expect(ask('2026-02-16T10:00Z', booked('10:00-10:30'))).toBe('taken');
    expect(ask('2026-02-16T10:00Z', booked('09:00-09:30', '11:00-11:30'))).toBe('taken');
    expect(judge({ ...offer, bufferBefore: 5 }, booked('09:30-10:00'), at('2026-02-16T10:00Z'), now)).toBe(
      'taken',
    );
  });
});

describe('The range in which bookings matter', () => {
  const range = { from: at('2026-02-16T10:00Z'), to: at('2026-02-16T11:00Z') };

  it('reaches as far as a slot and its buffers', () => {
    const buffered = rules(utcMorning, { bufferBefore: 15, bufferAfter: 20 });
    expect(occupancyRange(buffered, range)).toEqual({
      from: at('2026-02-16T09:45Z'),
      to: at('2026-02-16T11:50Z'),
    });
  });

  it('reaches over whole weeks where there are limits', () => {
    const { from, to } = occupancyRange(rules(utcMorning, { weeklyLimit: 1 }), range);
    expect(from).toBeLessThan(at('2026-02-16T00:00+14:00'));
    expect(to).toBeGreaterThan(at('2026-02-23T00:00-12:00'));
  });

  it('is never wider than the widest', () => {
    const longest = rules(utcMorning, {
      durationMinutes: 1_440,
      bufferBefore: 1_440,
      bufferAfter: 1_440,
      dailyLimit: 1,
    });
    expect(occupancyRange(longest, range)).toEqual(widestOccupancyRange(range));
  });
});
