import type { Allowance } from './rate-limits.js';

const MINUTE_MS = 60_000;

/**
 * The hits of one bucket that still count, oldest first, each as the millisecond at which it came. A hit counts for exactly a
 * minute. Room is taken by hits, not by the limit, and each costs constant time over its life.
 */
export class HitLog {
  private times: number[] = [];
  private first = 0;

  /** Counts one if fewer than `limit` came in the last minute. */
  hit(limit: number, now: number): Allowance {
    this.forgetBefore(now);
    const allowed = this.used < limit;
    if (allowed) this.times.push(now);
    return this.allowance(allowed, limit, now);
  }

  peek(limit: number, now: number): Allowance {
    this.forgetBefore(now);
    return this.allowance(this.used < limit, limit, now);
  }

  /** Takes the latest hit back, if it still counts. */
  refund(): void {
    if (this.used > 0) this.times.pop();
  }

  private get used(): number {
    return this.times.length - this.first;
  }

  private forgetBefore(now: number): void {
    while (this.used > 0 && this.msUntilForgotten(0, now) <= 0) this.first += 1;
    if (this.first * 2 > this.times.length) {
      this.times = this.times.slice(this.first);
      this.first = 0;
    }
  }

  private allowance(allowed: boolean, limit: number, now: number): Allowance {
    return {
      allowed,
      limit,
      remaining: Math.max(0, limit - this.used),
      resetSeconds: this.used === 0 ? 0 : this.secondsUntilForgotten(this.used - 1, now),
      retryAfterSeconds: allowed ? 0 : this.secondsUntilForgotten(this.used - limit, now),
    };
  }

  private secondsUntilForgotten(index: number, now: number): number {
    return Math.ceil(this.msUntilForgotten(index, now) / 1_000);
  }

  /** Never more than a minute: the age is taken first, as a sum with fractions of milliseconds is rounded up. */
  private msUntilForgotten(index: number, now: number): number {
    return this.times[this.first + index]! - now + MINUTE_MS;
  }
}
