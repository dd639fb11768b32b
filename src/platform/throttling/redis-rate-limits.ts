import { ReplyError, type Redis } from 'ioredis';
import { connectToRedis } from '../redis-connection.js';
import { within } from '../within.js';
import { MemoryRateLimits } from './memory-rate-limits.js';
import { RateLimits, type Allowance } from './rate-limits.js';
import { windowScripts, type Standing, type WindowCommands } from './redis-scripts.js';
import { SpareHits } from './spare-hits.js';

const PATIENCE_MS = 50;
const PROBE_EVERY_MS = 1_000;
const PROBE_KEY = 'linktime:limit-probe';
const MOST_AT_ONCE = 200;

interface WaitingHit {
  readonly bucket: string;
  readonly limit: number;
  /** In milliseconds of the process's own clock. */
  readonly since: number;
  /** Told how the window stands, or null if Redis was not to be had in time. */
  readonly tell: (standing: Standing | null) => void;
}

export interface RedisRateLimitsOptions {
  readonly url: string;
  /** This process's own clock: milliseconds that never go back. */
  readonly now?: () => number;
  /** How long a request may wait for Redis: 50 ms unless said otherwise. */
  readonly patienceMs?: number;
}

/**
 * Counts shared by all processes, in Redis. Every hit is counted in this process too, and both must have room: a process that loses
 * Redis goes on from what it has let through itself, and a wiped Redis forgets for none. No request waits for Redis longer than
 * its patience; after one that did, or that got an error, none asks until Redis has been seen to answer again.
 */
export class RedisRateLimits extends RateLimits {
  private readonly redis: Redis & WindowCommands;
  private readonly inProcess: MemoryRateLimits;
  private readonly patienceMs: number;
  private up = false;
  private nextProbe: NodeJS.Timeout | undefined;
  /** Hits that are to be counted by the next question. */
  private waiting: WaitingHit[] = [];
  private isCounting = false;
  private readonly spares = new SpareHits(
    (bucket, count) => void this.ask(() => this.redis.rpop(windowKey(bucket), count)),
  );

  constructor({ url, now, patienceMs = PATIENCE_MS }: RedisRateLimitsOptions) {
    super();
    this.patienceMs = patienceMs;
    this.inProcess = new MemoryRateLimits(now);
    this.redis = connectToRedis(url, { scripts: windowScripts }) as Redis & WindowCommands;
    this.redis.on('ready', () => void this.probe());
    this.redis.on('close', () => this.giveUp());
  }

  /** `down`: every process counts by itself. */
  override get status(): 'up' | 'down' {
    return this.up ? 'up' : 'down';
  }

  async hit(bucket: string, limit: number): Promise<Allowance> {
    const here = await this.inProcess.hit(bucket, limit);
    if (!here.allowed) return stricter(here, await this.peekShared(bucket, limit));

    const shared = this.spares.spend(bucket, limit) ?? (await this.hitShared(bucket, limit));
    if (shared === null) return here;
    if (shared[0] === 1) return stricter(here, shared);
    await this.inProcess.refund(bucket);
    return allowanceOf(limit, shared);
  }

  async peek(bucket: string, limit: number, pass?: string): Promise<Allowance> {
    const here = await this.inProcess.peek(bucket, limit);
    const shared = await this.peekShared(bucket, limit, pass);
    const allowance = stricter(here, shared);
    const passes = pass !== undefined && (this.inProcess.holds(pass) || shared?.[4] === 1);
    return passes ? { ...allowance, allowed: true, retryAfterSeconds: 0 } : allowance;
  }

  async refund(bucket: string): Promise<void> {
    await this.inProcess.refund(bucket);
    await this.ask(() => this.redis.rpop(windowKey(bucket)));
  }

  async stamp(pass: string, seconds: number): Promise<void> {
    await this.inProcess.stamp(pass, seconds);
    await this.ask(() => this.redis.set(passKey(pass), '', 'PX', seconds * 1_000));
  }

  async close(): Promise<void> {
    this.giveUp();
    this.redis.disconnect();
  }

