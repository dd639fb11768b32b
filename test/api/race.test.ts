import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inDays, tryToBook } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { length, report } from '../reliability/report.js';

const { racers, processes, rounds } = length({
  short: { racers: 40, processes: 2, rounds: 1 },
  long: { racers: 60, processes: 3, rounds: 200 },
});

interface Wish {
  readonly offer: Offer;
  readonly startTime: string;
}

interface Outcome {
  /** How many wishes were granted. */
  readonly booked: number;
  /** How many were refused as they should be. */
  readonly refused: number;
  /** Pairs of bookings of one host whose blocked stretches overlap. */
  readonly overlaps: number;
}

/** Processes on one database, asked for bookings all at once. */
class Race {
  private constructor(
    private readonly linktime: Installation,
    private readonly clients: Client[],
  ) {}

  static async prepare(linktime: Installation): Promise<Race> {
    const clients = await Promise.all(Array.from({ length: processes }, () => linktime.startClient()));
    return new Race(linktime, clients);
  }

  /** Each wish is somebody’s own, and the processes get them in turn. */
  async run(wishes: readonly Wish[], inviteeEmail?: string): Promise<Outcome> {
    const answers = await Promise.all(
      wishes.map(({ offer, startTime }, n) =>
        tryToBook(this.clients[n % processes]!, offer, startTime, {
          inviteeEmail: inviteeEmail ?? `racer-${n}@example.com`,
        }),
      ),
    );
    const refused = answers.filter(
      ({ status, body }) => status === 409 && body.error === 'This time slot is no longer available',
    );
    const booked = answers.filter(({ status }) => status === 201);
    expect(booked.length + refused.length).toBe(wishes.length);
    return { booked: booked.length, refused: refused.length, overlaps: await this.overlaps() };
  }

  private async overlaps(): Promise<number> {
    const [row] = await this.linktime.query<{ count: number }>(
      `select count(*)::int from bookings a join bookings b on a.owner_id = b.owner_id and a.id < b.id
       where a.status = 'CONFIRMED' and b.status = 'CONFIRMED' and a.blocked && b.blocked`,
    );
    return row!.count;
  }
}

