import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { MemoryRateLimits } from '../../src/platform/throttling/memory-rate-limits.js';
import type { RateLimits } from '../../src/platform/throttling/rate-limits.js';
import { RedisRateLimits } from '../../src/platform/throttling/redis-rate-limits.js';
import { eventually } from '../support/eventually.js';
import { startRedis, type RedisServer } from '../support/redis.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { rateLimitsContract } from './rate-limits.contract.js';

rateLimitsContract('in memory', async () => {
  let now = 0;
  const limits = new MemoryRateLimits(() => now);
  return {
    limits: [limits, limits],
    pass: async (seconds) => void (now += seconds * 1_000),
    close: () => limits.close(),
  };
});

rateLimitsContract('in Redis, shared by two', async () => {
  const server = await startRedis();
  const admin = new Redis(server.url);
  let passed = 0;
  const now = () => performance.now() + passed;
  const limits = [
    new RedisRateLimits({ url: server.url, now, patienceMs: 5_000 }),
    new RedisRateLimits({ url: server.url, now, patienceMs: 5_000 }),
  ] as const;
  await eventually(() => limits.every(({ status }) => status === 'up'));
  return {
    limits,
    async pass(seconds) {
      passed += seconds * 1_000;
      await age(admin, seconds);
    },
    async close() {
      await Promise.all(limits.map((each) => each.close()));
      admin.disconnect();
      await server.stop();
    },
  };
});

