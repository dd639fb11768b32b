import { describe, expect, it } from '@jest/globals';
import { Instant, LocalDate, ZoneId } from '@js-joda/core';
import { TooManyTimes } from './errors.js';
import { explainSlots, type TakenTime, type TakenTimes } from './explanation.js';
import { hoursOf, type HoursText } from './hours-text.js';
import type { SlotRules } from './slots.js';

const MINUTE = 60_000;
const WORKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
const MONDAY = '2026-02-16';
const longAgo = Date.parse('2026-02-01T00:00Z');

/** An hour's meeting, on workdays from nine to twelve. */
function rules(changes: Partial<SlotRules> = {}, hours: Partial<HoursText> = {}): SlotRules {
  return {
    durationMinutes: 60,
    bufferBefore: 0,
    bufferAfter: 0,
    minimumNoticeMinutes: 0,
    bookingWindowDays: 730,
    slotIntervalMinutes: 60,
    dailyLimit: null,
    weeklyLimit: null,
    hours: hoursOf({
      timezone: 'UTC',
      availability: WORKDAYS.map((day) => ({ day, start: '09:00', end: '12:00' })),
      overrides: [],
      ...hours,
    }),
    ...changes,
  };
}

/** Of a day in UTC: the time as the clocks of the schedule's zone show it → why it is not offered, or `free`. */
function explained(
  offer: SlotRules,
  date = MONDAY,
  { taken = [], starts = [] }: Partial<TakenTimes> = {},
  now = longAgo,
): Record<string, string> {
  const from = Date.parse(`${date}T00:00Z`);
  const range = { from, to: from + 1_440 * MINUTE };
  const { offered, unavailable } = explainSlots(offer, { taken, starts }, range, now);
  const timeOf = (start: number) =>
    Instant.ofEpochMilli(start).atZone(offer.hours.zone).toLocalTime().toString();
  const told = ({ reason, bookingId }: (typeof unavailable)[number]) =>
    bookingId === null ? reason : `${reason} ${bookingId}`;
  return Object.fromEntries([
    ...offered.map((start) => [timeOf(start), 'free'] as const),
    ...unavailable.map((each) => [timeOf(each.start), told(each)] as const),
  ]);
}

/** The morning's times only. */
function morning(...asked: Parameters<typeof explained>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(explained(...asked)).filter(([time]) => time >= '09:00' && time < '12:00'),
  );
}

/** A stretch of Monday such as `10:00-11:00`, with so many minutes of buffer around it. */
function taken(by: TakenTime['by'], text: string, buffer = 0): TakenTime {
  const [start, end] = text.split('-').map((time) => Date.parse(`${MONDAY}T${time}Z`));
  return {
    by,
    bookingId: by === 'booking' ? `booking at ${text.slice(0, 5)}` : null,
    meeting: { start: start!, end: end! },
    blocked: { start: start! - buffer * MINUTE, end: end! + buffer * MINUTE },
  };
}

