import { Queue, WaitingError, type Job as BullMqJob } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  jobKey,
  JobQueue,
  laneOf,
  lanes,
  type Concurrency,
  type Job,
  type JobErrorListener,
  type JobHandler,
  type Lane,
  type Load,
} from '../../kernel/job-queue.js';
import { connectToRedis } from '../redis-connection.js';
import { TookTooLong, within } from '../within.js';
import { BullMqWorker } from './bullmq-worker.js';

const ACCEPTED_WITHIN_MS = 800;
const GOODBYE_MS = 500;
const SAME_RING_MS = 600_000;
const FAULT_EVERY_MS = 10_000;

export interface BullMqJobQueueOptions {
  readonly url: string;
  /** Begins every key, so that installations may share a Redis. */
  readonly prefix?: string;
  /** How many handlers may be under way in this process. */
  readonly concurrency: Concurrency;
  /** Of the queue's own faults it hears a sample, one in ten seconds. */
  readonly onError: JobErrorListener;
}

/**
 * Rings through Redis, for whichever process works. Redis may be away at any time, from the first: only the worker waits for it,
 * and goes on when it is back. A job whose process was killed is another's after 10 to 15 s.
 */
export class BullMqJobQueue extends JobQueue {
  private readonly producer: Redis;
  private readonly queues: Readonly<Record<Lane, Queue<Job, void, Job['name']>>>;
  private readonly workers = new Map<Lane, BullMqWorker>();
  private handler: JobHandler | null = null;
  private readonly underWay = new Set<Promise<void>>();
  private toldOfFaultAt = -Infinity;

  constructor(private readonly options: BullMqJobQueueOptions) {
    super();
    this.producer = connectToRedis(options.url);
    this.queues = {
      database: this.openQueue('database'),
      webhooks: this.openQueue('webhooks'),
      mail: this.openQueue('mail'),
      calendars: this.openQueue('calendars'),
      mirror: this.openQueue('mirror'),
    };
  }

  /** `down`: rings are refused. */
  get status(): 'up' | 'down' {
    return this.producer.status === 'ready' ? 'up' : 'down';
  }

  async enqueue(jobs: readonly Job[]): Promise<void> {
    if (jobs.length === 0) return;
    if (this.status === 'down') throw new Error('Redis is not connected');
    try {
      await within(ACCEPTED_WITHIN_MS, Promise.all(lanes.map((lane) => this.ring(lane, jobs))));
    } catch (error) {
      if (error instanceof TookTooLong) this.producer.disconnect(true);
      throw error;
    }
  }

  work(handler: JobHandler): void {
    this.handler = handler;
    for (const lane of lanes) this.workers.set(lane, this.openWorker(lane, handler));
  }

  async load(): Promise<Load> {
    const counts = await within(
      ACCEPTED_WITHIN_MS,
      Promise.all(lanes.map((lane) => this.queues[lane].getJobCounts('waiting', 'active'))),
    );
    return Object.fromEntries(
      lanes.map((lane, place) => {
        const { waiting = 0, active = 0 } = counts[place]!;
        return [lane, { waiting, underWay: active }];
      }),
    ) as unknown as Load;
  }

  reopen(lane: Lane): void {
    if (!this.handler) return; // nobody works here, or no more
    this.workers.get(lane)?.abandon();
    this.workers.set(lane, this.openWorker(lane, this.handler));
  }

  async close(graceMs: number): Promise<void> {
    this.handler = null;
    const workers = [...this.workers.values()];
    const closed = Promise.all(workers.map((worker) => worker.close()));
    await within(graceMs, this.idle()).catch(() => undefined);
    await within(GOODBYE_MS, closed).catch(() => undefined);
    for (const worker of workers) worker.abandon();
    await Promise.all(lanes.map((lane) => this.queues[lane].close()));
    this.producer.disconnect();
  }

  private openQueue(lane: Lane): Queue<Job, void, Job['name']> {
    const queue = new Queue<Job, void, Job['name']>(lane, {
      connection: this.producer,
      prefix: this.prefix,
      skipWaitingForReady: true,
      skipVersionCheck: true,
    });
    queue.on('error', (error) => this.tellOfFault(error));
    return queue;
  }

  private openWorker(lane: Lane, handler: JobHandler): BullMqWorker {
    const { url, concurrency } = this.options;
    const worker = new BullMqWorker(
      lane,
      async (ring, token) => {
        if (worker.closing) return giveBack(ring, token);
        await this.run(handler, ring.data);
      },
      { url, prefix: this.prefix, concurrency: concurrency[lane] },
    );
    worker.on('error', (error) => this.tellOfFault(error));
    worker.on('failed', (ring, error) => this.options.onError(error, ring?.data ?? null));
    return worker;
  }

  private async ring(lane: Lane, jobs: readonly Job[]): Promise<void> {
    const rings = jobs.filter((job) => laneOf(job) === lane).map(ringFor);
    if (rings.length > 0) await this.queues[lane].addBulk(rings);
  }

  private async run(handler: JobHandler, job: Job): Promise<void> {
    const work = Promise.resolve(job)
      .then(handler)
      .catch((error: unknown) => this.options.onError(error, job));
    this.underWay.add(work);
    await work;
    this.underWay.delete(work);
  }

  private async idle(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private get prefix(): string {
    return this.options.prefix ?? 'linktime';
  }

  private tellOfFault(error: unknown): void {
    if (performance.now() - this.toldOfFaultAt < FAULT_EVERY_MS) return;
    this.toldOfFaultAt = performance.now();
    this.options.onError(error, null);
  }
}

/**
 * What BullMQ is to keep for a job: nothing once it has run. A ring for a job that waits is the same ring, but for at most ten
 * minutes: should Redis ever lose the one and keep its name, the next is heard all the same.
 */
function ringFor(job: Job) {
  const id = `${jobKey(job)}@${Math.floor(Date.now() / SAME_RING_MS)}`;
  return {
    name: job.name,
    data: job,
    opts: { removeOnComplete: true, removeOnFail: true, deduplication: { id, keepLastIfActive: true } },
  };
}

/** Puts a ring that came after closing back for another worker. */
async function giveBack(ring: BullMqJob<Job, void, Job['name']>, token: string | undefined): Promise<never> {
  await ring.moveToWait(token);
  throw new WaitingError();
}
