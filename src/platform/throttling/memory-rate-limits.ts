import { LRUCache } from 'lru-cache';
import { HitLog } from './hit-log.js';
import { RateLimits, type Allowance } from './rate-limits.js';

const MOST_BUCKETS = 50_000;

/**
 * Counts in this process's memory. Exact for as long as no more than `mostBuckets` buckets are hit in a minute; beyond that, the
 * bucket hit longest ago is forgotten and begins anew, so that a flood of addresses costs exactness and not memory.
 */
export class MemoryRateLimits extends RateLimits {
  private readonly logs: LRUCache<string, HitLog>;
  /** Until when each pass holds. */
  private readonly passes: LRUCache<string, number>;

  /** `now` is in milliseconds and never goes back. */
  constructor(
    private readonly now: () => number = () => performance.now(),
    mostBuckets = MOST_BUCKETS,
  ) {
    super();
    this.logs = new LRUCache({ max: mostBuckets });
    this.passes = new LRUCache({ max: mostBuckets });
  }

  async hit(bucket: string, limit: number): Promise<Allowance> {
    const log = this.logs.peek(bucket) ?? new HitLog();
    const allowance = log.hit(limit, this.now());
    if (allowance.allowed) this.logs.set(bucket, log);
    return allowance;
  }

  async peek(bucket: string, limit: number, pass?: string): Promise<Allowance> {
    const allowance = (this.logs.peek(bucket) ?? new HitLog()).peek(limit, this.now());
    return pass !== undefined && this.holds(pass)
      ? { ...allowance, allowed: true, retryAfterSeconds: 0 }
      : allowance;
  }

  async refund(bucket: string): Promise<void> {
    this.logs.peek(bucket)?.refund();
  }

  async stamp(pass: string, seconds: number): Promise<void> {
    this.passes.set(pass, this.now() + seconds * 1_000);
  }

  async close(): Promise<void> {
    this.logs.clear();
    this.passes.clear();
  }

  /** Whether the pass was stamped here and still holds. */
  holds(pass: string): boolean {
    const until = this.passes.get(pass);
    return until !== undefined && until > this.now();
  }
}
