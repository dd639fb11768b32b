import { setTimeout as delay } from 'node:timers/promises';
import { Worker, type Job as BullMqJob, type Processor } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { Job } from '../../kernel/job-queue.js';
import { redisManners } from '../redis-connection.js';

// Longer than the five seconds for which BullMQ lets the second connection wait for a ring and answer nothing else.
const HEARTBEAT_MS = 6_000;
const AFTER_REFUSAL_MS = 1_000;

type Handed = BullMqJob<Job, void, Job['name']>;

/** BullMQ's worker, made such that no state of Redis ends it, makes it spin, or keeps it from being let go of. */
export class BullMqWorker extends Worker<Job, void, Job['name']> {
  private readonly connections: WorkerConnections;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    queue: string,
    processor: Processor<Job, void, Job['name']>,
    { url, prefix, concurrency }: { url: string; prefix: string; concurrency: number },
  ) {
    const connections = new WorkerConnections(url);
    super(queue, processor, {
      connection: connections,
      prefix,
      concurrency,
      autorun: false,
      // A killed worker's job is taken up by another after 10 to 15 s, and is not given up when that one is killed too.
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: 10,
    });
    this.connections = connections;
    this.heartbeat = setInterval(() => connections.check(), HEARTBEAT_MS).unref();
    this.run().catch((error: Error) => this.emit('error', error));
  }

  /** Lets go of everything at once, handlers under way or not. The locks of their jobs run out, and another worker takes them up. */
  abandon(): void {
    clearInterval(this.heartbeat);
    void this.pause(true);
    void this.lockManager.close();
    void this.getBackend().close(true);
    this.connections.letGo();
  }

  /** When Redis refuses (a replica, no memory left), BullMQ would ask again at once: eight thousand times a second. */
  protected override async moveToActive(token: string, name?: string): Promise<Handed> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      await delay(AFTER_REFUSAL_MS, undefined, { ref: false });
      throw error;
    }
  }
}

/**
 * The worker's connection and the second that BullMQ makes of it, to wait for rings on. What is asked on them waits for Redis, so
 * neither may hang on a peer that vanished without a word.
 */
class WorkerConnections extends Redis {
  private readonly both: Redis[] = [this];
  private readonly unanswered = new Set<Redis>();

  constructor(url: string) {
    super(url, { ...redisManners, maxRetriesPerRequest: null });
    this.on('error', () => undefined);
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const second = super.duplicate(override);
    second.on('error', () => undefined);
    this.both.push(second);
    return second;
  }

  /** Asks both for a sign of life. Whichever has not answered the last time is given up for a new connection. */
  check(): void {
    for (const redis of this.both) {
      if (!this.unanswered.has(redis)) {
        this.unanswered.add(redis);
        const answered = () => this.unanswered.delete(redis);
        redis.ping().then(answered, answered);
      } else if (redis.status === 'ready' || redis.status === 'connect') {
        redis.disconnect(true);
      }
    }
  }

  letGo(): void {
    for (const redis of this.both) redis.disconnect();
  }
}
