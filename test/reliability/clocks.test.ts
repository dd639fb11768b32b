import { Instant, ZonedDateTime, type LocalTime, type ZoneId } from '@js-joda/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { findTimeZone } from '../../src/kernel/time-zone.js';
import { clockChanges } from '../support/clock-changes.js';
import { eventually } from '../support/eventually.js';
import type { Owner } from '../support/owners.js';
import { SetClock } from '../support/set-clock.js';
import { Guests, type Asked } from './guests.js';
import { length, report } from './report.js';
import { drain, judge } from './verdict.js';
import { World } from './world.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const { bookings } = length({ short: { bookings: 6 }, long: { bookings: 200 } });

describe('A worker whose clock is', () => {
  let world: World;
  let owner: Owner;
  let guests: Guests;
  const others: Guests[] = [];
  let clock: SetClock | undefined;

  const guestsOf = async (host: Owner, terms: Record<string, unknown> = {}) => {
    const offer = await world.owners.offer(host, { durationMinutes: 5, bookingWindowDays: 400, ...terms });
    return new Guests(
      host,
      offer,
      () => world.apis.map(({ url }) => url),
      () => 0.1,
    );
  };

  beforeAll(async () => {
    world = await World.open();
    await world.startApi();
    owner = await world.owners.add({ reminderMinutes: [1_440, 60, 20] });
    await world.addEndpoint(owner, '/good');
    guests = await guestsOf(owner);
  }, 60_000);
  afterEach(async () => {
    if (!world) return;
    world.hooks.onHook = () => undefined;
    await Promise.all(world.workers.splice(0).map((worker) => worker.stop()));
    await clock?.remove();
  });
  afterAll(() => world?.close());

  /** Starts a worker that goes by a clock which is so far off. */
  const startWorker = async (offset: string): Promise<SetClock> => {
    clock = await SetClock.at(offset);
    await world.startWorker(clock.settings);
    return clock;
  };
  const bookSome = async () => {
    for (let n = 0; n < bookings; n += 1) await guests.askOnce();
  };
  /** A meeting that begins at the next full five minutes but so many. */
  const meetIn = async (minutes: number): Promise<Asked> => {
    const start = Math.ceil((Date.now() + minutes * MINUTE) / (5 * MINUTE)) * 5 * MINUTE;
    return (await guests.book(new Date(start).toISOString()))!;
  };
  /** How long before its begin each reminder of a booking is due that is not sent yet, in minutes. */
  const planned = async ({ id }: Asked): Promise<number[]> =>
    (
      await world.query<{ minutes: number }>(
        `select (extract(epoch from b.starts_at - r.due_at) / 60)::int as minutes
         from reminders r join bookings b on b.id = r.booking_id where b.id = $1 order by 1`,
        [id],
      )
    ).map(({ minutes }) => minutes);
  const remindersOf = async ({ id }: Asked): Promise<string[]> =>
    (
      await world.query<{ status: string }>(
        `select status from email_logs where booking_id = $1 and type = 'REMINDER'`,
        [id],
      )
    ).map(({ status }) => status);
  /** Lets the time come for a booking's nearest reminder. */
  const comeDue = ({ id }: Asked) =>
    world.query(
      `update reminders set due_at = now()
       where (booking_id, minutes_before) in (select booking_id, min(minutes_before) from reminders where booking_id = $1 group by 1)`,
      [id],
    );

  it.each([
    ['an hour ahead', '+1h', { soonMinutes: 30 }],
    ['an hour behind', '-1h', { soonMinutes: 40 }],
  ])(
    '%s sends all there is to send, and nothing too early or too late',
    async (_which, offset, { soonMinutes }) => {
      await startWorker(offset);
      const firstHook = world.hooks.accepted.length;
      const [soon, later] = [await meetIn(soonMinutes), await meetIn(soonMinutes + 60)];
      await bookSome();
      await drain(world, 60_000);

      // An hour ahead, the one has begun and the other is to be reminded of at once; an hour behind, both are further off.
      expect(await planned(soon)).toEqual([20]);
      expect(await planned(later)).toEqual([20, 60]);
      expect([...(await remindersOf(soon)), ...(await remindersOf(later))]).toEqual([]);
      await comeDue(soon);
      expect(await eventually(async () => (await remindersOf(soon)).includes('SENT'), 20_000)).toBe(true);
      expect(await remindersOf(soon)).toEqual(['SENT']);
      expect(await planned(soon)).toEqual([]);
      expect(await planned(later)).toEqual([20, 60]);

      const hooks = world.hooks.accepted.slice(firstHook);
      expect(hooks.length).toBeGreaterThan(bookings);
      // Receivers refuse what was signed more than five minutes ago, or will be.
      expect(Math.max(...hooks.map(({ signedAt, at }) => Math.abs(at - signedAt)))).toBeLessThan(MINUTE);
    },
    120_000,
  );

  it('an hour ahead tries again what failed when it is time', async () => {
    await startWorker('+1h');
    const host = await world.owners.add();
    const { id } = await world.addEndpoint(host, '/bad');
    const refused = await guestsOf(host);
    others.push(refused);
    await refused.askOnce();
    const [{ seconds }] = await eventually(async () => {
      const rows = await world.query<{ seconds: number }>(
        `select extract(epoch from next_attempt_at - now())::float8 as seconds
         from webhook_deliveries where endpoint_id = $1 and attempts = 1 and not under_way`,
        [id],
      );
      return rows.length > 0 && (rows as [{ seconds: number }]);
    }, 30_000);
    expect(seconds).toBeLessThan(7);
    // The second attempt, 5 s after the first; the third is not due for five minutes.
    await eventually(async () => {
      const rows = await world.query(
        'select from webhook_deliveries where endpoint_id = $1 and attempts = 2',
        [id],
      );
      return rows.length > 0;
    }, 40_000);
  }, 120_000);

  it('set back and forth by two hours in the middle of its work does all of it, once', async () => {
    const set = await startWorker('+1h');
    let turns = 0;
    world.hooks.onHook = (moment) => void (moment === 'taking' && set.set((turns += 1) % 2 ? '-1h' : '+1h'));
    await bookSome();
    // To the mail library, a step while it connects is a time-out: such a mail is put off for a minute, which need not be waited for.
    await drain(world, 10_000).catch(() => world.endLeases());
    await drain(world, 60_000);
    expect(turns).toBeGreaterThan(bookings);
  }, 120_000);

  it.each([
    'America/New_York',
    'Europe/Berlin',
    'America/Santiago',
    'Australia/Lord_Howe',
    'Pacific/Auckland',
    'Africa/Cairo',
  ])(
    'right, reminds 24 hours before a meeting on the day after clocks change in %s',
    async (name) => {
      await world.startWorker();
      const zone = findTimeZone(name)!;
      const host = await world.owners.add({ timezone: name, reminderMinutes: [1_440] });
      const there = await guestsOf(host, { timezone: name });
      others.push(there);
      const year = new Date().getUTCFullYear();
      const change = clockChanges(zone, year, year + 2).find((at) => at > Date.now() + 2 * DAY)!;

      const meeting = (await there.book(new Date(change + DAY / 2).toISOString()))!;
      await drain(world, 60_000);
      const [{ due }] = (await world.query<{ due: string }>(
        'select due_at as due from reminders where booking_id = $1',
        [meeting.id],
      )) as [{ due: string }];
      expect(Date.parse(due)).toBe(change - DAY / 2);
      expect(timeIn(zone, due)).not.toEqual(timeIn(zone, meeting.startTime));
    },
    60_000,
  );

  it('any of these has lost and doubled nothing', async () => {
    const verdict = await judge(
      world,
      [guests, ...others].flatMap(({ asked }) => asked),
      0,
    );
    await report('R19 clocks', null, verdict);
    expect(verdict.faults).toEqual([]);
    expect([verdict.webhooksTwice, verdict.mailsTwice]).toEqual([0, 0]);
  });
});

function timeIn(zone: ZoneId, instant: string): LocalTime {
  return ZonedDateTime.ofInstant(Instant.parse(instant), zone).toLocalTime();
}
