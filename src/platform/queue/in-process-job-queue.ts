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
import { within } from '../within.js';

/** Rings within this process, which forgets them when it ends. In each lane the oldest ring first. */
export class InProcessJobQueue extends JobQueue {
  private readonly roads = lanes.map((lane) => ({ lane, waiting: new Map<string, Job>(), underWay: 0 }));
  private readonly underWay = new Map<string, Promise<void>>();
  private handler: JobHandler | null = null;
  private closed = false;
  private readonly onError: JobErrorListener;
  private readonly concurrency: Concurrency;

  constructor({ onError, concurrency }: { onError: JobErrorListener; concurrency: Concurrency }) {
    super();
    this.onError = onError;
    this.concurrency = concurrency;
  }

  async enqueue(jobs: readonly Job[]): Promise<void> {
    if (this.closed) throw new Error('The queue is closed');
    for (const job of jobs) {
      const { waiting } = this.roadOf(job);
      const key = jobKey(job);
      if (!waiting.has(key)) waiting.set(key, job);
    }
    this.startSoon();
  }

  work(handler: JobHandler): void {
    this.handler = handler;
    this.startSoon();
  }

  async load(): Promise<Load> {
    return Object.fromEntries(
      this.roads.map(({ lane, waiting, underWay }) => [lane, { waiting: waiting.size, underWay }]),
    ) as unknown as Load;
  }

  /** There is nothing between this process and its jobs that could get stuck: what waits is looked at once more. */
  reopen(_lane: Lane): void {
    this.startSoon();
  }

  async close(graceMs: number): Promise<void> {
    this.closed = true;
    for (const { waiting } of this.roads) waiting.clear();
    await within(graceMs, Promise.all(this.underWay.values())).catch(() => undefined);
  }

  private startSoon(): void {
    setImmediate(() => this.startWaiting());
  }

  private startWaiting(): void {
    if (!this.handler) return;
    for (const road of this.roads) {
      for (const [key, job] of road.waiting) {
        if (road.underWay >= this.concurrency[road.lane]) break;
        if (this.underWay.has(key)) continue;
        road.waiting.delete(key);
        road.underWay += 1;
        this.underWay.set(key, this.run(this.handler, job));
      }
    }
  }

  private async run(handler: JobHandler, job: Job): Promise<void> {
    await Promise.resolve(job)
      .then(handler)
      .catch((error: unknown) => this.onError(error, job));
    this.underWay.delete(jobKey(job));
    this.roadOf(job).underWay -= 1;
    this.startSoon();
  }

  private roadOf(job: Job) {
    const lane = laneOf(job);
    return this.roads.find((road) => road.lane === lane)!;
  }
}
