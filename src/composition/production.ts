import type { Log } from '../platform/log.js';
import { BullMqJobQueue } from '../platform/queue/bullmq-job-queue.js';
import { RedisRateLimits } from '../platform/throttling/redis-rate-limits.js';
import type { Adapters } from './adapters.js';
import type { ProductionProfile } from './profile.js';

/** PostgreSQL and Redis of your own, any number of API and worker processes. */
export function productionAdapters({ databaseUrl, redisUrl }: ProductionProfile, log: Log): Adapters {
  return {
    databaseUrl,
    openRateLimits: () => new RedisRateLimits({ url: redisUrl }),
    openJobQueue: () =>
      new BullMqJobQueue({
        url: redisUrl,
        concurrency: { database: 2, webhooks: 128, mail: 16, calendars: 8, mirror: 32 },
        onError: (error, job) => log.error(error, job ? 'a job failed' : 'the queue is at fault'),
      }),
    worksInProcess: false,
    close: async () => undefined,
  };
}
