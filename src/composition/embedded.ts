import type { Log } from '../platform/log.js';
import { EmbeddedPostgres } from '../platform/persistence/embedded-postgres.js';
import { InProcessJobQueue } from '../platform/queue/in-process-job-queue.js';
import { MemoryRateLimits } from '../platform/throttling/memory-rate-limits.js';
import type { Adapters } from './adapters.js';
import type { Profile } from './profile.js';
import { openSecrets } from './secrets.js';

/** No services to install: a private PostgreSQL in the data directory, jobs in process, limits in memory. */
export async function embeddedAdapters({ dataDir }: Profile, log: Log): Promise<Adapters> {
  const { databasePassword } = await openSecrets(dataDir);
  const postgres = new EmbeddedPostgres({
    dataDir,
    password: databasePassword,
    log: (line) => log.lines.warn(line),
  });
  const { url } = await postgres.start();
  return {
    databaseUrl: url,
    openRateLimits: () => new MemoryRateLimits(),
    openJobQueue: () =>
      new InProcessJobQueue({
        concurrency: { database: 4, webhooks: 64, mail: 4, calendars: 4, mirror: 16 },
        onError: (error, job) => log.error(error, job ? 'a job failed' : 'the queue is at fault'),
      }),
    worksInProcess: true,
    close: () => postgres.stop(),
  };
}
