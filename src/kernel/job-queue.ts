/** Work that is owed. Ids only: the queue is a bell, the table is the truth. */
export type Job = { readonly name: 'handle-event'; readonly eventId: string };

/** Jobs of one key ask for the same work. */
export function jobKey(job: Job): string {
  return `${job.name}/${job.eventId}`;
}

export type JobHandler = (job: Job) => Promise<void>;

/** Hears of what goes wrong where no caller waits for it: a job whose handler threw; null for a fault of the queue itself. */
export type JobErrorListener = (error: unknown, job: Job | null) => void;

/**
 * Rings for work. A ring may be lost or doubled: the outbox rings again, and handlers do their work once. Rings for a job that
 * already waits are one ring; a ring for a job under way is kept until its handler has ended.
 */
export abstract class JobQueue {
  /**
   * Rings for each job. Returns when they are accepted; never runs a handler inside the call. Throws within a second if they
   * cannot be accepted now; some of them may have been.
   */
  abstract enqueue(jobs: readonly Job[]): Promise<void>;

  /** Starts handing jobs to the handler, a few at a time; called once. A handler that throws is not called again for that ring. */
  abstract work(handler: JobHandler): void;

  /** Takes nothing new, waits for the handlers under way (at most `graceMs`), lets go of connections. */
  abstract close(graceMs: number): Promise<void>;
}
