import type { ZoneId } from '@js-joda/core';
import { findTimeZone } from '../../src/kernel/time-zone.js';
import { hoursOf, type HoursText } from '../../src/scheduling/domain/hours-text.js';
import type { Occupancy, SlotRange, SlotRules } from '../../src/scheduling/domain/slots.js';
import type { Opening } from '../../src/scheduling/domain/weekly-hours.js';
import { randomFrom } from './random.js';

/** What an invitee asks, with all that decides the answer. */
export interface Question {
  readonly rules: SlotRules;
  readonly occupancy: Occupancy;
  readonly range: SlotRange;
  /** Epoch milliseconds. */
  readonly now: number;
  /** In whose clocks the slots are shown. */
  readonly viewer: ZoneId;
}

export interface Workload {
  readonly name: string;
  /** Asked one after the other; the time of a workload is that of all. */
  readonly questions: readonly Question[];
}

const MINUTE = 60_000;
const HALF_HOUR = 30 * MINUTE;
const DAY = 1_440 * MINUTE;
const WORKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
const EVERY_DAY = [...WORKDAYS, 'SATURDAY', 'SUNDAY'];

/** The five of the README's table. */
export const workloads: readonly Workload[] = [
  {
    name: '7 days, 30 minutes, buffers 5 and 10, 20 busy',
    questions: [calendar({ days: 7, step: 30, busy: 20, changes: { bufferBefore: 5, bufferAfter: 10 } })],
  },
  { name: '30 days, 15-minute steps, 200 busy', questions: [calendar({ days: 30, step: 15, busy: 200 })] },
  { name: '365 days, 15-minute steps, 2,000 busy', questions: [calendar({ days: 365, step: 15, busy: 2_000 })] },
  { name: 'New York’s clock changes, from London and Kolkata', questions: clockChanges() },
  { name: '60 days, 20,000 busy', questions: [calendar({ days: 60, step: 30, busy: 20_000, meetingIn: 1 / 3 })] },
];

/** Ever more busy time in one year, in the order of `sizes`. */
export function busySweep(sizes: readonly number[]): Workload[] {
  return sizes.map((busy) => ({
    name: `365 days, ${busy.toLocaleString('en')} busy`,
    questions: [calendar({ days: 365, step: 30, busy, meetingIn: 1 / 3 })],
  }));
}

/** Ever more days, each as busy as the other. */
export function daysSweep(sizes: readonly number[]): Workload[] {
  return sizes.map((days) => ({
    name: `${days} days, ${(5 * days).toLocaleString('en')} busy`,
    questions: [calendar({ days, step: 30, busy: 5 * days })],
  }));
}

/** A Berlin calendar, Monday to Friday from nine to five, seen from New York. */
function calendar(asked: {
  readonly days: number;
  /** Of the meeting and of the grid, in minutes. */
  readonly step: number;
  readonly busy: number;
  /** In what share of the half hours there are meetings at all: the team's calendars are alike. */
  readonly meetingIn?: number;
  readonly changes?: Partial<SlotRules>;
}): Question {
  const from = Date.UTC(2026, 1, 16);
  const range = { from, to: from + asked.days * DAY };
  const hours = weekly('Europe/Berlin', WORKDAYS, ['09:00-17:00']);
  return {
    rules: { ...rules(hours, asked.step), ...asked.changes },
    occupancy: { blocked: busyTime(asked.busy, range, asked.meetingIn ?? 1), starts: [] },
    range,
    now: from - 3 * DAY,
    viewer: findTimeZone('America/New_York')!,
  };
}

/** A New Yorker's days and nights, on all of which one can meet, in the weeks between the American and European changes. */
function clockChanges(): Question[] {
  const hours = weekly('America/New_York', EVERY_DAY, ['00:30-05:00', '09:00-17:00', '22:00-24:00']);
  const ranges = [
    { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 3, 5) },
    { from: Date.UTC(2026, 9, 18), to: Date.UTC(2026, 10, 8) },
  ];
  return ranges.flatMap((range) =>
    ['Europe/London', 'Asia/Kolkata'].map((viewer) => ({
      rules: rules(hours, 30),
      occupancy: { blocked: busyTime(40, range, 1), starts: [] },
      range,
      now: range.from - 3 * DAY,
      viewer: findTimeZone(viewer)!,
    })),
  );
}

function rules(hours: SlotRules['hours'], step: number): SlotRules {
  return {
    durationMinutes: step,
    bufferBefore: 0,
    bufferAfter: 0,
    minimumNoticeMinutes: 240,
    bookingWindowDays: 730,
    slotIntervalMinutes: step,
    dailyLimit: null,
    weeklyLimit: null,
    hours,
  };
}

function weekly(timezone: string, days: readonly string[], ranges: readonly string[]): SlotRules['hours'] {
  const availability: HoursText['availability'] = days.flatMap((day) =>
    ranges.map((range) => ({ day, start: range.slice(0, 5), end: range.slice(6) })),
  );
  return hoursOf({ timezone, availability, overrides: [] });
}

/** Meetings of half an hour to two hours that begin on the half hour, in no order, as an index of ranges returns them. */
function busyTime(count: number, { from, to }: SlotRange, meetingIn: number): Opening[] {
  const random = randomFrom(20_260_216);
  const halfHours = Array.from({ length: (to - from) / HALF_HOUR }, (_, i) => from + i * HALF_HOUR);
  const meeting = halfHours.filter(() => random() < meetingIn);
  return Array.from({ length: count }, () => {
    const start = meeting[Math.floor(random() * meeting.length)]!;
    const halves = meetingIn < 1 ? 1 : 1 + Math.floor(random() * 4);
    return { start, end: start + halves * HALF_HOUR };
  });
}
