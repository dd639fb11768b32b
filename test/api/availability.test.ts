import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findTimeZone } from '../../src/kernel/time-zone.js';
import { book, dateInDays, inDays } from '../support/bookings.js';
import type { Client, HttpAnswer } from '../support/client.js';
import { clockChanges } from '../support/clock-changes.js';
import { Installation } from '../support/installation.js';
import { anyTime, type Offer, type Owner } from '../support/owners.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Slot {
  date: string;
  time: string;
  startTime: string;
  endTime: string;
}

interface Availability {
  data: Slot[];
  eventType: { id: string; name: string; slug: string; durationMinutes: number };
  timezone: string;
}

type Query = Record<string, string | readonly string[]>;

describe('availability', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let client: Client;
  let always: Offer;

  beforeAll(async () => {
    linktime = await Installation.production();
    anyone = await linktime.startClient();
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    always = await linktime.owners.offer(owner, { bookingWindowDays: 730 });
  });
  afterAll(() => linktime.close());

  const ask = (offer: Offer, query: Query): Promise<HttpAnswer<Availability>> =>
    client.get(`/api/v1/availability/${offer.slug}`, query);
  const slots = async (offer: Offer, query: Query): Promise<Slot[]> => {
    const { status, body } = await ask(offer, query);
    expect(status).toBe(200);
    return body.data;
  };
  /** The times offered on one date, in UTC. */
  const timesOn = async (offer: Offer, date: string, timezone = 'UTC'): Promise<string[]> =>
    (await slots(offer, { timezone, startDate: date, endDate: date })).map(({ time }) => time);

  async function refused(query: Query, field: string): Promise<void> {
    expect(await client.get(`/api/v1/availability/${always.slug}`, query)).toMatchObject({
      status: 400,
      body: { error: 'Invalid request data', details: { [field]: expect.any(String) } },
    });
  }

  describe('is told', () => {
    it('with the event type and the zone', async () => {
      const { body } = await ask(always, { timezone: 'Europe/Berlin', startDate: dateInDays(3) });
      expect(body.eventType).toEqual({
        id: always.id,
        name: 'Intro call',
        slug: always.slug,
        durationMinutes: 30,
      });
      expect(body.timezone).toBe('Europe/Berlin');
    });

    it.each(['America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'America/St_Johns', 'UTC'])(
      'with dates and times as the clocks of %s show them, in order and inside the range',
      async (timezone) => {
        const [startDate, endDate] = [dateInDays(20), dateInDays(25)];
        const offered = await slots(always, { timezone, startDate, endDate });
        for (const slot of offered) {
          expect({ date: slot.date, time: slot.time }).toEqual(clockAt(slot.startTime, timezone));
          expect(slot.date >= startDate && slot.date <= endDate).toBe(true);
          expect(Date.parse(slot.endTime) - Date.parse(slot.startTime)).toBe(30 * MINUTE);
          expect(slot.startTime).toBe(new Date(slot.startTime).toISOString());
        }
        const starts = offered.map(({ startTime }) => startTime);
        expect(starts).toEqual([...new Set(starts)].toSorted());
        expect(offered[0]).toMatchObject({ date: startDate, time: expect.stringMatching(/^00:/) });
        expect(offered.at(-1)).toMatchObject({ date: endDate, time: expect.stringMatching(/^23:/) });
      },
    );

    it.each(['europe/berlin', 'EUROPE/BERLIN', 'Asia/Calcutta', 'US/Eastern', 'Etc/GMT+5', 'Zulu', 'gmt'])(
      'in the zone or link %s, whatever its letter case',
      async (timezone) => {
        const { status, body } = await ask(always, { timezone, startDate: dateInDays(3) });
        expect(status).toBe(200);
        expect(body.timezone.toLowerCase()).toBe(timezone.toLowerCase());
      },
    );

    it.each([
      '',
      ' ',
      '+05:30',
      '-08:00',
      'UTC+2',
      'GMT+2',
      'Z',
      'Berlin',
      'Europe/Nowhere',
      'Europe/Berlin;',
      '0',
      '../etc',
    ])('in no zone %j', (timezone) => refused({ timezone }, 'timezone'));

    it('in a zone that was asked for, once', async () => {
      await refused({}, 'timezone');
      await refused({ timezone: ['UTC', 'UTC'] }, 'timezone');
    });
  });

  describe('is asked for', () => {
    it.each(['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])(
      'from today in %s for seven days more, unless told otherwise',
      async (timezone) => {
        const before = clockAt(new Date().toISOString(), timezone).date;
        const offered = await slots(always, { timezone, startDate: '', endDate: '' });
        const after = clockAt(new Date().toISOString(), timezone).date;
        expect([before, after].map((date) => plusDays(date, 7))).toContain(offered.at(-1)!.date);
        // The last half hour of a day has nothing left to offer on it.
        expect([before, plusDays(before, 1)]).toContain(offered[0]!.date);
        expect(offered.length).toBeGreaterThanOrEqual(7 * 48);
      },
    );

    it('from a date for seven days more', async () => {
      const offered = await slots(always, { timezone: 'UTC', startDate: dateInDays(10) });
      expect([offered[0]!.date, offered.at(-1)!.date]).toEqual([dateInDays(10), dateInDays(17)]);
    });

    it('from today to a date', async () => {
      const offered = await slots(always, { timezone: 'UTC', endDate: dateInDays(2) });
      expect(offered.at(-1)!.date).toBe(dateInDays(2));
    });

    it('to the end of its last date', async () => {
      expect(await timesOn(always, dateInDays(5))).toHaveLength(48);
    });

    it('for 62 days and no more', async () => {
      const startDate = dateInDays(5);
      const { body } = await ask(always, { timezone: 'UTC', startDate, endDate: dateInDays(67) });
      expect(body.data.at(-1)!.date).toBe(dateInDays(67));
      await refused({ timezone: 'UTC', startDate, endDate: dateInDays(68) }, 'endDate');
      await refused({ timezone: 'UTC', endDate: dateInDays(64) }, 'endDate');
    });

    it('not backwards', () =>
      refused({ timezone: 'UTC', startDate: dateInDays(5), endDate: dateInDays(4) }, 'endDate'));

    it('from the past too, of which nothing is offered', async () => {
      const offered = await slots(always, {
        timezone: 'UTC',
        startDate: dateInDays(-3),
        endDate: dateInDays(1),
      });
      expect(Date.parse(offered[0]!.startTime)).toBeGreaterThan(Date.now() - MINUTE);
      expect(offered[0]!.date >= dateInDays(0)).toBe(true);
      expect(
        await slots(always, { timezone: 'UTC', startDate: '2020-01-01', endDate: '2020-01-05' }),
      ).toEqual([]);
    });

    it.each([
      '2026-02-30',
      '2026-13-01',
      '2026-2-1',
      '20260201',
      'today',
      '2026-02-01T10:00:00Z',
      '1769904000',
    ])('not from or to %s', async (date) => {
      await refused({ timezone: 'UTC', startDate: date }, 'startDate');
      await refused({ timezone: 'UTC', endDate: date }, 'endDate');
    });

    it('with each date once', async () => {
      const twice = [dateInDays(1), dateInDays(1)];
      await refused({ timezone: 'UTC', startDate: twice }, 'startDate');
      await refused({ timezone: 'UTC', endDate: twice }, 'endDate');
    });

    it('by the slug of an active event type of the key’s user', async () => {
      const notFound = { status: 404, body: { error: 'Event type not found' } };
      expect(await ask({ id: '', slug: 'unknown' }, { timezone: 'UTC' })).toMatchObject(notFound);
      expect(await ask({ id: '', slug: always.id }, { timezone: 'UTC' })).toMatchObject(notFound);

      const hidden = await linktime.owners.offer(owner, { isActive: false });
      expect(await ask(hidden, { timezone: 'UTC' })).toMatchObject(notFound);

      const stranger = await linktime.owners.add();
      const theirs = await linktime.owners.offer(stranger, { slug: 'theirs' });
      expect(await ask(theirs, { timezone: 'UTC' })).toMatchObject(notFound);

      const mine = await linktime.owners.offer(owner, { slug: 'theirs', durationMinutes: 60 });
      const { body } = await ask(mine, { timezone: 'UTC' });
      expect(body.eventType).toMatchObject({ id: mine.id, durationMinutes: 60 });
    });
  });

  describe('follows the event type', () => {
    const date = dateInDays(12);
    const daily = (...hours: [string, string][]) =>
      anyTime.flatMap(({ day }) => hours.map(([start, end]) => ({ day, start, end })));

    it('from the start of each opening, by its interval, wholly inside', async () => {
      const offer = await linktime.owners.offer(owner, {
        durationMinutes: 30,
        slotIntervalMinutes: 20,
        availability: daily(['09:00', '10:15'], ['13:10', '14:00']),
      });
      expect(await timesOn(offer, date)).toEqual(['09:00', '09:20', '09:40', '13:10', '13:30']);
    });

    it('by its duration where there is no interval', async () => {
      const offer = await linktime.owners.offer(owner, {
        durationMinutes: 45,
        availability: daily(['09:00', '12:00']),
      });
      expect(await timesOn(offer, date)).toEqual(['09:00', '09:45', '10:30', '11:15']);
    });

    it('to midnight and from it', async () => {
      const offer = await linktime.owners.offer(owner, {
        durationMinutes: 60,
        availability: daily(['00:00', '02:00'], ['22:00', '24:00']),
      });
      expect(await timesOn(offer, date)).toEqual(['00:00', '01:00', '22:00', '23:00']);
    });

    it('in the hours of its own zone', async () => {
      const offer = await linktime.owners.offer(owner, {
        durationMinutes: 60,
        timezone: 'Asia/Kathmandu',
        availability: daily(['09:00', '11:00']),
      });
      expect(await timesOn(offer, date)).toEqual(['03:15', '04:15']);
      expect(await timesOn(offer, date, 'Asia/Kathmandu')).toEqual(['09:00', '10:00']);
    });

    it('with its dates of other hours or none', async () => {
      const offer = await linktime.owners.offer(owner, {
        durationMinutes: 60,
        availability: daily(['09:00', '11:00']),
        overrides: [
          { date: dateInDays(13), intervals: [] },
          { date: dateInDays(14), intervals: [{ start: '20:00', end: '21:00' }] },
        ],
      });
      expect(await timesOn(offer, dateInDays(13))).toEqual([]);
      expect(await timesOn(offer, dateInDays(14))).toEqual(['20:00']);
      expect(await timesOn(offer, dateInDays(15))).toEqual(['09:00', '10:00']);
    });

    it('no sooner than its notice', async () => {
      const noon = Date.parse(`${dateInDays(2)}T12:00:00Z`); // far from midnight, across which nothing is offered
      const offer = await linktime.owners.offer(owner, {
        minimumNoticeMinutes: Math.floor((noon - Date.now()) / MINUTE),
        slotIntervalMinutes: 1,
      });
      const [first] = await slots(offer, { timezone: 'UTC' });
      expect([noon, noon + MINUTE]).toContain(Date.parse(first!.startTime)); // or a minute later: time goes on
    });

    it('no later than its window, in dates of its zone', async () => {
      const offer = await linktime.owners.offer(owner, {
        bookingWindowDays: 5,
        timezone: 'Pacific/Kiritimati',
      });
      const before = clockAt(new Date().toISOString(), 'Pacific/Kiritimati').date;
      const offered = await slots(offer, { timezone: 'Pacific/Kiritimati', endDate: dateInDays(20) });
      expect([plusDays(before, 5), plusDays(before, 6)]).toContain(offered.at(-1)!.date);
    });

    it('a day until its daily limit is reached, a week until its weekly', async () => {
      const someone = await linktime.owners.add();
      const asker = anyone.as(someone);
      const offer = await linktime.owners.offer(someone, {
        durationMinutes: 60,
        timezone: 'Pacific/Auckland', // ahead of UTC by half a day
        availability: daily(['09:00', '12:00']),
        dailyLimit: 2,
        weeklyLimit: 3,
      });
      const times = async (day: string) => {
        const query = { timezone: 'Pacific/Auckland', startDate: day, endDate: day };
        const { body } = await asker.get<Availability>(`/api/v1/availability/${offer.slug}`, query);
        return body.data;
      };
      const monday = nextMonday(dateInDays(7));
      const [tuesday, sunday] = [plusDays(monday, 1), plusDays(monday, 6)];
      const take = async (day: string, n: number) => book(anyone, offer, (await times(day))[n]!.startTime);

      const first = await take(monday, 0);
      expect(await times(monday)).toHaveLength(2);
      await take(monday, 0);
      expect(await times(monday)).toEqual([]);
      expect(await times(tuesday)).toHaveLength(3);
      await take(sunday, 1);
      expect(await times(tuesday)).toEqual([]);
      expect(await times(sunday)).toEqual([]);
      expect(await times(plusDays(monday, -1))).toHaveLength(3);
      expect(await times(plusDays(monday, 7))).toHaveLength(3);

      await asker.post(`/api/v1/bookings/${first.id}/cancel`);
      expect(await times(monday)).toHaveLength(2);
      expect(await times(tuesday)).toHaveLength(3);
    });

    it('around what is booked with the host, whichever event type it came from, buffers of both kept', async () => {
      const someone = await linktime.owners.add();
      const asker = anyone.as(someone);
      const hours = { durationMinutes: 30, slotIntervalMinutes: 15, availability: daily(['09:00', '13:00']) };
      const plain = await linktime.owners.offer(someone, hours);
      const buffered = await linktime.owners.offer(someone, { ...hours, bufferBefore: 15, bufferAfter: 30 });
      const times = async (offer: Offer) => {
        const query = { timezone: 'UTC', startDate: date, endDate: date };
        const { body } = await asker.get<Availability>(`/api/v1/availability/${offer.slug}`, query);
        return body.data.map(({ time }) => time);
      };
      expect((await times(buffered))[0]).toBe('09:00'); // buffers may reach outside
      expect((await times(buffered)).at(-1)).toBe('12:30');

      await book(anyone, plain, `${date}T11:00:00Z`);
      expect(await times(plain)).toEqual([
        '09:00',
        '09:15',
        '09:30',
        '09:45',
        '10:00',
        '10:15',
        '10:30',
        '11:30',
        '11:45',
        '12:00',
        '12:15',
        '12:30',
      ]);
      expect(await times(buffered)).toEqual([
        '09:00',
        '09:15',
        '09:30',
        '09:45',
        '10:00',
        '11:45',
        '12:00',
        '12:15',
        '12:30',
      ]);

      await book(anyone, buffered, `${date}T12:15:00Z`); // blocks 12:00 to 13:15
      expect(await times(plain)).toEqual([
        '09:00',
        '09:15',
        '09:30',
        '09:45',
        '10:00',
        '10:15',
        '10:30',
        '11:30',
      ]);
      expect(await times(buffered)).toEqual(['09:00', '09:15', '09:30', '09:45', '10:00']);
    });
  });

  describe('where clocks change', () => {
    const zone = findTimeZone('America/New_York')!;
    const year = new Date().getUTCFullYear();
    const changes = clockChanges(zone, year, year + 2).filter((at) => at > Date.now() + 48 * HOUR);
    const offsetAt = (at: number) => zone.rules().offsetOfEpochMilli(at).totalSeconds();
    const forward = changes.find((at) => offsetAt(at) > offsetAt(at - 1))!;
    const back = changes.find((at) => offsetAt(at) < offsetAt(at - 1))!;
    const dateOf = (at: number) => clockAt(new Date(at).toISOString(), 'America/New_York').date;
    let offer: Offer;

    beforeAll(async () => {
      offer = await linktime.owners.offer(owner, {
        timezone: 'America/New_York',
        bookingWindowDays: 730,
        durationMinutes: 60,
        availability: anyTime.map(({ day }) => ({ day, start: '00:00', end: '04:00' })),
      });
    });

    it('offers an hour less on the night they go forward', async () => {
      expect(await timesOn(offer, dateOf(forward), 'America/New_York')).toEqual(['00:00', '01:00', '03:00']);
    });

    it('offers an hour more on the night they go back, twice at the same time', async () => {
      const night = dateOf(back);
      const offered = await slots(offer, { timezone: 'America/New_York', startDate: night, endDate: night });
      expect(offered.map(({ time }) => time)).toEqual(['00:00', '01:00', '01:00', '02:00', '03:00']);
      const [one, other] = offered.filter(({ time }) => time === '01:00');
      expect(Date.parse(other!.startTime) - Date.parse(one!.startTime)).toBe(HOUR);
    });

    it('lets both be booked, each by itself', async () => {
      const night = dateOf(back);
      const query = { timezone: 'America/New_York', startDate: night, endDate: night };
      const twins = (await slots(offer, query)).filter(({ time }) => time === '01:00');
      await book(anyone, offer, twins[0]!.startTime);
      expect((await slots(offer, query)).filter(({ time }) => time === '01:00')).toEqual([twins[1]]);
      await book(anyone, offer, twins[1]!.startTime);
      expect(await timesOn(offer, night, 'America/New_York')).toEqual(['00:00', '02:00', '03:00']);
    });
  });

  it('offers what can be booked, and nothing else can', async () => {
    const someone = await linktime.owners.add();
    const offer = await linktime.owners.offer(someone, {
      durationMinutes: 25,
      slotIntervalMinutes: 35,
      bufferBefore: 10,
      availability: anyTime.map(({ day }) => ({ day, start: '09:10', end: '12:00' })),
    });
    const date = dateInDays(8);
    await book(anyone, offer, `${date}T10:20:00Z`);
    const offeredNow = async () => {
      const query = { timezone: 'UTC', startDate: date, endDate: date };
      const { body } = await anyone
        .as(someone)
        .get<Availability>(`/api/v1/availability/${offer.slug}`, query);
      return body.data.map(({ startTime }) => startTime);
    };
    let offered = await offeredNow();
    for (let minute = 9 * 60; minute <= 12 * 60; minute += 5) {
      const startTime = inDays(
        8,
        `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
      );
      const { status } = await anyone.post('/api/bookings', {
        eventTypeId: offer.id,
        inviteeName: 'Ada',
        inviteeEmail: 'ada@example.com',
        inviteeTimezone: 'UTC',
        startTime,
      });
      expect({ startTime, booked: status === 201 }).toEqual({
        startTime,
        booked: offered.includes(startTime),
      });
      if (status === 201) offered = await offeredNow();
    }
    expect(await offeredNow()).toEqual([]);
  });
});

/** What the clocks of a zone show at an instant, as the runtime knows it. */
function clockAt(instant: string, timeZone: string): { date: string; time: string } {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    new Date(instant),
  );
  const [date, time] = text.split(' ');
  return { date: date!, time: time! };
}

function plusDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 24 * HOUR).toISOString().slice(0, 10);
}

function nextMonday(date: string): string {
  const weekday = new Date(date).getUTCDay();
  return plusDays(date, (8 - weekday) % 7);
}
