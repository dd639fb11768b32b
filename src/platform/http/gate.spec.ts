import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MemoryRateLimits } from '../throttling/memory-rate-limits.js';
import type { Access } from './access.js';
import { Refusal } from './answers.js';
import { bearerOf, Gate } from './gate.js';
import { KeyOwners, type KeyOwner, type KeyRefusal } from './key-owner.js';

/** Knows the keys "good…"; "old…" was issued once and is not accepted any more. */
class FakeKeyOwners extends KeyOwners {
  asked = 0;

  async prove(key: string): Promise<KeyOwner | KeyRefusal> {
    this.asked += 1;
    if (key.startsWith('good')) return { keyId: key, ownerId: `owner of ${key}` };
    return { message: 'Invalid API key', knownKeyId: key.startsWith('old') ? key : null };
  }
}

describe('The gate', () => {
  let now: number;
  let keyOwners: FakeKeyOwners;
  let rateLimits: MemoryRateLimits;
  let gate: Gate;

  beforeEach(() => {
    now = 1_000;
    keyOwners = new FakeKeyOwners();
    rateLimits = new MemoryRateLimits(() => now);
    gate = new Gate(
      { apiKeyPerMinute: 3, preAuthPerMinute: 2, publicBookingPerMinute: 2 },
      rateLimits,
      keyOwners,
    );
  });

  async function call(key: string | null, ip = '203.0.113.7', access: Access = 'api key') {
    const headers: Record<string, unknown> = {};
    const reply = { header: (name: string, value: unknown) => ((headers[name] = value), reply) };
    const request = {
      ip,
      headers: key === null ? {} : { authorization: `Bearer ${key}` },
      routeOptions: { config: { access } },
    } as unknown as FastifyRequest;
    try {
      await gate.admit(request, reply as unknown as FastifyReply);
      return { status: 200, headers, request };
    } catch (error) {
      const { answer } = error as Refusal;
      return { status: answer.status, headers: { ...headers, ...answer.headers }, request };
    }
  }
  const statuses = async (...keys: (string | null)[]) => {
    const seen = [];
    for (const key of keys) seen.push((await call(key)).status);
    return seen;
  };

  it('says for whom a request acts', async () => {
    const { request, headers } = await call('good');
    expect(request.keyOwner).toEqual({ keyId: 'good', ownerId: 'owner of good' });
    expect(headers).toEqual({ 'X-RateLimit-Limit': 3, 'X-RateLimit-Remaining': 2, 'X-RateLimit-Reset': 60 });
  });

  it('lets a key ask as often as its limit allows, and then says how long to wait', async () => {
    expect(await statuses('good', 'good', 'good', 'good')).toEqual([200, 200, 200, 429]);
    expect((await call('good')).headers).toMatchObject({ 'Retry-After': '60', 'X-RateLimit-Remaining': 0 });
    expect(await statuses('good 2')).toEqual([200]);

    now += 60_000;
    expect(await statuses('good')).toEqual([200]);
  });

  it('looks no key up while an address has spent its failures', async () => {
    expect(await statuses('bad', null)).toEqual([401, 401]);
    const { asked } = keyOwners;
    expect(await statuses('bad', 'good', null)).toEqual([429, 429, 429]);
    expect(keyOwners.asked).toBe(asked);
    expect((await call('good', '203.0.113.8')).status).toBe(200);
  });

  it('does not lock out a key that was proven from the address lately', async () => {
    expect(await statuses('good', 'bad', 'bad', 'bad', 'good')).toEqual([200, 401, 401, 429, 200]);
    expect((await call('good 2')).status).toBe(429);
  });

  it('lets nobody try more secret addresses once a few were wrong, and counts that by itself', async () => {
    const read = async (isWrong: boolean, ip = '203.0.113.7') => {
      const { status, request } = await call(null, ip, 'secret address');
      if (status === 200 && isWrong) await request.countWrongGuess!();
      return status;
    };
    expect([await read(false), await read(false), await read(false)]).toEqual([200, 200, 200]);
    expect([await read(true), await read(true), await read(false)]).toEqual([200, 200, 429]);
    expect(await read(false, '203.0.113.8')).toBe(200);
    expect(await statuses('good')).toEqual([200]);

    now += 60_000;
    expect(await read(false)).toBe(200);
  });

  it('knows at another process too which keys were proven from the address', async () => {
    await call('good');
    const other = new Gate(
      { apiKeyPerMinute: 9, preAuthPerMinute: 2, publicBookingPerMinute: 2 },
      rateLimits,
      keyOwners,
    );
    await statuses('bad', 'bad');
    gate = other;
    expect(await statuses('bad', 'good')).toEqual([429, 200]);
  });

  it('charges a key that was once issued to itself and not to the address', async () => {
    expect(await statuses('old', 'old', 'old', 'old')).toEqual([401, 401, 401, 429]);
    expect(await statuses('bad', 'bad', 'bad')).toEqual([401, 401, 429]);
  });

  it('answers exactly as many failures as the limit allows, also when they come at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => call('bad')));
    expect(outcomes.filter(({ status }) => status === 401)).toHaveLength(2);
    expect(outcomes.filter(({ status }) => status === 429)).toHaveLength(6);
  });

  it('counts public bookings by address and gives back what a replay spent', async () => {
    const book = () => call(null, '203.0.113.7', 'public booking');
    const first = await book();
    await book();
    expect((await book()).status).toBe(429);
    await first.request.refundLimit?.();
    expect((await book()).status).toBe(200);
  });

  it('lets everybody in where a route is open, and knows no limit that is switched off', async () => {
    gate = new Gate(
      { apiKeyPerMinute: 0, preAuthPerMinute: 0, publicBookingPerMinute: 0 },
      rateLimits,
      keyOwners,
    );
    expect(await statuses(...Array.from({ length: 20 }, (_, i) => (i % 2 ? 'good' : 'bad')))).not.toContain(
      429,
    );
    expect((await call(null, '203.0.113.7', 'open')).status).toBe(200);
    expect((await call(null, '203.0.113.7', 'public booking')).headers).toEqual({});
  });
});

describe('A bearer key', () => {
  it.each([
    ['Bearer lt_live_x', 'lt_live_x'],
    ['bEARER  lt_live_x ', 'lt_live_x'],
    ['Basic lt_live_x', null],
    ['Bearer', null],
    ['Bearer ', null],
    ['lt_live_x', null],
    [undefined, null],
  ])('in %j is %j', (header, key) => {
    expect(bearerOf(header)).toBe(key);
  });
});
