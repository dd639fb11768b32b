import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Allowance, RateLimits } from '../throttling/rate-limits.js';
import { Refusal } from './answers.js';
import { countedAddress } from './client-address.js';
import { isRefusal, type KeyOwners } from './key-owner.js';

/** Requests in any minute; 0 switches a limit off. */
export interface Limits {
  readonly apiKeyPerMinute: number;
  readonly preAuthPerMinute: number;
  readonly publicBookingPerMinute: number;
}

const PASS_SECONDS = 600;
const RESTAMP_AFTER_MS = 60_000;

/**
 * The order of checks before anything of a request is read: the limit of its address, its key, the limit of its key. Only failed
 * authentications spend an address's limit, and a key that was proven from an address lately is not locked out with the others.
 */
export class Gate {
  /** The keys proven from each address in the last ten minutes, with the time at which other processes were told. */
  private readonly passes = new LRUCache<string, number>({ max: 20_000, ttl: PASS_SECONDS * 1_000 });

  constructor(
    private readonly limits: Limits,
    private readonly rateLimits: RateLimits,
    private readonly keyOwners: KeyOwners,
  ) {}

  /** Lets the request in or throws a refusal. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { access } = request.routeOptions.config;
    if (access === 'api key') await this.admitKey(request, reply);
    else if (access === 'public booking') await this.admitPublic(request, reply);
    else if (access === 'secret address') await this.admitGuess(request, reply);
  }

  private async admitPublic(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const bucket = `public:${countedAddress(request.ip)}`;
    const limit = this.limits.publicBookingPerMinute;
    if (limit === 0) return;
    await this.count(bucket, limit, reply);
    request.refundLimit = async () => {
      await this.rateLimits.refund(bucket);
      tell(await this.rateLimits.peek(bucket, limit), reply);
    };
  }

  /** As failed authentications are, but counted by themselves: an address that has ended locks no API key out. */
  private async admitGuess(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const bucket = `guesses:${countedAddress(request.ip)}`;
    const limit = this.limits.preAuthPerMinute;
    if (limit === 0) return;
    const allowance = await this.rateLimits.peek(bucket, limit);
    if (!allowance.allowed) refuse(allowance, reply);
    request.countWrongGuess = () => this.count(bucket, limit, reply);
  }

  private async admitKey(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const key = bearerOf(request.headers.authorization);
    const address = countedAddress(request.ip);
    const pass = `${address} ${key}`;
    const told = this.passes.get(pass);
    if (told === undefined) await this.checkAddress(address, key, reply);

    const outcome = key === null ? MISSING_KEY : await this.keyOwners.prove(key);
    if (isRefusal(outcome)) {
      if (outcome.knownKeyId === null) await this.countFailure(address, reply);
      else await this.countKey(outcome.knownKeyId, reply);
      throw Refusal.of(401, outcome.message, { 'WWW-Authenticate': 'Bearer' });
    }
    this.renew(pass, told ?? 0, address, key!);
    await this.countKey(outcome.keyId, reply);
    request.keyOwner = outcome;
  }

  private async checkAddress(address: string, key: string | null, reply: FastifyReply): Promise<void> {
    const limit = this.limits.preAuthPerMinute;
    if (limit === 0) return;
    const allowance = await this.rateLimits.peek(
      failuresOf(address),
      limit,
      key === null ? undefined : passName(address, key),
    );
    if (!allowance.allowed) refuse(allowance, reply);
  }

  private countFailure(address: string, reply: FastifyReply): Promise<void> {
    return this.count(failuresOf(address), this.limits.preAuthPerMinute, reply);
  }

  private countKey(keyId: string, reply: FastifyReply): Promise<void> {
    return this.count(`key:${keyId}`, this.limits.apiKeyPerMinute, reply);
  }

  private async count(bucket: string, limit: number, reply: FastifyReply): Promise<void> {
    if (limit === 0) return;
    const allowance = await this.rateLimits.hit(bucket, limit);
    if (!allowance.allowed) refuse(allowance, reply);
    tell(allowance, reply);
  }

  /** `told` is when other processes were last told of the pass. */
  private renew(pass: string, told: number, address: string, key: string): void {
    const now = Date.now();
    if (now - told < RESTAMP_AFTER_MS) {
      this.passes.set(pass, told);
      return;
    }
    this.passes.set(pass, now);
    if (this.limits.preAuthPerMinute > 0) {
      void this.rateLimits.stamp(passName(address, key), PASS_SECONDS);
    }
  }
}

const MISSING_KEY = { message: 'Missing API key', knownKeyId: null };

/** The credentials of a Bearer header (RFC 6750, 2.1; the scheme in any letter case); null for none or another scheme. */
export function bearerOf(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.slice(0, 7).toLowerCase() !== 'bearer ') return null;
  return authorization.slice(7).trim() || null;
}

function failuresOf(address: string): string {
  return `failures:${address}`;
}

/** Names a pass without giving its key away to whoever can read the shared store. */
function passName(address: string, key: string): string {
  return `${address}:${createHash('sha256').update(key).digest('hex')}`;
}

function tell({ limit, remaining, resetSeconds }: Allowance, reply: FastifyReply): void {
  reply
    .header('X-RateLimit-Limit', limit)
    .header('X-RateLimit-Remaining', remaining)
    .header('X-RateLimit-Reset', resetSeconds);
}

function refuse(allowance: Allowance, reply: FastifyReply): never {
  tell(allowance, reply);
  throw Refusal.of(429, 'Too many requests', { 'Retry-After': String(allowance.retryAfterSeconds) });
}
