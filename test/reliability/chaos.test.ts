import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { randomFrom, seedOfRun } from '../support/random.js';
import { Guests } from './guests.js';
import { length, report } from './report.js';
import { drain, judge } from './verdict.js';
import { World } from './world.js';

/**
 * How long each lasts, how often what is killed, and how long a guest rests between two wishes. In the long form all is killed for ten
 * minutes, in which workers live for little more than a second: guests then wish for no more than such workers can tell of.
 */
const { seconds, apiEvery, workerEvery, redisEvery, postgresEvery, owners, pauseMs } = length({
  short: {
    ...{ seconds: 14, apiEvery: 3, workerEvery: 2.5, redisEvery: 6, postgresEvery: 9 },
    ...{ owners: 2, pauseMs: 100 },
  },
  long: {
    ...{ seconds: 600, apiEvery: 1.2, workerEvery: 1.2, redisEvery: 20, postgresEvery: 30 },
    ...{ owners: 6, pauseMs: 3_000 },
  },
});

describe('Everything killed again and again, under load', () => {
  let world: World;
  afterEach(() => world.close());

  it(
    'loses no change, doubles none, and reaches every receiver with each',
    async () => {
      const seed = seedOfRun();
      const random = randomFrom(seed);
      world = await World.open({ redisArgs: ['--appendonly', 'yes', '--appendfsync', 'everysec'] });
      await Promise.all([world.startApi(), world.startApi(), world.startWorker(), world.startWorker()]);
      const guests = await Promise.all(
        Array.from({ length: owners }, async (_, i) => {
          const owner = await world.owners.add();
          const offer = await world.owners.offer(owner, { durationMinutes: 5 });
          await world.addEndpoint(owner, `/good-${i}`);
          if (i === 0) await world.addEndpoint(owner, '/bad'); // one of them takes nothing, ever
          return new Guests(owner, offer, () => world.apis.map(({ url }) => url), random);
        }),
      );
      const until = performance.now() + seconds * 1_000;
      const asking = guests.map((each) => each.keepAsking(3, pauseMs));
      await Promise.all([
        every(apiEvery, until, () => world.replace('api')),
        every(workerEvery, until, () => world.replace('worker')),
        every(redisEvery, until, async () => {
          if (random() < 0.5) await world.loseRedis();
          await world.redis.restart();
        }),
        every(postgresEvery, until, () => world.postgres.restart()),
      ]);
      for (const each of guests) each.stop();
      await Promise.all(asking);
      await world.settle();

      const drained = await drain(world, 90_000);
      const verdict = await judge(
        world,
        guests.flatMap(({ asked }) => asked),
        drained,
      );
      await report('R4 chaos', seed, verdict);
      expect(verdict.faults).toEqual([]);
      expect(verdict.bookings).toBeGreaterThan(20);
    },
    (seconds + 240) * 1_000,
  );
});

/** Does it again and again until the time has come; what takes longer than its turn is not done twice at once. */
async function every(seconds: number, until: number, work: () => Promise<void>): Promise<void> {
  while (performance.now() + seconds * 1_000 < until) {
    await delay(seconds * 1_000);
    await work();
  }
}