describe('RedisRateLimits when Redis fails', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let admin: Redis;
  let limits: RedisRateLimits;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    proxy = await TcpProxy.before(server.port);
    admin = new Redis(server.url);
    await admin.flushall();
  });
  afterEach(async () => {
    await limits.close();
    admin.disconnect();
    await proxy.close();
  });

  const connect = () => (limits = new RedisRateLimits({ url: `redis://127.0.0.1:${proxy.port}` }));
  const isUp = () => eventually(() => limits.status === 'up');
  const isDown = () => eventually(() => limits.status === 'down');
  const connected = async () => {
    connect();
    await isUp();
  };

  it('starts while Redis is away, counts by itself, and shares once Redis is there', async () => {
    await proxy.refuse();
    connect();
    expect(await allowedOf(limits, 'a', 5)).toBe(3);
    expect(limits.status).toBe('down');

    await proxy.pass();
    await isUp();
    await limits.hit('b', 3);
    expect(await admin.llen('linktime:limit:b')).toBe(1);
  });

  it('goes on from what it let through itself when Redis goes away', async () => {
    await connected();
    expect(await allowedOf(limits, 'a', 2)).toBe(2);
    await proxy.refuse();
    expect(await allowedOf(limits, 'a', 5)).toBe(1);
  });

  it('lets nobody begin anew when Redis is wiped', async () => {
    await connected();
    await allowedOf(limits, 'a', 3);
    await admin.flushall();
    expect(await limits.hit('a', 3)).toMatchObject({ allowed: false });
    expect(await limits.peek('a', 3)).toMatchObject({ allowed: false, remaining: 0 });
    expect(await limits.hit('b', 3)).toMatchObject({ allowed: true });
  });

  it.each<[string, (proxy: TcpProxy) => Promise<void>]>([
    ['refuses connections', (it) => it.refuse()],
    ['resets connections', (it) => it.reset()],
    ['accepts and never answers', (it) => it.blackHole()],
    ['takes half a second to answer', (it) => it.delay(500)],
  ])('waits for none but the first answers of a Redis that %s, and finds back to it', async (_, fail) => {
    await connected();
    await fail(proxy);

    const began = performance.now();
    for (let i = 0; i < 100; i += 1) expect((await limits.hit(`visitor ${i}`, 1)).allowed).toBe(true);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(limits.status).toBe('down');

    await proxy.pass();
    await isUp();
    await limits.hit('shared again', 3);
    expect(await admin.llen('linktime:limit:shared again')).toBe(1);
  });

  it.each<[string, (proxy: TcpProxy) => Promise<void>]>([
    ['accepts and never answers', (it) => it.blackHole()],
    ['takes half a second to answer', (it) => it.delay(500)],
  ])('delays no request by more than its patience when Redis %s', async (_, fail) => {
    await connected();
    await fail(proxy);

    const waits = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const began = performance.now();
        await limits.hit(`visitor ${i}`, 1);
        return performance.now() - began;
      }),
    );
    expect(Math.max(...waits)).toBeLessThan(250);
  });

  it('does not blame Redis for having been busy itself', async () => {
    limits = new RedisRateLimits({ url: server.url });
    await isUp();
    await new Promise(setImmediate); // after which timers come first and sockets later
    const answer = limits.hit('a', 3);
    for (let i = 0; i < 10; i += 1) await Promise.resolve(); // until it has been sent
    const until = performance.now() + 200;
    while (performance.now() < until);
    expect(await answer).toMatchObject({ allowed: true });
    expect(limits.status).toBe('up');
    expect(await admin.llen('linktime:limit:a')).toBe(1);
  });

  it('does not storm a Redis that never answers with connections', async () => {
    await proxy.blackHole();
    connect();
    let most = 0;
    const until = performance.now() + 1_500;
    await eventually(async () => {
      await limits.hit('a', 1);
      most = Math.max(most, proxy.connections);
      return performance.now() > until;
    });
    expect(most).toBeLessThanOrEqual(2);
  });

  it('counts by itself while Redis is out of memory', async () => {
    await connected();
    await admin.config('SET', 'maxmemory', '1');
    expect(await allowedOf(limits, 'a', 5)).toBe(3);
    await isDown();

    await admin.config('SET', 'maxmemory', '0');
    await isUp();
  });

  it('counts by itself while Redis is a replica that takes no writes', async () => {
    await connected();
    await admin.replicaof('127.0.0.1', 1);
    expect(await allowedOf(limits, 'a', 5)).toBe(3);
    await isDown();

    await admin.replicaof('NO', 'ONE');
    await isUp();
  });

  it('survives a Redis killed under a thousand requests', async () => {
    await connected();
    const answers = Array.from({ length: 1_000 }, (_, i) => limits.hit(`visitor ${i}`, 1));
    await server.kill('SIGKILL');
    expect((await Promise.all(answers)).every(({ allowed }) => allowed)).toBe(true);
    await server.restart();
    await isUp();
  });

  it('locks nobody out when the clock of Redis is set back by an hour', async () => {
    await connected();
    await allowedOf(limits, 'a', 3);
    await age(admin, -3_600);
    expect(await limits.hit('a', 3)).toMatchObject({ allowed: false, retryAfterSeconds: 60 });

    const elsewhere = new RedisRateLimits({ url: server.url });
    await eventually(() => elsewhere.status === 'up');
    await age(admin, 60);
    expect(await elsewhere.hit('a', 3)).toMatchObject({ allowed: true });
    await elsewhere.close();
  });

  it('keeps nothing in Redis that nobody asks for any more', async () => {
    await connected();
    await limits.hit('a', 3);
    await limits.stamp('pass', 600);
    expect(await admin.pttl('linktime:limit:a')).toBeLessThanOrEqual(60_000);
    expect(await admin.pttl('linktime:pass:pass')).toBeLessThanOrEqual(600_000);
  });
});

/** How many of `times` hits on a bucket of 3 are allowed. */
async function allowedOf(limits: RateLimits, bucket: string, times: number): Promise<number> {
  let allowed = 0;
  for (let i = 0; i < times; i += 1) if ((await limits.hit(bucket, 3)).allowed) allowed += 1;
  return allowed;
}

/** Makes all that Redis keeps for limits older, as so much time going by would. */
async function age(admin: Redis, seconds: number): Promise<void> {
  for (const log of await admin.keys('linktime:limit:*')) {
    const times = await admin.lrange(log, 0, -1);
    const older = times.map((at) => String(BigInt(at) - BigInt(seconds) * 1_000_000n));
    if (times.length > 0)
      await admin
        .multi()
        .del(log)
        .rpush(log, ...older)
        .pexpire(log, 600_000)
        .exec();
  }
  for (const pass of await admin.keys('linktime:pass:*')) {
    await admin.pexpire(pass, (await admin.pttl(pass)) - seconds * 1_000);
  }
}
