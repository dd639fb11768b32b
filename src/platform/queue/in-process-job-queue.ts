import {
  jobKey,
  JobQueue,
  type Job,
  type JobErrorListener,
  type JobHandler,
} from '../../kernel/job-queue.js';
import { within } from '../within.js';

/** Rings within this process, which forgets them when it ends. Oldest ring first, at most `concurrency` handlers at a time. */
export class InProcessJobQueue extends JobQueue {
  private readonly waiting = new Map<string, Job>();
  private readonly underWay = new Map<string, Promise<void>>();
  private handler: JobHandler | null = null;
  private closed = false;
  private readonly onError: JobErrorListener;
  private readonly concurrency: number;

  constructor({ onError, concurrency = 4 }: { onError: JobErrorListener; concurrency?: number }) {
    super();
    this.onError = onError;
    this.concurrency = concurrency;
  }

  async enqueue(jobs: readonly Job[]): Promise<void> {
    if (this.closed) throw new Error('The queue is closed');
    for (const job of jobs) {
      const key = jobKey(job);
      if (!this.waiting.has(key)) this.waiting.set(key, job);
    }
    this.startSoon();
  }

  work(handler: JobHandler): void {
    this.handler = handler;
    this.startSoon();
  }

  async close(graceMs: number): Promise<void> {
    this.closed = true;
    this.waiting.clear();
    await within(graceMs, Promise.all(this.underWay.values())).catch(() => undefined);
  }

  private startSoon(): void {
    setImmediate(() => this.startWaiting());
  }

  private startWaiting(): void {
    if (!this.handler) return;
    for (const [key, job] of this.waiting) {
      if (this.underWay.size >= this.concurrency) return;
      if (this.underWay.has(key)) continue;
      this.waiting.delete(key);
      this.underWay.set(key, this.run(this.handler, job));
    }
  }

  private async run(handler: JobHandler, job: Job): Promise<void> {
    await Promise.resolve(job)
      .then(handler)
      .catch((error: unknown) => this.onError(error, job));
    this.underWay.delete(jobKey(job));
    this.startSoon();
  }
}
