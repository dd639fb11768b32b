// What the engine is measured against: the same slots from the same input by arithmetic on integers and nothing else, in the
// fastest way we know: zones and hours prepared as tables of numbers, one function, no names for what it does, nothing checked.

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const [FIRST_YEAR, LAST_YEAR] = [2000, 2060];

/** A question of the engine's in numbers. The busy time stays the list it is: that is what a database returns. */
export function prepare({ rules, occupancy, range, now, viewer }) {
  const weekdays = [...rules.hours.week];
  return {
    duration: rules.durationMinutes * MINUTE,
    interval: rules.slotIntervalMinutes * MINUTE,
    lead: rules.bufferBefore * MINUTE,
    tail: (rules.durationMinutes + rules.bufferAfter) * MINUTE,
    earliest: Math.max(range.from, now + rules.minimumNoticeMinutes * MINUTE),
    to: range.to,
    now,
    windowDays: rules.bookingWindowDays,
    dailyLimit: rules.dailyLimit ?? Infinity,
    weeklyLimit: rules.weeklyLimit ?? Infinity,
    week: Array.from({ length: 7 }, (_, i) =>
      endsOf(weekdays.find(([weekday]) => weekday.value() === i + 1)?.[1] ?? []),
    ),
    overrides: new Map(
      [...rules.hours.overrides].map(([date, ranges]) => [Date.parse(date) / DAY, endsOf(ranges)]),
    ),
    zone: periodsOf(rules.hours.zone),
    viewer: periodsOf(viewer),
    blocked: occupancy.blocked,
    starts: occupancy.starts,
  };
}

function endsOf(ranges) {
  return Float64Array.from(ranges.flatMap(({ start, end }) => [start * MINUTE, end * MINUTE]));
}

/** The distances of a zone from UTC in milliseconds, and until when each holds. */
function periodsOf(zone) {
  const offsetAt = (instant) => zone.rules().offsetOfEpochMilli(instant).totalSeconds() * 1_000;
  const end = Date.UTC(LAST_YEAR);
  const untils = [];
  const offsets = [offsetAt(Date.UTC(FIRST_YEAR))];
  for (let day = Date.UTC(FIRST_YEAR); day < end; day += DAY) {
    if (offsetAt(day + DAY) === offsets.at(-1)) continue;
    let [before, after] = [day, day + DAY];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetAt(middle) === offsets.at(-1)) before = middle;
      else after = middle;
    }
    untils.push(after);
    offsets.push(offsetAt(day + DAY));
  }
  return { untils: Float64Array.from([...untils, Infinity]), offsets: Float64Array.from(offsets) };
}

