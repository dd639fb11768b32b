// Makes the vectors: node make-vectors.mjs DATE [FOLDER], each on the first days after that date on which what it shows happens.
//
// What is expected comes from a computation that shares nothing with LinkTime's engine. It reads offsets from moment-timezone,
// where the engine reads js-joda, and knows no other operation than to look at one UTC minute after the other: what do the clocks
// show, does a meeting that starts now lie on a grid, in an opening, clear of all that is taken? It is some ten thousand times
// slower and has no case for days on which clocks change.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import moment from 'moment-timezone';
import { scenarios } from './scenarios.mjs';

const DAY = 1_440; // all times here are in minutes, those of the world since 1970-01-01T00:00Z
const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const WINDOW_DAYS = 730;

function vectorOf({ name, shows, zone, days, asked = {}, types, bookings = [] }, after) {
  const [first, last] = days.map((day) => dateOf(day));
  const eventTypes = types.map((terms, i) => definition(name, zone, i, terms));
  const question = { timezone: zone, startDate: first, endDate: last, ...asked };
  const taken = [];
  for (const { type = 0, at } of bookings) {
    const start = typeof at === 'number' ? at : resolve(zone, dayOf(at.slice(0, 10)), minuteOf(at.slice(11)));
    const isOffered = slots(eventTypes[type], taken, start, start + 1).length === 1;
    if (!isOffered) throw new Error(`${name}: ${utc(start)} cannot be booked`);
    taken.push({ type: eventTypes[type], start });
  }
  const from = resolve(question.timezone, dayOf(question.startDate), 0);
  const to = resolve(question.timezone, dayOf(question.endDate) + 1, 0);
  return {
    name,
    shows,
    after,
    zoneData: moment.tz.dataVersion,
    validFrom: utc(to + 2 * DAY - WINDOW_DAYS * DAY),
    validUntil: utc(from - 2 * DAY),
    eventTypes,
    bookings: taken.map(({ type, start }) => ({ slug: type.slug, startTime: utc(start) })),
    asked: { slug: eventTypes[0].slug, ...question },
    expected: slots(eventTypes[0], taken, from, to).map((start) => ({
      ...wallText(question.timezone, start),
      startTime: utc(start),
      endTime: utc(start + eventTypes[0].durationMinutes),
    })),
  };
}

function definition(name, zone, index, terms) {
  return {
    name: `Conformance: ${name}`,
    slug: `conformance-${name}${index === 0 ? '' : `-${index + 1}`}`,
    durationMinutes: 30,
    bufferBefore: 0,
    bufferAfter: 0,
    minimumNoticeMinutes: 0,
    bookingWindowDays: WINDOW_DAYS,
    slotIntervalMinutes: terms.durationMinutes ?? 30,
    dailyLimit: null,
    weeklyLimit: null,
    timezone: zone,
    overrides: [],
    ...terms,
  };
}

// ---- the computation ------------------------------------------------------------------------------------------------

/** The UTC minutes in [from, to) at which a slot starts. */
function slots(type, taken, from, to) {
  const openings = openingsAbout(type, from, to);
  const found = [];
  for (let start = from; start < to; start += 1) if (isSlot(type, openings, taken, start)) found.push(start);
  return found;
}

function isSlot(type, openings, taken, start) {
  const end = start + type.durationMinutes;
  const isOnGrid = openings.some(
    (opening) =>
      opening.start <= start &&
      end <= opening.end &&
      (start - opening.start) % type.slotIntervalMinutes === 0,
  );
  if (!isOnGrid) return false;
  const isBlocked = taken.some(
    (other) =>
      start - type.bufferBefore < other.start + other.type.durationMinutes + other.type.bufferAfter &&
      other.start - other.type.bufferBefore < end + type.bufferAfter,
  );
  if (isBlocked) return false;
  const day = dayShownAt(type.timezone, start);
  const days = taken
    .filter((other) => other.type === type)
    .map((other) => dayShownAt(type.timezone, other.start));
  const onThatDay = days.filter((other) => other === day).length;
  const inThatWeek = days.filter((other) => mondayOf(other) === mondayOf(day)).length;
  return onThatDay < (type.dailyLimit ?? Infinity) && inThatWeek < (type.weeklyLimit ?? Infinity);
}

