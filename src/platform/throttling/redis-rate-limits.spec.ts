import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis, type RedisServer } from '../../../test/support/redis.js';
import { RedisRateLimits } from './redis-rate-limits.js';

const LIMIT = 12_000;

describe('A limit that is far from being reached', () => {
  let server: RedisServer;
  let redis: Redis;
  let processes: RedisRateLimits[];
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    processes = [1, 2].map(() => new RedisRateLimits({ url: server.url, patienceMs: 5_000 }));
    await eventually(() => processes.every(({ status }) => status === 'up'));
  });
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.close()));
    redis.disconnect();
    await server.stop();
  });

  const questions = async () => {
    const calls = /cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1];
    return Number(calls ?? 0);
  };

  it('is counted ahead for a bucket in steady use, and what is not spent is given back', async () => {
    await processes[0]!.hit('steady', LIMIT);
    const before = await questions();
    for (let n = 1; n < 200; n += 1) await processes[0]!.hit('steady', LIMIT);

    expect((await questions()) - before).toBeLessThan(100);
    await eventually(async () => (await redis.llen('linktime:limit:steady')) === 200);
  });

  it('is reached by exactly as many hits as it allows, whichever process they come to', async () => {
    let allowed = 0;
    for (let burst = 0; burst < 65; burst += 1) {
      const hits = Array.from({ length: 200 }, (_, n) => processes[n % 2]!.hit('shared', LIMIT));
      allowed += (await Promise.all(hits)).filter((allowance) => allowance.allowed).length;
    }
    expect(allowed).toBe(LIMIT);
    expect(await redis.llen('linktime:limit:shared')).toBe(LIMIT);
  }, 30_000);
});