describe('Why a time is not offered', () => {
  it('is nobody’s question where it is', () => {
    expect(morning(rules())).toEqual({ '09:00': 'free', '10:00': 'free', '11:00': 'free' });
  });

  it('is told of every hour of the day', () => {
    const day = explained(rules());
    expect(Object.keys(day)).toHaveLength(24);
    expect(day).toMatchObject({
      '00:00': 'outside_hours',
      '12:00': 'outside_hours',
      '23:00': 'outside_hours',
    });
  });

  it('is the hours, where the meeting would not end inside its opening', () => {
    expect(morning(rules({ slotIntervalMinutes: 40 }))).toEqual({
      '09:00': 'free',
      '09:40': 'free',
      '10:20': 'free',
      '11:00': 'free',
      '11:40': 'outside_hours',
    });
  });

  it('is the override, where the weekly hours would have offered it', () => {
    const closed = rules({}, { overrides: [{ date: MONDAY, intervals: [] }] });
    expect(explained(closed)).toMatchObject({
      '08:00': 'outside_hours',
      '09:00': 'override',
      '11:00': 'override',
      '12:00': 'outside_hours',
    });
    const later = rules({}, { overrides: [{ date: MONDAY, intervals: [{ start: '10:30', end: '14:00' }] }] });
    expect(explained(later)).toMatchObject({
      '09:00': 'override',
      '10:00': 'override',
      '10:30': 'free',
      '11:00': 'override',
      '11:30': 'free',
      '12:30': 'free',
      '13:30': 'outside_hours',
      '14:00': 'outside_hours',
    });
  });

  it('is the notice for what is too soon, and for what is past', () => {
    const now = Date.parse(`${MONDAY}T09:30Z`);
    expect(explained(rules({ minimumNoticeMinutes: 45 }), MONDAY, {}, now)).toMatchObject({
      '08:00': 'outside_hours',
      '09:00': 'notice',
      '10:00': 'notice',
      '11:00': 'free',
    });
  });

  it('is the window for what is too far ahead', () => {
    const now = Date.parse(`${MONDAY}T09:30Z`);
    const offer = rules({ bookingWindowDays: 1 });
    expect(morning(offer, '2026-02-17', {}, now)['09:00']).toBe('free');
    expect(morning(offer, '2026-02-18', {}, now)['09:00']).toBe('window');
  });

  it('is the booking that it would overlap, by its id', () => {
    const offer = rules({ slotIntervalMinutes: 30 });
    expect(morning(offer, MONDAY, { taken: [taken('booking', '10:00-10:30')] })).toEqual({
      '09:00': 'free',
      '09:30': 'booking booking at 10:00',
      '10:00': 'booking booking at 10:00',
      '10:30': 'free',
      '11:00': 'free',
      '11:30': 'outside_hours',
    });
  });

  it('is the earliest booking of several', () => {
    const both = [taken('booking', '10:30-10:45'), taken('booking', '10:00-10:15')];
    expect(morning(rules(), MONDAY, { taken: both })['10:00']).toBe('booking booking at 10:00');
  });

  it('is a buffer, where only that of the booking or its own reaches over', () => {
    const booking = taken('booking', '10:00-11:00', 5);
    expect(morning(rules(), MONDAY, { taken: [booking] })).toEqual({
      '09:00': 'buffer booking at 10:00',
      '10:00': 'booking booking at 10:00',
      '11:00': 'buffer booking at 10:00',
    });
    const bare = taken('booking', '10:00-11:00');
    expect(morning(rules({ bufferBefore: 10 }), MONDAY, { taken: [bare] })).toEqual({
      '09:00': 'free',
      '10:00': 'booking booking at 10:00',
      '11:00': 'buffer booking at 10:00',
    });
  });

  it('is busy time or a hold, and names no booking', () => {
    const others = [taken('busy', '09:30-09:45'), taken('hold', '10:30-11:00')];
    expect(morning(rules({ bufferBefore: 5 }), MONDAY, { taken: others })).toEqual({
      '09:00': 'busy',
      '10:00': 'hold',
      '11:00': 'buffer',
    });
  });

  it('is a booking rather than busy time, and busy time rather than a hold', () => {
    const all = ['hold', 'busy', 'booking'].map((by) => taken(by as TakenTime['by'], '10:00-11:00'));
    expect(morning(rules(), MONDAY, { taken: all })['10:00']).toBe('booking booking at 10:00');
    expect(morning(rules(), MONDAY, { taken: all.slice(0, 2) })['10:00']).toBe('busy');
  });

  it('is the limit for what is left of a full day', () => {
    const booking = taken('booking', '10:00-11:00');
    const occupied = { taken: [booking], starts: [booking.meeting.start] };
    expect(morning(rules({ dailyLimit: 1 }), MONDAY, occupied)).toEqual({
      '09:00': 'limit',
      '10:00': 'booking booking at 10:00',
      '11:00': 'limit',
    });
    expect(morning(rules({ weeklyLimit: 1 }), '2026-02-20', occupied)['09:00']).toBe('limit');
  });

  it('is what was never on offer rather than what takes it', () => {
    const now = Date.parse(`${MONDAY}T09:30Z`);
    const allDay = { taken: [taken('booking', '00:00-23:00')] };
    expect(explained(rules(), MONDAY, allDay, now)).toMatchObject({
      '08:00': 'outside_hours',
      '09:00': 'notice',
      '10:00': 'booking booking at 00:00',
    });
  });

  it('counts the steps outside the hours from the first instant of the schedule’s day', () => {
    const quarterPast = rules({ slotIntervalMinutes: 120 }, { timezone: 'Asia/Kathmandu' });
    expect(Object.keys(explained(quarterPast)).sort().slice(0, 4)).toEqual([
      '00:00',
      '02:00',
      '04:00',
      '06:00',
    ]);

    const havana = { zone: ZoneId.of('America/Havana'), first: LocalDate.parse('2028-03-12') };
    const from = havana.first.atStartOfDay(havana.zone).toInstant().toEpochMilli(); // clocks show 01:00
    const offer = rules({ slotIntervalMinutes: 240 }, { timezone: 'America/Havana', availability: [] });
    const { unavailable } = explainSlots(
      offer,
      { taken: [], starts: [] },
      { from, to: from + 480 * MINUTE },
      longAgo,
    );
    expect(unavailable.map(({ start }) => start - from)).toEqual([0, 240 * MINUTE]);
  });

  it('is not told of more times than an answer can bear', () => {
    const ask = (slotIntervalMinutes: number) =>
      explainSlots(
        rules({ slotIntervalMinutes }),
        { taken: [], starts: [] },
        { from: Date.parse('2026-03-01T00:00Z'), to: Date.parse('2026-05-03T00:00Z') }, // 63 days
        longAgo,
      );
    expect(ask(5).offered.length + ask(5).unavailable.length).toBe(63 * 288);
    expect(() => ask(4)).toThrow(TooManyTimes);
  });
});