describe('a race for bookings over several processes', () => {
  let linktime: Installation;
  let race: Race;
  let owner: Owner;

  beforeAll(async () => {
    linktime = await Installation.production(withoutLimits);
    race = await Race.prepare(linktime);
  });
  afterAll(() => linktime.close());

  const count = async (sql: string, parameters: unknown[] = []) =>
    (await linktime.query<{ count: number }>(`select count(*)::int from ${sql}`, parameters))[0]!.count;

  it('for one time is won by one, and leaves one of everything', async () => {
    owner = await linktime.owners.add();
    const offer = await linktime.owners.offer(owner, { bookingWindowDays: 300 });
    const times = Math.max(5, rounds);
    for (let round = 0; round < times; round += 1) {
      const startTime = inDays(5 + round, '10:00');
      const inviteeEmail = `same-${round}@example.com`;
      const outcome = await race.run(sameWish({ offer, startTime }), inviteeEmail);
      expect(outcome).toEqual({ booked: 1, refused: racers - 1, overlaps: 0 });

      expect(await count('bookings where starts_at = $1', [startTime])).toBe(1);
      expect(await count('contacts where email = $1', [inviteeEmail])).toBe(1);
      const events = await linktime.query(
        `select name from outbox where data ->> 'email' = $1 or data -> 'invitee' ->> 'email' = $1 order by position`,
        [inviteeEmail],
      );
      expect(events).toEqual([{ name: 'contact.created' }, { name: 'booking.created' }]);
    }
    expect(await count('contacts where owner_id = $1', [owner.id])).toBe(times);
  });

  it('for times that overlap in part is won by some that do not, without a deadlock', async () => {
    for (let round = 0; round < rounds; round += 1) {
      owner = await linktime.owners.add();
      const offer = await linktime.owners.offer(owner, { durationMinutes: 60, slotIntervalMinutes: 5 });
      const wishes = Array.from({ length: racers }, (_, n) => ({
        offer,
        startTime: inDays(12, `${10 + Math.floor(n / 12)}:${String((n % 12) * 5).padStart(2, '0')}`),
      }));
      const outcome = await race.run(wishes);
      expect(outcome.overlaps).toBe(0);
      const hours = racers / 12; // from the first wish to the last, wherever those fall that are granted
      expect(outcome.booked).toBeGreaterThanOrEqual(Math.floor((hours + 1) / 2));
      expect(outcome.booked).toBeLessThanOrEqual(Math.ceil(hours));
    }
  });

  it('for two event types of one host keeps the buffers of both', async () => {
    for (let round = 0; round < rounds; round += 1) {
      owner = await linktime.owners.add();
      const [one, other] = [
        await linktime.owners.offer(owner, { bufferBefore: 20, bufferAfter: 10 }),
        await linktime.owners.offer(owner, { bufferAfter: 30 }),
      ];
      const wishes = Array.from({ length: racers }, (_, n) => ({
        offer: n % 4 < 2 ? one! : other!,
        startTime: inDays(13, n % 3 === 0 ? '10:00' : n % 3 === 1 ? '10:30' : '11:00'),
      }));
      const outcome = await race.run(wishes);
      expect(outcome.overlaps).toBe(0);
      expect(outcome.booked).toBeGreaterThanOrEqual(1);
    }
  });

  it('for different times of one host is won by all', async () => {
    owner = await linktime.owners.add();
    const offer = await linktime.owners.offer(owner);
    const wishes = Array.from({ length: 16 }, (_, n) => ({
      offer,
      startTime: inDays(14, `${String(n).padStart(2, '0')}:30`),
    }));
    expect(await race.run(wishes)).toEqual({ booked: 16, refused: 0, overlaps: 0 });
  });

  it('for one time of several hosts is won by one for each', async () => {
    const offers: Offer[] = [];
    for (let n = 0; n < 4; n += 1) offers.push(await linktime.owners.offer(await linktime.owners.add()));
    const wishes = Array.from({ length: racers }, (_, n) => ({
      offer: offers[n % 4]!,
      startTime: inDays(15, '10:00'),
    }));
    expect(await race.run(wishes)).toEqual({ booked: 4, refused: racers - 4, overlaps: 0 });
  });

  it.each([
    ['a day', { dailyLimit: 3 }],
    ['a week', { weeklyLimit: 3 }],
  ])('for a limit of three %s is won by three', async (_what, limit) => {
    owner = await linktime.owners.add();
    const offer = await linktime.owners.offer(owner, limit);
    const wishes = Array.from({ length: racers }, (_, n) => ({
      offer,
      startTime: inDays(16, `${String(Math.floor(n / 2) % 24).padStart(2, '0')}:${n % 2 ? '30' : '00'}`),
    }));
    expect(await race.run(wishes)).toEqual({ booked: 3, refused: racers - 3, overlaps: 0 });
  });

  it('never came to a deadlock', async () => {
    const [{ deadlocks }] = (await linktime.query<{ deadlocks: number }>(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    )) as [{ deadlocks: number }];
    const bookings = await count(`bookings where status = 'CONFIRMED'`);
    await report('R1 race', null, { racers, processes, rounds, bookings, deadlocks });
    expect(deadlocks).toBe(0);
  });
});

describe('the same race without lock and constraint', () => {
  let linktime: Installation;

  beforeAll(async () => {
    linktime = await Installation.production(withoutLimits);
    await linktime.query('alter table bookings drop constraint bookings_never_overlap');
    // Found before PostgreSQL's own by every connection from now on.
    await linktime.query(`
      create schema scratch;
      create function scratch.pg_advisory_xact_lock(bigint) returns void language sql as '';
      do $$ begin
        execute format('alter database %I set search_path = public, scratch, pg_catalog', current_database());
      end $$`);
    // The pause lets others look before the first has booked.
    await linktime.query(`
      create function pause() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.5); return null; end $$;
      create trigger pause before insert on bookings for each statement execute function pause()`);
  });
  afterAll(() => linktime.close());

  it('is won by many: what is proven above would be seen to fail', async () => {
    const race = await Race.prepare(linktime);
    const offer = await linktime.owners.offer(await linktime.owners.add());
    const outcome = await race.run(sameWish({ offer, startTime: inDays(5, '10:00') }));
    expect(outcome.booked).toBeGreaterThan(1);
    expect(outcome.overlaps).toBeGreaterThan(0);
  });
});

function sameWish(wish: Wish): Wish[] {
  return Array.from({ length: racers }, () => wish);
}