  /**
   * Counts the hit with all others that come until Redis has counted the ones before: under load a question for each would cost
   * more than all the rest of a small request.
   */
  private hitShared(bucket: string, limit: number): Promise<Standing | null> {
    return new Promise((tell) => {
      this.waiting.push({ bucket, limit, tell, since: performance.now() });
      if (this.isCounting) return;
      this.isCounting = true;
      setImmediate(() => void this.countWaiting());
    });
  }

  private async countWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const hits = this.waiting.splice(0, MOST_AT_ONCE);
      const patience = Math.max(0, hits[0]!.since + this.patienceMs - performance.now());
      const standings = await this.ask(
        () =>
          this.redis.hitWindows(
            hits.length,
            ...hits.map(({ bucket }) => windowKey(bucket)),
            ...hits.map(({ limit }) => limit),
            ...this.wishesOf(hits),
          ),
        patience,
      );
      hits.forEach((hit, place) => this.answer(hit, standings?.[place] ?? null));
    }
    this.isCounting = false;
  }

  /** How many more to count with each: of a bucket, with the last of its hits; -1 is none and no answer to that. */
  private wishesOf(hits: readonly WaitingHit[]): number[] {
    const counts = new Map<string, number>();
    for (const { bucket } of hits) counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    const wishes = hits.map(() => -1);
    for (let place = hits.length - 1; place >= 0; place -= 1) {
      const { bucket } = hits[place]!;
      const count = counts.get(bucket);
      if (count === undefined) continue;
      wishes[place] = this.spares.wanted(bucket, count);
      counts.delete(bucket);
    }
    return wishes;
  }

  private answer({ bucket, limit, tell }: WaitingHit, standing: Standing | null): void {
    if (standing && standing[4] >= 0) this.spares.keep(bucket, limit, standing[1], standing[4]);
    tell(standing);
  }

  private giveUp(): void {
    this.up = false;
    this.spares.forget();
    clearTimeout(this.nextProbe);
  }

  private peekShared(bucket: string, limit: number, pass = ''): Promise<Standing | null> {
    return this.ask(() => this.redis.peekWindow(windowKey(bucket), passKey(pass), limit));
  }

  /** What Redis says, or null if that is not to be had in time. */
  private async ask<T>(question: () => Promise<T>, patienceMs = this.patienceMs): Promise<T | null> {
    if (!this.up) return null;
    try {
      return await within(patienceMs, question());
    } catch {
      if (this.up) void this.probe();
      return null;
    }
  }

  /** Trusts Redis again once it takes a write in time (a full one or a replica would answer a PING). Looks again every second until then. */
  private async probe(): Promise<void> {
    this.giveUp();
    const reply = this.redis.set(PROBE_KEY, '', 'PX', PROBE_EVERY_MS);
    this.up = await within(this.patienceMs, reply).then(
      () => true,
      () => false,
    );
    if (this.up) return;

    const answered = await reply.then(
      () => true,
      (error: unknown) => error instanceof ReplyError,
    );
    if (this.redis.status !== 'ready') return;
    this.nextProbe = setTimeout(
      () => (answered ? void this.probe() : this.redis.disconnect(true)),
      PROBE_EVERY_MS,
    ).unref();
  }
}

/** Allowed only if it is allowed both here and by Redis; just here if Redis was not to be had. */
function stricter(here: Allowance, shared: Standing | null): Allowance {
  if (shared === null) return here;
  const there = allowanceOf(here.limit, shared);
  return {
    allowed: here.allowed && there.allowed,
    limit: here.limit,
    remaining: Math.min(here.remaining, there.remaining),
    resetSeconds: Math.max(here.resetSeconds, there.resetSeconds),
    retryAfterSeconds: Math.max(here.retryAfterSeconds, there.retryAfterSeconds),
  };
}

function allowanceOf(limit: number, [allowed, used, resetSeconds, retryAfterSeconds]: Standing): Allowance {
  return {
    allowed: allowed === 1,
    limit,
    remaining: Math.max(0, limit - used),
    resetSeconds,
    retryAfterSeconds,
  };
}

function windowKey(bucket: string): string {
  return `linktime:limit:${bucket}`;
}

function passKey(pass: string): string {
  return `linktime:pass:${pass}`;
}
