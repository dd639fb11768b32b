import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from './figures.js';
import { Guests } from './guests.js';
import { length, report } from './report.js';
import { drain, judge } from './verdict.js';
import { World } from './world.js';

/** For how long each trouble lasts while guests book. How fast they are served is held against the aim in the long form only. */
const { seconds, p99Ms } = length({
  short: { seconds: 2.5, p99Ms: Infinity },
  long: { seconds: 30, p99Ms: 300 },
});

interface Trouble {
  readonly name: string;
  readonly begin: (world: World) => Promise<void>;
  readonly end: (world: World) => Promise<void>;
}

const troubles: Trouble[] = [
  {
    name: 'is down when processes start',
    begin: async (world) => {
      await world.redis.kill('SIGKILL');
      await Promise.all([world.replace('api'), world.replace('worker')]);
    },
    end: (world) => world.redis.restart(),
  },
  {
    name: 'is killed',
    begin: (world) => world.redis.kill('SIGKILL'),
    end: (world) => world.redis.restart(),
  },
  { name: 'is wiped', begin: (world) => world.tellRedis('flushall'), end: async () => undefined },
  {
    name: 'has no memory left',
    begin: (world) => world.tellRedis('config', 'set', 'maxmemory', '1'),
    end: (world) => world.tellRedis('config', 'set', 'maxmemory', '0'),
  },
  {
    name: 'is a replica that takes no writes',
    begin: (world) => world.tellRedis('replicaof', '127.0.0.1', '1'),
    end: (world) => world.tellRedis('replicaof', 'no', 'one'),
  },
  {
    name: 'answers half a second late',
    begin: (world) => world.toRedis.delay(500),
    end: (world) => world.toRedis.pass(),
  },
  {
    name: 'falls silent',
    begin: (world) => world.toRedis.blackHole(),
    end: (world) => world.toRedis.pass(),
  },
];

describe('Guests book while Redis', () => {
  let world: World;
  let guests: Guests;
  const p99ByTrouble: Record<string, number> = {};

  beforeAll(async () => {
    // With limits, for which the API asks Redis at every booking, and which nobody reaches.
    const limits = { LIMIT_PUBLIC_BOOKING_PER_MINUTE: '1000000', LIMIT_API_KEY_PER_MINUTE: '1000000' };
    world = await World.open({ redisArgs: ['--maxmemory-policy', 'noeviction'], settings: limits });
    await Promise.all([world.startApi(), world.startWorker()]);
    guests = await Guests.of(world);
  }, 60_000);
  afterAll(() => world?.close());

  it.each(troubles)(
    '$name, and none of them notices',
    async ({ name, begin, end }) => {
      await begin(world);
      const before = guests.asked.length;
      await guests.keepAskingDuring(() => delay(seconds * 1_000), 2, 60);
      await end(world);

      const asked = guests.asked.slice(before);
      expect(asked.length).toBeGreaterThan(seconds);
      expect(
        new Set(asked.flatMap(({ answers }) => answers).filter((status) => status >= 500 || status === 0)),
      ).toEqual(new Set());
      const p99 = percentile(
        99,
        asked.filter(({ kind }) => kind === 'book').flatMap(({ tookMs }) => tookMs),
      );
      p99ByTrouble[name] = Math.round(p99);
      expect(p99).toBeLessThan(p99Ms);
    },
    (seconds + 60) * 1_000,
  );

  it('is well again, and all that was owed meanwhile is delivered', async () => {
    await world.endTurns();
    const drained = await drain(world, 60_000);
    const verdict = await judge(world, guests.asked, drained);
    await report('R6 Redis in trouble', null, { p99Ms: p99ByTrouble, ...verdict });
    expect(verdict.faults).toEqual([]);
    expect(verdict.refusals).toBe(0);
  }, 90_000);
});
