/** Work that is owed. Ids only: the queue is a bell, the table is the truth. */
export type Job = { readonly name: 'handle-event'; readonly eventId: string };

export type JobHandler = (job: Job) => Promise<void>;

/** Rings for work. A ring may be lost or doubled: the outbox rings again, and handlers do their work once. */
export abstract class JobQueue {
  /** Rings for each job. Returns when they are accepted; never runs a handler inside the call. */
  abstract enqueue(jobs: readonly Job[]): Promise<void>;

  /** Starts handing jobs to the handler, a few at a time. A handler that throws is not called again for that ring. */
  abstract work(handler: JobHandler): void;

  /** Takes nothing new, waits for the handlers under way (at most `graceMs`), lets go of connections. */
  abstract close(graceMs: number): Promise<void>;
}
