import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis, type RedisServer } from '../../../test/support/redis.js';
import { TcpProxy } from '../../../test/support/tcp-proxy.js';
import type { Job, JobHandler, Lane } from '../../kernel/job-queue.js';
import { BullMqJobQueue } from './bullmq-job-queue.js';
import { LOOK_EVERY_MS, STUCK_AFTER_MS } from './lane-watch.js';
import { Watchdog } from './watchdog.js';

describe('The watchdog of a worker on BullMQ', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let queue: BullMqJobQueue;
  let watchdog: Watchdog;
  let reopened: Lane[];
  let now = 0;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    proxy = await TcpProxy.before(server.port);
    queue = new BullMqJobQueue({
      url: `redis://127.0.0.1:${proxy.port}`,
      prefix: expect.getState().currentTestName!,
      concurrency: { database: 1, webhooks: 1, mail: 1, calendars: 1, mirror: 1 },
      onError: () => undefined,
    });
    reopened = [];
    watchdog = new Watchdog(queue, (lane) => reopened.push(lane));
    await eventually(() => queue.status === 'up');
  });
  afterEach(async () => {
    await queue.close(0);
    await proxy.close();
  });

  const work = (handler: JobHandler) => queue.work(watchdog.watching(handler));
  /** As many looks as a lane has to be stuck for, at once. */
  const lookForAMinute = async () => {
    for (let passed = 0; passed <= STUCK_AFTER_MS; passed += LOOK_EVERY_MS)
      await watchdog.look((now += LOOK_EVERY_MS));
  };
  /** Has the lane's worker ask for no more jobs, as one does whose loop has come to its end. */
  const stick = async (lane: Lane) => {
    const worker = queue['workers'].get(lane)!;
    await worker.pause(true);
    await eventually(() => !worker.isRunning());
  };

  it('reopens the lane whose worker takes nothing, and the jobs that waited are done', async () => {
    const done: string[] = [];
    work(async ({ id }) => void done.push(id));
    await stick('webhooks');
    await queue.enqueue([webhook('a'), webhook('b'), event('c')]);
    await eventually(() => done.length === 1);
    await lookForAMinute();
    expect(reopened).toEqual(['webhooks']);
    await eventually(() => done.length === 3);

    await queue.enqueue([webhook('d'), event('e')]);
    await eventually(() => done.length === 5);
    await lookForAMinute();
    expect(reopened).toEqual(['webhooks']);
  }, 20_000);

  it('leaves a lane alone that waits for a slow receiver, however much is behind it', async () => {
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    let begun = 0;
    work(async () => {
      begun += 1;
      await answered;
    });
    await queue.enqueue(['a', 'b', 'c'].map(webhook));
    await eventually(() => begun === 1);
    await lookForAMinute();
    await lookForAMinute();
    expect(reopened).toEqual([]);
    answer();
    await eventually(() => begun === 3);
  });

  it('leaves all lanes alone while Redis is away', async () => {
    work(async () => undefined);
    await stick('webhooks');
    await queue.enqueue([webhook('a')]);
    await proxy.refuse();
    await eventually(() => queue.status === 'down');
    await lookForAMinute();
    expect(reopened).toEqual([]);
  });
});

function webhook(id: string): Job {
  return { name: 'deliver-webhook', id };
}

function event(id: string): Job {
  return { name: 'handle-event', id };
}