function openingsAbout(type, from, to) {
  const openings = [];
  for (let day = Math.floor(from / DAY) - 3; day <= Math.floor(to / DAY) + 3; day += 1) {
    const override = type.overrides.find(({ date }) => date === dateOf(day));
    const ranges = override?.intervals ?? type.availability.filter((each) => each.day === weekdayOf(day));
    for (const { start, end } of ranges) {
      openings.push({
        start: resolve(type.timezone, day, minuteOf(start)),
        end: resolve(type.timezone, day, minuteOf(end)),
      });
    }
  }
  return openings;
}

const offsets = new Map();

/** What the clocks of a zone show at a UTC minute, in minutes since 1970-01-01T00:00 by the same clocks. */
function wallAt(zone, at) {
  if (!offsets.has(zone)) offsets.set(zone, moment.tz.zone(zone));
  return at - offsets.get(zone).utcOffset(at * 60_000);
}

/**
 * When the clocks of a zone show a minute of a day: the first of two such times; and where they skip it, as long after the last
 * minute before the gap as the clocks would have needed.
 */
function resolve(zone, day, minute) {
  const wanted = day * DAY + minute;
  const earliest = wanted - 20 * 60;
  for (let at = earliest; at < wanted + 20 * 60; at += 1) if (wallAt(zone, at) === wanted) return at;
  let at = earliest;
  while (wallAt(zone, at + 1) < wanted) at += 1;
  return at + (wanted - wallAt(zone, at));
}

function dayShownAt(zone, at) {
  return Math.floor(wallAt(zone, at) / DAY);
}

// ---- the world, as scenarios ask for it -------------------------------------------------------------------------------

function world(after) {
  const begin = dayOf(after);
  return {
    /** The day on which the clocks of a zone next go forward or back; null if they do not within two years. */
    change(zone, direction) {
      const sign = direction === 'forward' ? 1 : -1;
      for (let day = begin + 2; day < begin + 732; day += 1) {
        const gain = wallAt(zone, (day + 1) * DAY) - wallAt(zone, day * DAY) - DAY;
        if (Math.sign(gain) !== sign) continue;
        let at = day * DAY;
        while (wallAt(zone, at + 1) - wallAt(zone, at) === 1) at += 1;
        return dayShownAt(zone, at + 1);
      }
      return null;
    },
    /** The first such day of the week, `MONDAY`, a week and more after. */
    next(weekday) {
      let day = begin + 7;
      while (weekdayOf(day) !== weekday) day += 1;
      return day;
    },
    /** The first of these dates. */
    firstOf: (dates) => dates.map(dayOf).find((day) => day > begin + 2),
    dateOf,
  };
}

// ---- text -------------------------------------------------------------------------------------------------------------

function dayOf(date) {
  return Date.parse(`${date}T00:00Z`) / 60_000 / DAY;
}

function dateOf(day) {
  return new Date(day * DAY * 60_000).toISOString().slice(0, 10);
}

function minuteOf(time) {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

function weekdayOf(day) {
  return WEEKDAYS[(day + 3) % 7]; // 1970-01-01 was a Thursday
}

function mondayOf(day) {
  return day - ((day + 3) % 7);
}

function utc(at) {
  return new Date(at * 60_000).toISOString();
}

function wallText(zone, at) {
  const text = utc(wallAt(zone, at));
  return { date: text.slice(0, 10), time: text.slice(11, 16) };
}

// ---- the files --------------------------------------------------------------------------------------------------------

const [after = '', folder = fileURLToPath(new URL('vectors', import.meta.url))] = process.argv.slice(2);
if (!/^\d{4}-\d{2}-\d{2}$/.test(after)) throw new Error('Say after which date, such as 2028-01-01.');
const vectors = scenarios(world(after)).map((scenario) => vectorOf(scenario, after));
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const vector of vectors) {
  await writeFile(join(folder, `${vector.name}.json`), `${JSON.stringify(vector, null, 2)}\n`);
}
console.log(`${vectors.length} vectors`);
