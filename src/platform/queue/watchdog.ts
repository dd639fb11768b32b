import {
  laneOf,
  lanes,
  type Job,
  type JobHandler,
  type JobQueue,
  type Lane,
} from '../../kernel/job-queue.js';
import { LaneWatch, LOOK_EVERY_MS } from './lane-watch.js';

/**
 * Looks after the lanes of this process: one that is stuck is reopened. Only the queue is asked, once each look: whatever is due is in
 * it, or the relay tells that it could not be rung for.
 */
export class Watchdog {
  private readonly watches: Readonly<Record<Lane, LaneWatch>> = {
    database: new LaneWatch(),
    webhooks: new LaneWatch(),
    mail: new LaneWatch(),
    calendars: new LaneWatch(),
    mirror: new LaneWatch(),
  };
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly queue: JobQueue,
    /** Hears of each lane that was stuck, after it was reopened. */
    private readonly onReopened: (lane: Lane) => void,
  ) {}

  /** The handler, such that the watchdog sees what it is handed. */
  watching(handler: JobHandler): JobHandler {
    return async (job: Job) => {
      const watch = this.watches[laneOf(job)];
      watch.begun();
      try {
        await handler(job);
      } finally {
        watch.ended();
      }
    };
  }

  start(): void {
    this.timer = setInterval(() => void this.look(performance.now()), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** One look, at that time of a clock that nobody sets. */
  async look(at: number): Promise<void> {
    const load = await this.queue.load().catch(() => null);
    for (const lane of lanes) {
      if (!this.watches[lane].look(load && load[lane].waiting, at)) continue;
      this.queue.reopen(lane);
      this.onReopened(lane);
    }
  }
}
