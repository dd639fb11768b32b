import type { JobQueue } from '../../kernel/job-queue.js';
import type { OutboxTurns } from './outbox.js';

const BATCH = 100;
const LEASE_SECONDS = 60;
const POLL_MS = 1_000;
const PRUNE_EVERY_MS = 3_600_000;

/**
 * Rings the queue for events that are owed: at once when the database tells of new ones, and every second in any case. An event
 * whose ring was lost (a killed worker, a wiped queue) is rung for again when its lease ends.
 */
export class OutboxRelay {
  private timer: NodeJS.Timeout | null = null;
  private pass: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  private prunedAt = 0;

  constructor(
    private readonly turns: OutboxTurns,
    private readonly queue: JobQueue,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.wake();
  }

  /** Looks now; if a look is under way, once more after it. */
  wake(): void {
    if (this.stopped) return;
    if (this.pass) {
      this.again = true;
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.pass = this.ring()
      .catch(this.onError)
      .finally(() => {
        this.pass = null;
        if (this.stopped) return;
        if (this.again) {
          this.again = false;
          this.wake();
        } else {
          this.timer = setTimeout(() => this.wake(), POLL_MS);
        }
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.pass;
  }

  private async ring(): Promise<void> {
    for (;;) {
      const due = await this.turns.takeDue(BATCH, LEASE_SECONDS);
      if (due.length > 0) await this.ringFor(due);
      if (due.length < BATCH) break;
    }
    if (Date.now() - this.prunedAt > PRUNE_EVERY_MS) {
      this.prunedAt = Date.now();
      await this.turns.prune();
    }
  }

  private async ringFor(due: readonly string[]): Promise<void> {
    try {
      await this.queue.enqueue(due.map((eventId) => ({ name: 'handle-event', eventId })));
    } catch (error) {
      await this.turns.giveBack(due);
      throw error;
    }
  }
}