function periodAt({ untils }, instant) {
  let low = 0;
  let high = untils.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (untils[middle] > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The starts of the free slots, in epoch milliseconds, ascending. */
export function bareSlots(question) {
  const { duration, interval, lead, tail, earliest, week, overrides, zone, blocked } = question;
  const { untils, offsets } = zone;
  const lastDay =
    Math.floor((question.now + offsets[periodAt(zone, question.now)]) / DAY) + question.windowDays;
  const to = Math.min(question.to, (lastDay + 2) * DAY);

  let starts = [];
  let isAscending = true;
  let previous = -Infinity;
  let period = periodAt(zone, earliest - 3 * DAY);
  const untilDay = Math.floor((to + offsets[periodAt(zone, to)]) / DAY) + 1;
  for (
    let day = Math.floor((earliest + offsets[periodAt(zone, earliest)]) / DAY) - 1;
    day <= untilDay;
    day += 1
  ) {
    const ends = (overrides.size > 0 && overrides.get(day)) || week[(day + 3) % 7];
    for (let i = 0; i < ends.length; i += 2) {
      const opens = day * DAY + ends[i];
      while (opens - offsets[period] >= untils[period] && opens - offsets[period + 1] >= untils[period])
        period += 1;
      const from = opens - offsets[period];
      const closes = day * DAY + ends[i + 1];
      while (closes - offsets[period] >= untils[period] && closes - offsets[period + 1] >= untils[period])
        period += 1;
      const last = Math.min(closes - offsets[period] - duration, to - 1);
      let start = from >= earliest ? from : from + Math.ceil((earliest - from) / interval) * interval;
      if (start <= previous && start <= last) isAscending = false;
      for (; start <= last; start += interval) {
        starts.push(start);
        previous = start;
      }
    }
  }
  if (!isAscending) starts = [...new Set(starts)].sort((one, other) => one - other);
  const count = starts.length;
  if (count === 0) return starts;

  // How many stretches take each start: +1 at the first that a stretch takes, -1 at the first after those. The place of an
  // instant among the starts is looked up in a table of equal parts of the range.
  const first = starts[0];
  const rate = count / (starts[count - 1] - first + 1);
  const places = new Int32Array(count + 2);
  for (let i = 0; i < count; i += 1) places[Math.floor((starts[i] - first) * rate) + 1] = i + 1;
  for (let part = 1; part <= count; part += 1)
    if (places[part] < places[part - 1]) places[part] = places[part - 1];
  const changes = new Int32Array(count + 1);
  for (let i = 0; i < blocked.length; i += 1) {
    const { start, end } = blocked[i];
    const from = start - tail;
    const until = end + lead;
    if (start >= end || until <= first || from >= starts[count - 1]) continue;
    let place = from < first ? 0 : places[Math.floor((from - first) * rate)];
    while (starts[place] <= from) place += 1;
    changes[place] += 1;
    place = until > starts[count - 1] ? count : places[Math.floor((until - first) * rate)];
    while (starts[place] < until) place += 1;
    changes[place] -= 1;
  }

  const { fullDays, fullWeeks } = fullPeriods(question);
  const hasFull = fullDays.size + fullWeeks.size > 0;
  const surelyBefore = hasFull ? -Infinity : lastDay * DAY;
  let free = 0;
  let taken = 0;
  period = periodAt(zone, first);
  for (let i = 0; i < count; i += 1) {
    taken += changes[i];
    if (taken > 0) continue;
    const start = starts[i];
    if (start >= surelyBefore) {
      while (start >= untils[period]) period += 1;
      const day = Math.floor((start + offsets[period]) / DAY);
      if (day > lastDay || (hasFull && (fullDays.has(day) || fullWeeks.has(Math.floor((day + 3) / 7)))))
        continue;
    }
    starts[free] = start;
    free += 1;
  }
  starts.length = free;
  return starts;
}

function fullPeriods({ starts, dailyLimit, weeklyLimit, zone }) {
  const fullDays = new Set();
  const fullWeeks = new Set();
  if (dailyLimit === Infinity && weeklyLimit === Infinity) return { fullDays, fullWeeks };
  const byDay = new Map();
  const byWeek = new Map();
  for (const start of starts) {
    const day = Math.floor((start + zone.offsets[periodAt(zone, start)]) / DAY);
    const week = Math.floor((day + 3) / 7);
    byDay.set(day, (byDay.get(day) ?? 0) + 1);
    byWeek.set(week, (byWeek.get(week) ?? 0) + 1);
    if (byDay.get(day) >= dailyLimit) fullDays.add(day);
    if (byWeek.get(week) >= weeklyLimit) fullWeeks.add(week);
  }
  return { fullDays, fullWeeks };
}

const two = (number) => String(number).padStart(2, '0');
const TIMES = Array.from(
  { length: 1_440 },
  (_, minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`,
);
const UTC_TIMES = TIMES.map((time) => `T${time}:00.000Z`);
const DATES = new Map();

/** The same as texts: strings from tables, a date looked up when the day changes. */
export function bareTexts(starts, { viewer, duration }) {
  const { untils, offsets } = viewer;
  let period = starts.length > 0 ? periodAt(viewer, starts[0]) : 0;
  let [day, date, utcDay, utcDate, endDay, endDate] = [NaN, '', NaN, '', NaN, ''];
  return starts.map((start) => {
    while (start >= untils[period]) period += 1;
    const local = start + offsets[period];
    const end = start + duration;
    const localDay = Math.floor(local / DAY);
    if (localDay !== day) date = dateOf((day = localDay));
    const startDay = Math.floor(start / DAY);
    if (startDay !== utcDay) utcDate = dateOf((utcDay = startDay));
    const lastDay = Math.floor(end / DAY);
    if (lastDay !== endDay) endDate = dateOf((endDay = lastDay));
    return {
      date,
      time: TIMES[(local - localDay * DAY) / MINUTE],
      startTime: utcDate + UTC_TIMES[(start - startDay * DAY) / MINUTE],
      endTime: endDate + UTC_TIMES[(end - lastDay * DAY) / MINUTE],
    };
  });
}

function dateOf(day) {
  let date = DATES.get(day);
  if (date === undefined) DATES.set(day, (date = new Date(day * DAY).toISOString().slice(0, 10)));
  return date;
}
