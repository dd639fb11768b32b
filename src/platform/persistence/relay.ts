import type { Job, JobQueue } from '../../kernel/job-queue.js';

const BATCH = 100;
const POLL_MS = 1_000;
const PAUSE_MS = 20;

/** For how long work counts as rung for, in SQL: if nobody has claimed it by then, the ring was lost. */
export const RUNG_FOR = `interval '20 s'`;

/** Work of one kind that is owed, as a relay sees it: whose turn it is to be rung for. Times are the database's. */
export interface Turns {
  /**
   * Takes up to `limit` jobs that are due, the longest due first, each of them for `RUNG_FOR`: if its work is not done by then, it is
   * due again. Two relays never take the same.
   */
  takeDue(limit: number): Promise<Job[]>;

  /** Makes jobs for which nobody could be rung due at once. */
  giveBack(jobs: readonly Job[]): Promise<void>;
}

/**
 * Rings the queue for what is owed: when it is woken, though with 20 ms between two looks, or three times what a look takes, and every
 * second in any case. Work whose ring was lost (a killed worker, a wiped queue) is rung for again when its turn ends.
 */
export class Relay {
  private timer: NodeJS.Timeout | null = null;
  private pass: Promise<void> | null = null;
  private again = false;
  private pausing = false;
  private stopped = false;

  constructor(
    private readonly turns: Turns,
    private readonly queue: JobQueue,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.wake();
  }

  /** Looks now, or shortly after a look that is under way or has just been. */
  wake(): void {
    if (this.stopped) return;
    if (this.pass || this.pausing) {
      this.again = true;
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.again = false;
    const begun = performance.now();
    this.pass = this.ring()
      .catch(this.onError)
      .finally(() => {
        this.pass = null;
        this.pause(performance.now() - begun);
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.pass;
  }

  private pause(tookMs: number): void {
    if (this.stopped) return;
    this.pausing = true;
    this.timer = setTimeout(
      () => {
        this.pausing = false;
        this.timer = setTimeout(() => this.wake(), POLL_MS);
        if (this.again) this.wake();
      },
      Math.min(Math.max(PAUSE_MS, 3 * tookMs), POLL_MS),
    );
  }

  private async ring(): Promise<void> {
    for (;;) {
      const due = await this.turns.takeDue(BATCH);
      if (due.length > 0) await this.ringFor(due);
      if (due.length < BATCH) return;
    }
  }

  private async ringFor(due: readonly Job[]): Promise<void> {
    try {
      await this.queue.enqueue(due);
    } catch (error) {
      await this.turns.giveBack(due);
      throw error;
    }
  }
}
