import type { Standing } from './redis-scripts.js';

/** For how long hits that were counted ahead may be spent, in milliseconds. */
const SPAN_MS = 50;
const MOST = 250;
const WINDOW_SECONDS = 60;

interface Spares {
  readonly limit: number;
  /** How many hits the window holds, without those counted ahead. */
  used: number;
  left: number;
  /** Hits in the span before, and in this one. */
  readonly before: number;
  spent: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Hits of buckets in steady use that the shared store has counted ahead, so that not each has to be asked about. They are given only
 * while a window has room for so many more that nobody could use it up before those left over are given back, which is after
 * 50 ms at most: whether a hit is allowed stays exact.
 */
export class SpareHits {
  private readonly byBucket = new Map<string, Spares>();

  /** `giveBack` takes hits off the shared store that were counted ahead and not spent. */
  constructor(private readonly giveBack: (bucket: string, count: number) => void) {}

  /** Spends one, if there is one left; null if the store must be asked. */
  spend(bucket: string, limit: number): Standing | null {
    const spares = this.byBucket.get(bucket);
    if (!spares || spares.left === 0 || spares.limit !== limit) return null;
    spares.left -= 1;
    spares.spent += 1;
    spares.used += 1;
    return [1, spares.used, WINDOW_SECONDS, 0, 0];
  }

  /** How many are worth asking for beside `hits` that are asked about now: none for a bucket that was not in use just before. */
  wanted(bucket: string, hits: number): number {
    const spares = this.byBucket.get(bucket);
    return spares ? Math.min(MOST, 2 * (Math.max(spares.before, spares.spent) + hits)) : 0;
  }

  /** Takes what the store has counted ahead; `used` is without it. */
  keep(bucket: string, limit: number, used: number, count: number): void {
    const old = this.byBucket.get(bucket);
    if (old) clearTimeout(old.timer);
    this.set(bucket, { limit, used, left: count + (old?.left ?? 0), before: old?.spent ?? 0 });
  }

  /** Forgets all of them; those not spent stay counted until their minute is over. */
  forget(): void {
    for (const { timer } of this.byBucket.values()) clearTimeout(timer);
    this.byBucket.clear();
  }

  private set(bucket: string, spares: Pick<Spares, 'limit' | 'used' | 'left' | 'before'>): void {
    const timer = setTimeout(() => this.expire(bucket), SPAN_MS).unref();
    this.byBucket.set(bucket, { ...spares, spent: 0, timer });
  }

  private expire(bucket: string): void {
    const { limit, used, left, spent } = this.byBucket.get(bucket)!;
    if (left > 0) this.giveBack(bucket, left);
    if (spent > 0) this.set(bucket, { limit, used, left: 0, before: spent });
    else this.byBucket.delete(bucket);
  }
}
