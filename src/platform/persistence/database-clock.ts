import { Instant } from '@js-joda/core';
import { SystemClock } from '../../kernel/clock.js';

const LOOK_EVERY_MS = 60_000;

/**
 * The database's clock, so that all processes share one: where a machine's own is off, or is set while it runs, nothing is planned too
 * late, too early or not at all on that account. Between two looks at it, a minute apart, it goes on by the time this process has
 * run, which nobody sets. Until the first look it is the machine's own.
 */
export class DatabaseClock extends SystemClock {
  /** When this process began, in milliseconds of the epoch as the database counts them; null until it was asked. */
  private beginning: number | null = null;
  private timer: NodeJS.Timeout | null = null;

  /** `ask` is a statement's way to the database. */
  constructor(private readonly ask: { query(text: string): Promise<unknown> }) {
    super();
  }

  override now(): Instant {
    if (this.beginning === null) return super.now();
    return Instant.ofEpochMilli(Math.floor(this.beginning + performance.now()));
  }

  /** Looks at the database's clock, and from now on once a minute. A look that fails changes nothing. */
  async start(): Promise<void> {
    this.timer = setInterval(() => void this.look().catch(() => undefined), LOOK_EVERY_MS).unref();
    await this.look();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const asked = performance.now();
    const [{ ms }] = (await this.ask.query(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
    )) as [{ ms: number }];
    const answered = performance.now();
    const beginning = ms - (asked + answered) / 2;
    const doubtMs = (answered - asked) / 2; // when in that time the database looked, nobody knows
    const known = this.beginning ?? performance.timeOrigin;
    this.beginning = Math.abs(beginning - known) > doubtMs ? beginning : known;
  }
}
