import type { JobQueue } from '../kernel/job-queue.js';
import type { RateLimits } from '../platform/throttling/rate-limits.js';

/** What a profile chooses: one adapter for each port that has several. One that is missing does not compile. */
export interface Adapters {
  /** Where the database is. */
  readonly databaseUrl: string;
  /** The limits of a process that serves the API. */
  openRateLimits(): RateLimits;
  /** The queue of a process that does jobs. */
  openJobQueue(): JobQueue;
  /** Whether the process that serves the API does the jobs too. */
  readonly worksInProcess: boolean;
  /** Lets go of what the profile itself started, last of all. */
  close(): Promise<void>;
}
