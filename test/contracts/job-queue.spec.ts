import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { Job, JobErrorListener } from '../../src/kernel/job-queue.js';
import { BullMqJobQueue } from '../../src/platform/queue/bullmq-job-queue.js';
import { InProcessJobQueue } from '../../src/platform/queue/in-process-job-queue.js';
import { eventually } from '../support/eventually.js';
import { startRedis, type RedisServer } from '../support/redis.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { jobQueueContract } from './job-queue.contract.js';

const four = { database: 4, webhooks: 4, mail: 4, calendars: 4, mirror: 4 };

jobQueueContract('in process', async () => ({
  open: async (onError) => new InProcessJobQueue({ onError, concurrency: four }),
  close: async () => undefined,
}));

jobQueueContract('BullMQ', async () => {
  const server = await startRedis();
  let opened = 0;
  return {
    async open(onError) {
      const queue = new BullMqJobQueue({
        url: server.url,
        prefix: `stage-${(opened += 1)}`,
        concurrency: four,
        onError,
      });
      await eventually(() => queue.status === 'up');
      return queue;
    },
    close: () => server.stop(),
  };
});

describe('BullMqJobQueue', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let admin: Redis;
  let queues: BullMqJobQueue[];

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    queues = [];
    proxy = await TcpProxy.before(server.port);
    admin = new Redis(server.url);
    await admin.flushall();
  });
  afterEach(async () => {
    await Promise.all(queues.map((queue) => queue.close(0)));
    admin.disconnect();
    await proxy.close();
  });

  const open = (onError: JobErrorListener = () => undefined) => {
    const queue = new BullMqJobQueue({ url: `redis://127.0.0.1:${proxy.port}`, concurrency: four, onError });
    queues.push(queue);
    return queue;
  };
  const opened = async (onError?: JobErrorListener) => {
    const queue = open(onError);
    await eventually(() => queue.status === 'up');
    return queue;
  };
  /** Rings until it is accepted, as the relay does. */
  const ring = (queue: BullMqJobQueue, ...ids: string[]) =>
    eventually(async () => {
      await queue.enqueue(ids.map(job));
      return true;
    }, 20_000);
  /** The ids handed over to a worker, without end. */
  const worked = (queue: BullMqJobQueue) => {
    const ids: string[] = [];
    queue.work(async ({ id }) => void ids.push(id));
    return ids;
  };

  it('starts and works while Redis is away, refuses rings at once, and goes on when Redis is there', async () => {
    await proxy.refuse();
    const errors: unknown[] = [];
    const queue = open((error) => errors.push(error));
    const ids = worked(queue);
    await expect(inTime(queue.enqueue([job('a')]))).rejects.toThrow('Redis is not connected');
    await eventually(() => errors.length > 0);

    await proxy.pass();
    await ring(queue, 'a');
    await eventually(() => ids.includes('a'));
    expect(errors).toHaveLength(1);
  });

  it.each<[string, (proxy: TcpProxy) => Promise<void>]>([
    ['refuses connections', (it) => it.refuse()],
    ['resets connections', (it) => it.reset()],
  ])('works on after a Redis that %s', async (_, fail) => {
    const queue = await opened();
    const ids = worked(queue);
    await ring(queue, 'before');
    await eventually(() => ids.includes('before'));
    await fail(proxy);
    await eventually(() => queue.status === 'down');
    await expect(inTime(queue.enqueue([job('a')]))).rejects.toThrow();

    await proxy.pass();
    await ring(queue, 'after');
    await eventually(() => ids.includes('after'), 20_000);
  });

  it('refuses rings within a second when Redis never answers, and works on after it', async () => {
    const queue = await opened();
    const ids = worked(queue);
    await proxy.blackHole();
    await expect(inTime(queue.enqueue([job('a')]))).rejects.toThrow();
    await expect(inTime(queue.enqueue([job('a')]))).rejects.toThrow();

    await proxy.pass();
    await ring(queue, 'after');
    await eventually(() => ids.includes('after'), 40_000);
  }, 60_000);

  it('goes on when Redis is killed and comes back empty', async () => {
    const queue = await opened();
    const ids = worked(queue);
    await server.kill('SIGKILL');
    await server.restart();
    await ring(queue, 'after');
    await eventually(() => ids.includes('after'), 20_000);
  });

  it('hears a ring that Redis lost when it is wiped', async () => {
    const queue = await opened();
    await ring(queue, 'a', 'b');
    await admin.flushall();
    const ids = worked(queue);
    await ring(queue, 'a', 'b');
    await eventually(() => ids.length === 2);
  });

  it.each<[string, (admin: Redis) => Promise<unknown>, (admin: Redis) => Promise<unknown>]>([
    ['is a replica', (it) => it.replicaof('127.0.0.1', 1), (it) => it.replicaof('NO', 'ONE')],
    [
      'is out of memory',
      (it) => it.config('SET', 'maxmemory', '1'),
      (it) => it.config('SET', 'maxmemory', '0'),
    ],
  ])(
    'refuses rings when Redis %s, tells of it once and not in a storm, and works on after it',
    async (_, fail, mend) => {
      const errors: unknown[] = [];
      const queue = await opened((error) => errors.push(error));
      await ring(queue, ...Array.from({ length: 200 }, (_, i) => `${i}`));
      const ids = worked(queue);
      await fail(admin);
      await expect(inTime(queue.enqueue([job('a')]))).rejects.toThrow();
      const asked = await commandsIn(admin, 2_000);
      expect(asked).toBeLessThan(500);
      expect(errors.length).toBeLessThanOrEqual(1);

      await mend(admin);
      await ring(queue, 'after');
      await eventually(() => ids.includes('after'), 20_000);
    },
    30_000,
  );

  it('keeps neither connections nor waiting when it closes while Redis is away', async () => {
    const queue = await opened();
    worked(queue);
    await proxy.refuse();
    const began = performance.now();
    await queue.close(10_000);
    expect(performance.now() - began).toBeLessThan(2_000);

    const never = open();
    worked(never);
    await never.close(10_000);
    await proxy.pass();
    await expect(eventually(() => proxy.connections > 0, 2_000)).rejects.toThrow();
  });

  it('holds eleven connections and no more: one to ring, two for each lane', async () => {
    const queue = await opened();
    worked(queue);
    await eventually(() => proxy.connections === 11);
    for (let i = 0; i < 20; i += 1) await queue.enqueue([job(`${i}`)]);
    expect(proxy.connections).toBe(11);
  });

  it('shares jobs between two workers and runs each once', async () => {
    const [one, two] = await Promise.all([opened(), opened()]);
    const [first, second] = [worked(one), worked(two)];
    const ids = Array.from({ length: 200 }, (_, i) => `${i}`);
    await Promise.all(ids.map((id, i) => (i % 2 ? one : two).enqueue([job(id)])));
    await eventually(() => first.length + second.length >= 200);
    expect([...first, ...second].toSorted()).toEqual(ids.toSorted());
  });

  it('leaves to others what Redis hands it when it is closing already', async () => {
    const producer = await opened();
    for (let round = 0; round < 10; round += 1) {
      const queue = await opened();
      let closing = false;
      let begun = 0;
      let late = 0;
      queue.work(async () => {
        begun += 1;
        if (closing) late += 1;
      });
      await ring(producer, ...Array.from({ length: 100 }, (_, i) => `${round}-${i}`));
      await eventually(() => begun > 0);
      closing = true;
      await queue.close(1_000);
      expect(late).toBe(0);
      expect(await admin.llen('linktime:database:active')).toBe(0);
    }
  });

  it('hands the job of a worker that died to another within 20 seconds', async () => {
    const dying = await opened();
    let begun = 0;
    dying.work(() => new Promise(() => void (begun += 1)));
    await ring(dying, 'a');
    await eventually(() => begun === 1);
    await dying.close(0);

    const ids = worked(await opened());
    await eventually(() => ids.includes('a'), 20_000);
  }, 30_000);

  it('keeps nothing in Redis of what is done or has failed, and nothing but ids of what is not', async () => {
    const queue = await opened();
    await ring(queue, 'waiting');
    const jobs = await admin.keys('linktime:database:[0-9]*');
    expect(await Promise.all(jobs.map((key) => admin.hget(key, 'data')))).toEqual([
      JSON.stringify(job('waiting')),
    ]);

    let calls = 0;
    queue.work(async () => {
      calls += 1;
      if (calls % 2) throw new Error('failed');
    });
    for (let i = 0; i < 9; i += 1) await queue.enqueue([job(`${i}`)]);
    await eventually(() => calls === 10);
    await eventually(async () => (await admin.keys('linktime:database:[0-9d]*')).length === 0);
  });
});

function job(id: string): Job {
  return { name: 'handle-event', id };
}

/** What comes of it, if that takes no longer than a second (and what a loaded machine adds). */
async function inTime(work: Promise<void>): Promise<void> {
  const began = performance.now();
  try {
    await work;
  } finally {
    expect(performance.now() - began).toBeLessThan(1_500);
  }
}

async function commandsIn(admin: Redis, ms: number): Promise<number> {
  const count = async () => Number(/total_commands_processed:(\d+)/.exec(await admin.info('stats'))![1]);
  const until = performance.now() + ms;
  const before = await count();
  await eventually(() => performance.now() > until);
  return (await count()) - before;
}
