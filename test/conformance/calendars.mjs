// Random calendars: two event types of one host, a few days, and the promise that every slot offered can be booked, nothing else
// can, and nothing twice. No oracle is needed: what an empty calendar does not offer is never on offer (400), and what it offers
// and a fuller one does not is taken (409).
import { Fault, expectStatus } from './api.mjs';
import { Random } from './random.mjs';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const STEP = 5 * MINUTE;
const AROUND = 60 * MINUTE;
const SLOTS_PER_CALENDAR = 20;
const RIVALS = 6;
// How long before and after the end of the minimum notice nothing is said of a time: it moves while the suite runs.
const UNSURE = 15 * MINUTE;
const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const ZONES = [
  ...['UTC', 'Europe/London', 'Europe/Berlin', 'America/New_York', 'America/Los_Angeles', 'America/St_Johns'],
  ...['America/Havana', 'America/Sao_Paulo', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Tokyo', 'Asia/Tehran'],
  ...[
    'Australia/Lord_Howe',
    'Australia/Adelaide',
    'Pacific/Chatham',
    'Pacific/Kiritimati',
    'Pacific/Marquesas',
  ],
  ...['Africa/Casablanca', 'Antarctica/Troll', 'Pacific/Pago_Pago'],
];

/** As many calendars as it takes to book so many slots. The same seed makes the same ones on the same day. */
export function randomCalendars(seed, slots, today = new Date().toISOString().slice(0, 10)) {
  const calendars = [];
  for (let left = slots; left > 0; left -= SLOTS_PER_CALENDAR) {
    const random = new Random(seed * 1_000 + calendars.length);
    calendars.push({
      ...randomCalendar(random, `conformance-${seed}-${calendars.length}`, today),
      slots: Math.min(left, SLOTS_PER_CALENDAR),
      random,
    });
  }
  return calendars;
}

function randomCalendar(random, slug, today) {
  const first = Date.parse(today) + random.whole(0, 20) * DAY;
  const last = first + random.whole(1, 4) * DAY;
  const zone = random.pick(ZONES);
  const eventTypes = ['a', 'b'].map((letter) => ({
    name: `Conformance: random calendar`,
    slug: `${slug}-${letter}`,
    ...randomTerms(random, first, last, today),
    timezone: random.chance(0.7) ? zone : random.pick(ZONES),
  }));
  return { eventTypes, first, last };
}

function randomTerms(random, first, last, today) {
  const durationMinutes = random.pick([10, 15, 20, 30, 30, 45, 60, 60, 90, 150]);
  const daysAhead = Math.round((last - Date.parse(today)) / DAY);
  return {
    durationMinutes,
    bufferBefore: random.pick([0, 0, 5, 10, 30]),
    bufferAfter: random.pick([0, 0, 5, 15, 45]),
    minimumNoticeMinutes: random.pick([0, 0, 60, 1_440, 4_320]),
    bookingWindowDays: random.pick([730, 730, Math.max(1, daysAhead - 1), daysAhead + 1]),
    slotIntervalMinutes: random.pick([5, 15, 20, 30, durationMinutes, durationMinutes]),
    dailyLimit: random.pick([null, null, 2, 5]),
    weeklyLimit: random.pick([null, null, 8]),
    availability: WEEKDAYS.flatMap((day) => randomOpenings(random).map((opening) => ({ day, ...opening }))),
    overrides: random.chance(0.5) ? [{ date: dateOf(first + DAY), intervals: randomOpenings(random) }] : [],
  };
}

/** None to three openings of a day that do not touch, in order. */
function randomOpenings(random) {
  const points = new Set();
  const count = 2 * random.pick([0, 1, 1, 1, 2, 2, 3]);
  while (points.size < count) points.add(random.whole(0, 288) * 5);
  const ends = [...points].sort((one, other) => one - other);
  return ends.flatMap((start, i) => (i % 2 === 0 ? [{ start: clock(start), end: clock(ends[i + 1]) }] : []));
}

/** Plays a calendar; counts what was booked and what was refused. Throws a `Fault` for what does not conform. */
export async function playCalendar(api, ids, calendar) {
  const game = new Game(api, ids, calendar);
  await game.expectEmpty();
  try {
    return await game.play();
  } finally {
    await game.clear();
  }
}

class Game {
  /** Bookings that stand, by id: `{ type, start }`. */
  standing = new Map();
  counts = { booked: 0, races: 0, neverOffered: 0, taken: 0 };

  constructor(api, ids, { eventTypes, first, last, slots, random }) {
    Object.assign(this, { api, ids, eventTypes, first, last, slots, random });
    this.end = last + DAY;
  }

  async play() {
    const empty = await this.offers();
    await this.expectSameFromElsewhere(empty);
    for (let n = 0; n < this.slots; n += 1) {
      const before = await this.offers();
      const choices = this.eventTypes.flatMap((type) =>
        [...before.get(type)].map((start) => ({ type, start })),
      );
      const sure = choices.filter(({ type, start }) => !isUnsure(type, start));
      if (sure.length === 0) break;
      const { type, start } = this.random.pick(sure);
      const id = await this.take(type, start);
      const after = await this.offers();
      this.expectOnly(before, after, type, start);
      await this.expectRefusals(empty, after, start);
      if (this.random.chance(0.4)) await this.giveBack(id, before);
    }
    await this.expectWhatStands();
    for (const id of [...this.standing.keys()]) await this.cancel(id);
    this.expectEqual(await this.offers(), empty, 'after all was cancelled');
    return this.counts;
  }

  /** What is offered: event type → starts in epoch milliseconds. */
  async offers(timezone = 'UTC', from = this.first, to = this.last) {
    const asked = { timezone, startDate: dateOf(from), endDate: dateOf(to) };
    const answers = await Promise.all(
      this.eventTypes.map(async (type) => [type, await this.api.offered({ slug: type.slug, ...asked })]),
    );
    return new Map(
      answers.map(([type, slots]) => {
        for (const { startTime, endTime } of slots) {
          const length = Date.parse(endTime) - Date.parse(startTime);
          if (length !== type.durationMinutes * MINUTE)
            throw new Fault(`${startTime} to ${endTime} is no slot`);
        }
        return [type, new Set(slots.map(({ startTime }) => Date.parse(startTime)))];
      }),
    );
  }

  /** In whichever zone it is asked, it is the same offer. */
  async expectSameFromElsewhere(offers) {
    const zone = this.random.pick(ZONES);
    const elsewhere = await this.offers(zone, this.first - DAY, this.end);
    const within = new Map(
      [...elsewhere].map(([type, starts]) => [
        type,
        new Set([...starts].filter((start) => start >= this.first && start < this.end)),
      ]),
    );
    this.expectEqual(within, offers, `asked in ${zone}`);
  }

  /** Books a slot that is offered, sometimes against rivals of whom one wins. */
  async take(type, start) {
    const rivals = this.random.chance(0.25) ? RIVALS : 1;
    const answers = await Promise.all(Array.from({ length: rivals }, () => this.attempt(type, start)));
    const [won, ...more] = answers.filter(({ status }) => status === 201);
    const where = `${type.slug} at ${utc(start)}`;
    if (!won) throw new Fault(`${where} is offered and cannot be booked: ${JSON.stringify(answers[0])}`);
    this.standing.set(won.body.id, { type, start });
    for (const { body } of more) this.standing.set(body.id, { type, start });
    if (more.length > 0) throw new Fault(`${where} was booked ${answers.length} times at once`);
    for (const { status, body } of answers) if (status !== 201) expectStatus(where, status, 409, body);
    const { startTime, endTime, status } = won.body;
    const told = [startTime, endTime, status].join(' ');
    const agreed = [utc(start), utc(start + type.durationMinutes * MINUTE), 'CONFIRMED'].join(' ');
    if (told !== agreed) throw new Fault(`${where} was booked as ${told}`);
    this.counts.booked += 1;
    if (rivals > 1) this.counts.races += 1;
    return won.body.id;
  }

  /** A booking takes its own slot out of the offer and puts nothing into it. */
  expectOnly(before, after, type, start) {
    if (after.get(type).has(start))
      throw new Fault(`${type.slug} at ${utc(start)} is booked and still offered`);
    for (const [each, starts] of after) {
      const added = [...starts].find((other) => !before.get(each).has(other));
      if (added !== undefined)
        throw new Fault(`${each.slug} at ${utc(added)} was not offered before a booking`);
    }
  }

  /** On the grid of five minutes around a booking all that is not offered is refused as it must be, for both event types. */
  async expectRefusals(empty, offered, center) {
    const attempts = [];
    for (let start = center - AROUND; start <= center + AROUND; start += STEP) {
      if (start < this.first || start >= this.end) continue;
      for (const type of this.eventTypes) {
        if (offered.get(type).has(start) || isUnsure(type, start)) continue;
        attempts.push({ type, start, isTaken: empty.get(type).has(start) && !isTooSoon(type, start) });
      }
    }
    for (let i = 0; i < attempts.length; i += 8) {
      await Promise.all(attempts.slice(i, i + 8).map((attempt) => this.expectRefusal(attempt)));
    }
  }

  async expectRefusal({ type, start, isTaken }) {
    const { status, body } = await this.attempt(type, start);
    if (status === 201) this.standing.set(body.id, { type, start });
    const where = `${type.slug} at ${utc(start)}, which is ${isTaken ? 'taken' : 'never on offer'}`;
    expectStatus(where, status, isTaken ? 409 : 400, body);
    const names = Object.keys(body.details ?? {}).join();
    if (names !== (isTaken ? '' : 'startTime')) throw new Fault(`${where}: details of ${names || 'nothing'}`);
    this.counts[isTaken ? 'taken' : 'neverOffered'] += 1;
  }

  attempt(type, start) {
    return this.api.book(this.ids.get(type.slug), utc(start));
  }

  async giveBack(id, before) {
    await this.cancel(id);
    this.expectEqual(await this.offers(), before, `after ${id} was cancelled`);
  }

  async cancel(id) {
    await this.api.cancel(id);
    this.standing.delete(id);
  }

  expectEqual(offers, others, when) {
    for (const [type, starts] of offers) {
      const expected = others.get(type);
      const differing = [...starts, ...expected].find(
        (start) =>
          starts.has(start) !== expected.has(start) && !isUnsure(type, start) && !isTooSoon(type, start),
      );
      if (differing !== undefined)
        throw new Fault(`${type.slug}, ${when}: another answer for ${utc(differing)}`);
    }
  }

  /** Nobody else's bookings may be in the way. */
  async expectEmpty() {
    const [booking] = await this.bookings();
    if (booking) throw new Fault(`The owner must have no bookings about ${booking.startTime}`);
  }

  /** The bookings are those that were accepted, and what they block does not overlap. */
  async expectWhatStands() {
    const found = (await this.bookings()).map(({ id }) => id).sort();
    if (found.join() !== [...this.standing.keys()].sort().join())
      throw new Fault('Other bookings stand than were accepted');
    const blocked = [...this.standing.values()]
      .map(({ type, start }) => ({
        from: start - type.bufferBefore * MINUTE,
        until: start + (type.durationMinutes + type.bufferAfter) * MINUTE,
      }))
      .sort((one, other) => one.from - other.from);
    const doubled = blocked.find(({ from }, i) => i > 0 && from < blocked[i - 1].until);
    if (doubled) throw new Fault(`Two bookings overlap at ${utc(doubled.from)}`);
  }

  /** With room for buffers and for the weeks that limits count. */
  bookings() {
    return this.api.confirmed(utc(this.first - 8 * DAY), utc(this.end + 8 * DAY));
  }

  async clear() {
    for (const id of [...this.standing.keys()]) await this.cancel(id).catch(() => undefined);
  }
}

function isTooSoon({ minimumNoticeMinutes }, start) {
  return start < Date.now() + minimumNoticeMinutes * MINUTE;
}

function isUnsure({ minimumNoticeMinutes }, start) {
  return Math.abs(start - (Date.now() + minimumNoticeMinutes * MINUTE)) < UNSURE;
}

function dateOf(instant) {
  return utc(instant).slice(0, 10);
}

function utc(instant) {
  return new Date(instant).toISOString();
}

function clock(minute) {
  const two = (number) => String(number).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
