// What the engine is asked. Everything is drawn from fixed seeds: each run asks the same.
//
// A workload has a name and questions, asked one after the other; its time is that of all of them. A question is what
// `freeSlots` is asked (`rules`, `occupancy`, `range`, `now`) and the zone of the `viewer` in whose clocks the answer is shown.
import { built } from '../built.mjs';
import { randomFrom } from './random.mjs';

const { findTimeZone } = await built('src/kernel/time-zone.js');
const { hoursOf } = await built('src/scheduling/domain/hours-text.js');

const MINUTE = 60_000;
const HALF_HOUR = 30 * MINUTE;
const DAY = 1_440 * MINUTE;
const WORKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
const EVERY_DAY = [...WORKDAYS, 'SATURDAY', 'SUNDAY'];
const A_MONDAY = Date.UTC(2026, 1, 16);

/** Those of the table. */
export function everydayWorkloads() {
  const limited = workdays({ days: 62, step: 30, busy: 300, changes: { dailyLimit: 3, weeklyLimit: 12 } });
  return [
    {
      name: '7 days, 30 minutes, buffers 5 and 10, 20 busy',
      questions: [workdays({ days: 7, step: 30, busy: 20, changes: { bufferBefore: 5, bufferAfter: 10 } })],
    },
    { name: '30 days, 15-minute steps, 200 busy', questions: [workdays({ days: 30, step: 15, busy: 200 })] },
    {
      name: '365 days, 15-minute steps, 2,000 busy',
      questions: [workdays({ days: 365, step: 15, busy: 2_000 })],
    },
    { name: 'New York’s clock changes, from London and Kolkata', questions: clockChanges() },
    {
      name: '60 days, 20,000 busy',
      questions: [workdays({ days: 60, step: 30, busy: 20_000, meetingShare: 1 / 3 })],
    },
    {
      name: '62 days, an override a week, limits by day and week, 300 busy',
      questions: [withOverrides(withBookings(limited, 60), 9)],
    },
  ];
}

/** One year with ever more busy time. */
export function busyWorkloads(sizes) {
  return sizes.map((busy) => ({
    size: busy,
    name: `365 days, ${busy.toLocaleString('en')} busy`,
    questions: [workdays({ days: 365, step: 30, busy, meetingShare: 1 / 3 })],
  }));
}

/** Ever more days, each as busy as the others. */
export function longWorkloads(sizes) {
  return sizes.map((days) => ({
    size: days,
    name: `${days.toLocaleString('en')} days, ${(5 * days).toLocaleString('en')} busy`,
    questions: [workdays({ days, step: 30, busy: 5 * days })],
  }));
}

/**
 * A Berliner's calendar, Monday to Friday from nine to five, seen from New York. `step`: minutes of the meeting and of the grid;
 * `busy`: how many meetings there are; `meetingShare`: in what share of the half hours any are, as in a team that meets together.
 */
function workdays({ days, step, busy, meetingShare = 1, changes = {} }) {
  const range = { from: A_MONDAY, to: A_MONDAY + days * DAY };
  return {
    rules: { ...rulesOf(weekly('Europe/Berlin', WORKDAYS, ['09:00-17:00']), step), ...changes },
    occupancy: { blocked: busyTime(busy, range, meetingShare), starts: [] },
    range,
    now: A_MONDAY - 3 * DAY,
    viewer: findTimeZone('America/New_York'),
  };
}

/** A New Yorker who can be met day and night, in the weeks about the American and the European changes of 2026. */
function clockChanges() {
  const hours = weekly('America/New_York', EVERY_DAY, ['00:30-05:00', '09:00-17:00', '22:00-24:00']);
  const ranges = [
    { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 3, 5) },
    { from: Date.UTC(2026, 9, 18), to: Date.UTC(2026, 10, 8) },
  ];
  return ranges.flatMap((range) =>
    ['Europe/London', 'Asia/Kolkata'].map((viewer) => ({
      rules: rulesOf(hours, 30),
      occupancy: { blocked: busyTime(40, range, 1), starts: [] },
      range,
      now: range.from - 3 * DAY,
      viewer: findTimeZone(viewer),
    })),
  );
}

/** Of the busy time so much is of bookings that count towards the limits. */
function withBookings(question, count) {
  const { blocked } = question.occupancy;
  return { ...question, occupancy: { blocked, starts: blocked.slice(0, count).map(({ start }) => start) } };
}

/** In each of the first weeks one afternoon only. */
function withOverrides(question, weeks) {
  const { rules, range } = question;
  const dates = Array.from({ length: weeks }, (_, week) =>
    new Date(range.from + (7 * week + 2) * DAY).toISOString().slice(0, 10),
  );
  const overrides = new Map(dates.map((date) => [date, [{ start: 13 * 60, end: 18 * 60 }]]));
  return { ...question, rules: { ...rules, hours: { ...rules.hours, overrides } } };
}

function rulesOf(hours, step) {
  return {
    durationMinutes: step,
    bufferBefore: 0,
    bufferAfter: 0,
    minimumNoticeMinutes: 240,
    bookingWindowDays: 1_000,
    slotIntervalMinutes: step,
    dailyLimit: null,
    weeklyLimit: null,
    hours,
  };
}

function weekly(timezone, days, ranges) {
  const availability = days.flatMap((day) =>
    ranges.map((range) => ({ day, start: range.slice(0, 5), end: range.slice(6) })),
  );
  return hoursOf({ timezone, availability, overrides: [] });
}

/** Meetings that begin on the half hour, in no order, as an index of ranges returns them. */
function busyTime(count, { from, to }, meetingShare) {
  const random = randomFrom(20_260_216);
  const begins = Array.from({ length: (to - from) / HALF_HOUR }, (_, i) => from + i * HALF_HOUR).filter(
    () => random() < meetingShare,
  );
  return Array.from({ length: count }, () => {
    const start = begins[Math.floor(random() * begins.length)];
    return { start, end: start + HALF_HOUR };
  });
}
