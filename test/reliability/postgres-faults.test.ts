import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { Guests, type Asked } from './guests.js';
import { length, report } from './report.js';
import { drain, judge } from './verdict.js';
import { World } from './world.js';

const POOL_SIZE = 6;
/** A pool for each of two processes, and a connection to listen on. */
const MOST_CONNECTIONS = 2 * (POOL_SIZE + 1);

/** How long each trouble lasts, how long an answer may take meanwhile, and how long after it the first booking may be made. */
const { seconds, answeredWithinMs, backWithinMs, times } = length({
  short: { seconds: 3, answeredWithinMs: 10_000, backWithinMs: 20_000, times: 1 },
  long: { seconds: 10, answeredWithinMs: 6_000, backWithinMs: 10_000, times: 5 },
});

interface Trouble {
  readonly name: string;
  /** Begins it, and returns what ends it. */
  readonly begin: (world: World) => Promise<() => Promise<void>>;
}

const troubles: Trouble[] = [
  {
    name: 'is killed and starts again',
    begin: async (world) => {
      await world.postgres.kill();
      return () => world.postgres.restart();
    },
  },
  {
    name: 'throws everybody out',
    begin: async (world) => {
      await throwOut(world);
      return async () => undefined;
    },
  },
  {
    name: 'has no connection to spare',
    begin: async (world) => {
      const hog = new Hog(world.postgres.url);
      await hog.takeAll();
      return () => hog.letGo();
    },
  },
  {
    name: 'falls silent',
    begin: async (world) => {
      await world.toPostgres.blackHole();
      return () => world.toPostgres.pass();
    },
  },
];

describe('Guests book while PostgreSQL', () => {
  let world: World;
  let guests: Guests;
  const figures: Record<string, { slowestMs: number; backAfterMs: number }> = {};

  beforeAll(async () => {
    world = await World.open({
      postgresSettings: { max_connections: '40' },
      settings: { DATABASE_POOL_SIZE: String(POOL_SIZE) },
    });
    await Promise.all([world.startApi(), world.startWorker()]);
    guests = await Guests.of(world);
  }, 60_000);
  afterAll(() => world?.close());

  it.each(troubles)(
    '$name: they are asked to come again, and served when it is over',
    async ({ name, begin }) => {
      for (let time = 0; time < times; time += 1) {
        const before = guests.asked.length;
        let backAfterMs = 0;
        await guests.keepAskingDuring(
          async () => {
            const end = await begin(world);
            await delay(seconds * 1_000);
            await end();
            const ended = performance.now();
            const booked = bookings(guests.asked);
            await eventually(() => bookings(guests.asked) > booked + 5, backWithinMs);
            backAfterMs = performance.now() - ended;
          },
          3,
          20,
        );

        const asked = guests.asked.slice(before);
        const slowestMs = Math.max(...asked.flatMap(({ tookMs }) => tookMs));
        figures[name] = {
          slowestMs: Math.max(figures[name]?.slowestMs ?? 0, Math.round(slowestMs)),
          backAfterMs: Math.max(figures[name]?.backAfterMs ?? 0, Math.round(backAfterMs)),
        };
        const strange = asked
          .flatMap(({ answers }) => answers)
          .filter((it) => ![200, 201, 409, 503].includes(it));
        expect(strange).toEqual([]);
        expect(slowestMs).toBeLessThan(answeredWithinMs);
      }
    },
    times * (seconds + 60) * 1_000,
  );

  it('is well again: no connection is left over, and all that was owed is delivered', async () => {
    await world.endLeases(); // of attempts whose outcome could not be stored
    const drained = await drain(world, 60_000);
    const verdict = await judge(world, guests.asked, drained);
    const [{ count }] = (await world.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where application_name like 'linktime%'`,
    )) as [{ count: number }];
    await report('R7 PostgreSQL in trouble', null, {
      ...figures,
      connections: world.toPostgres.connections,
      ...verdict,
    });
    expect(verdict.faults).toEqual([]);
    expect(verdict.refusals).toBeGreaterThan(0);
    expect(world.toPostgres.connections).toBeLessThanOrEqual(MOST_CONNECTIONS);
    expect(count).toBeLessThanOrEqual(MOST_CONNECTIONS + World.POOL_SIZE);
  }, 90_000);
});

function bookings(asked: readonly Asked[]): number {
  return asked.filter(({ kind, id }) => kind === 'book' && id !== null).length;
}

/** Ends all connections of LinkTime's processes, the test's own besides. */
async function throwOut(world: World): Promise<void> {
  await world.query(`select pg_terminate_backend(pid) ${OF_LINKTIME}`);
}

const OF_LINKTIME = `from pg_stat_activity where application_name like 'linktime%' and pid <> pg_backend_pid()`;

/** A client that takes all the connections there are, and those that others have. */
class Hog {
  private readonly clients: pg.Client[] = [];

  constructor(private readonly url: string) {}

  async takeAll(): Promise<void> {
    await this.takeFree();
    await eventually(async () => {
      const { rowCount } = await this.clients[0]!.query(
        `select pg_terminate_backend(pid) from (select pid ${OF_LINKTIME} limit 1) one`,
      );
      await this.takeFree();
      return rowCount === 0;
    });
  }

  async letGo(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
  }

  /** Takes connections until there is none left. */
  private async takeFree(): Promise<void> {
    for (;;) {
      const client = new pg.Client({ connectionString: this.url });
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch {
        return;
      }
      this.clients.push(client);
    }
  }
}
