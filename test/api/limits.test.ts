import { randomBytes } from 'node:crypto';
import { Duration, Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKeyText } from '../../src/identity/domain/api-key.js';
import { inDays, tryToBook } from '../support/bookings.js';
import { Client, type HttpAnswer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';

const me = '/api/v1/me';
const proxied = { TRUST_PROXY: '127.0.0.1, 10.0.0.0/8' };

describe.each([
  ['memory', () => Installation.embedded(proxied)],
  ['Redis', () => Installation.production(proxied)],
])('limits counted in %s', (lastWord, install) => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let offer: Offer;

  beforeAll(async () => {
    linktime = await install();
    anyone = await linktime.startClient();
    await sharesItsCounts(anyone);
    owner = await linktime.owners.add();
    offer = await linktime.owners.offer(owner);
  });
  afterAll(() => linktime.close());

  const from = (address: string) => anyone.with({ 'X-Forwarded-For': address });
  const newKey = () => linktime.owners.issueKey(owner.email);

  describe('of an API key', () => {
    it('are 60 requests in any minute, told in every answer, and the 61st is 429', async () => {
      const client = from('192.0.2.1').as(await newKey());
      for (let n = 1; n <= 60; n += 1) {
        const { status, headers } = await client.get(me);
        expect({ status, ...limitTold(headers) }).toEqual({ status: 200, limit: 60, remaining: 60 - n });
        expect(Number(headers.get('x-ratelimit-reset'))).toBeLessThanOrEqual(60);
      }
      for (const refused of [
        await client.get(me),
        await client.post('/api/v1/contacts', '{ malformed'),
        await client.get('/api/v1/bookings?page=0'),
        await client.request('HEAD', '/api/v1/contacts/none'),
      ]) {
        expect(refused.status).toBe(429);
        expect(limitTold(refused.headers)).toEqual({ limit: 60, remaining: 0 });
        expect(retryAfter(refused)).toBeLessThanOrEqual(60);
      }
      expect((await client.get(me)).body).toEqual({ error: 'Too many requests' });
      expect((await client.get('/api/v1/nothing')).status).toBe(404);
      expect((await client.delete(me)).status).toBe(405);
    });

    it('are each key’s own, also on one address', async () => {
      const [one, other] = [await newKey(), await newKey()];
      await spend(from('192.0.2.2').as(one), 60);
      expect((await from('192.0.2.2').as(one).get(me)).status).toBe(429);
      expect((await from('192.0.2.2').as(other).get(me)).status).toBe(200);
    });

    it('are the key’s wherever it is used', async () => {
      const key = await newKey();
      await spend(from('192.0.2.3').as(key), 59);
      expect(limitTold((await from('192.0.2.4').as(key).get(me)).headers).remaining).toBe(0);
      expect((await from('192.0.2.5').as(key).get(me)).status).toBe(429);
    });

    it('count every authenticated answer, whatever it is', async () => {
      const client = from('192.0.2.6').as(await newKey());
      const answers = [
        await client.get('/api/v1/bookings?page=0'),
        await client.get('/api/v1/contacts/none'),
        await client.post('/api/v1/contacts', '{ malformed'),
        await client.post('/api/v1/contacts', 'x', { 'Content-Type': 'text/plain' }),
        await client.post('/api/v1/contacts', JSON.stringify('x'.repeat(200_000))),
        await client.request('HEAD', me),
        await client.delete('/api/v1/contacts/none'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 404, 400, 415, 413, 200, 404]);
      expect(answers.map(({ headers }) => limitTold(headers).remaining)).toEqual([
        59, 58, 57, 56, 55, 54, 53,
      ]);
    });

    it('do not count what no route answers, for no key is asked for there', async () => {
      const client = from('192.0.2.7').as(await newKey());
      for (const path of ['/api/v1/nothing', '/nothing']) await client.get(path);
      await client.delete(me);
      expect(limitTold((await client.get(me)).headers).remaining).toBe(59);
    });

    it('are not waited for any longer for having asked meanwhile', async () => {
      const client = from('192.0.2.8').as(await newKey());
      await spend(client, 60);
      const waits: number[] = [];
      for (let n = 0; n < 20; n += 1) waits.push(retryAfter(await client.get(me)));
      expect(waits).toEqual(waits.toSorted((a, b) => b - a));
    });

    it('let 60 of 80 through that come at once', async () => {
      const client = from('192.0.2.9').as(await newKey());
      const answers = await Promise.all(Array.from({ length: 80 }, () => client.get(me)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
    });
  });

  describe('of failed authentications', () => {
    it('are five a minute from an address; then it is 429 whatever it sends', async () => {
      const client = from('198.51.100.1');
      const failures = [
        await client.as({ key: neverIssued() }).get(me),
        await client.as({ key: 'lt_live_malformed' }).get(me),
        await client.get(me),
        await client.with({ Authorization: 'Basic x' }).post('/api/v1/contacts', {}),
        await client.as({ key: neverIssued() }).get('/api/v1/contacts/none'),
      ];
      expect(failures.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
      expect(failures.map(({ headers }) => limitTold(headers))).toEqual(
        [4, 3, 2, 1, 0].map((remaining) => ({ limit: 5, remaining })),
      );
      for (const sixth of [
        await client.get(me),
        await client.as({ key: neverIssued() }).get(me),
        await client.as(await newKey()).get(me),
        await client.as(await newKey()).post('/api/v1/contacts', '{ malformed'),
      ]) {
        expect(sixth).toMatchObject({ status: 429, body: { error: 'Too many requests' } });
        expect(limitTold(sixth.headers)).toEqual({ limit: 5, remaining: 0 });
        expect(retryAfter(sixth)).toBeLessThanOrEqual(60);
      }
      expect((await from('198.51.100.2').get(me)).status).toBe(401);
    });

    it('are judged before any key is looked up', async () => {
      const client = from('198.51.100.3').as({ key: neverIssued() });
      await spend(client, 5);
      await linktime.query('alter table api_keys rename to out_of_reach');
      const { status } = await client.get(me);
      await linktime.query('alter table out_of_reach rename to api_keys');
      expect(status).toBe(429);
    });

    it('let a key pass that was proven from that very address lately', async () => {
      const [known, unknown] = [await newKey(), await newKey()];
      const client = from('198.51.100.4');
      await client.as(known).get(me);
      await from('198.51.100.5').as(unknown).get(me);
      await spend(client, 6);
      expect((await client.as(known).get(me)).status).toBe(200);
      expect((await client.as(unknown).get(me)).status).toBe(429);
    });

    it('are not spent by what succeeds, or one key could never make its 60 requests', async () => {
      const client = from('198.51.100.6');
      await spend(client.as(await newKey()), 20);
      expect(limitTold((await client.get(me)).headers)).toEqual({ limit: 5, remaining: 4 });
    });

    it('are not spent by a key that was once issued: it is charged to itself', async () => {
      const client = from('198.51.100.7');
      const revoked = await newKey();
      await linktime.owners.revokeKey(revoked.id);
      const free = await linktime.owners.add({ plan: 'FREE' });
      const expired = await linktime.owners.issueKey(owner.email, Instant.now().minus(Duration.ofMinutes(1)));
      for (const key of [revoked, free, expired]) {
        for (let n = 1; n <= 10; n += 1) {
          const { status, headers } = await client.as(key).get(me);
          expect({ status, ...limitTold(headers) }).toEqual({ status: 401, limit: 60, remaining: 60 - n });
        }
      }
      await spend(client.as(expired), 50);
      expect((await client.as(expired).get(me)).status).toBe(429);
      expect(limitTold((await client.get(me)).headers)).toEqual({ limit: 5, remaining: 4 });
    });

    it('are not spent by what no route answers', async () => {
      const client = from('198.51.100.8');
      for (let n = 0; n < 10; n += 1) await client.get('/api/v1/nothing');
      expect(limitTold((await client.get(me)).headers).remaining).toBe(4);
    });

    it('are not lengthened by asking on', async () => {
      const client = from('198.51.100.9');
      await spend(client, 5);
      const waits: number[] = [];
      for (let n = 0; n < 20; n += 1) waits.push(retryAfter(await client.get(me)));
      expect(waits).toEqual(waits.toSorted((a, b) => b - a));
    });

    it('are counted together for all of an IPv6 subscriber’s addresses', async () => {
      for (const host of ['::1', '::2', ':ffff:1:2:3', '::', ':ab::9'].map((rest) => `2001:db8:1:2${rest}`)) {
        expect((await from(host).get(me)).status).toBe(401);
      }
      expect((await from('2001:db8:1:2:dead:beef::1').get(me)).status).toBe(429);
      expect((await from('2001:db8:1:3::1').get(me)).status).toBe(401);
    });

    it('are counted as IPv4 for IPv4 in the clothes of IPv6', async () => {
      for (const address of ['198.51.100.20', '::ffff:198.51.100.20', '::ffff:c633:6414']) {
        await spend(from(address), 2);
      }
      expect((await from('198.51.100.20').get(me)).status).toBe(429);
      expect((await from('::ffff:198.51.100.21').get(me)).status).toBe(401);
    });

    it('are those of the last address that no trusted proxy vouches for', async () => {
      for (let n = 1; n <= 5; n += 1) await from(`203.0.113.${n}, 198.51.100.30, 10.1.2.3`).get(me);
      expect((await from('203.0.113.99, 198.51.100.30').get(me)).status).toBe(429);
      expect((await from('198.51.100.30').get(me)).status).toBe(429);
      expect((await from('203.0.113.1').get(me)).status).toBe(401);
    });
  });

  describe('of public bookings', () => {
    const book = (client: Client, given: Record<string, unknown>) => tryToBook(client, offer, '', given);

    it('are ten a minute from an address, failed attempts too', async () => {
      const client = from('203.0.113.10');
      const answers = [
        await tryToBook(client, offer, inDays(5, '09:00')),
        await tryToBook(client, offer, inDays(5, '09:00')),
        await tryToBook(client, offer, inDays(5, '09:01')),
        await book(client, { eventTypeId: 'none', startTime: inDays(5, '09:00') }),
        await client.post('/api/bookings', '{ malformed'),
        await client.post('/api/bookings', 'x', { 'Content-Type': 'text/plain' }),
        await client.post('/api/bookings'),
        await client.post('/api/bookings', JSON.stringify('x'.repeat(200_000))),
        await tryToBook(client, offer, inDays(5, '10:00')),
        await tryToBook(client, offer, inDays(5, '11:00')),
      ];
      expect(answers.map(({ status }) => status)).toEqual([201, 409, 400, 404, 400, 415, 400, 413, 201, 201]);
      expect(answers.map(({ headers }) => limitTold(headers))).toEqual(
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((remaining) => ({ limit: 10, remaining })),
      );
      const refused = await tryToBook(client, offer, inDays(5, '12:00'));
      expect(refused).toMatchObject({ status: 429, body: { error: 'Too many requests' } });
      expect(limitTold(refused.headers)).toEqual({ limit: 10, remaining: 0 });
      expect(retryAfter(refused)).toBeLessThanOrEqual(60);
      expect((await client.post('/api/bookings', '{ malformed')).status).toBe(429);
      expect((await client.get('/api/bookings')).status).toBe(405);
      expect((await tryToBook(from('203.0.113.11'), offer, inDays(5, '12:00'))).status).toBe(201);
    });

    it('do not count the replay of a booking', async () => {
      const client = from('203.0.113.12').with({ 'Idempotency-Key': 'replayed' });
      const first = await tryToBook(client, offer, inDays(6, '09:00'));
      expect(first.status).toBe(201);
      const left: number[] = [];
      for (let n = 0; n < 15; n += 1) {
        const replay = await tryToBook(client, offer, inDays(6, '09:00'));
        expect(replay).toMatchObject({ status: 201, body: first.body });
        expect(replay.headers.get('idempotency-replayed')).toBe('true');
        left.push(limitTold(replay.headers).remaining);
      }
      // One that Redis was too late to take back stays counted: it is not waited for.
      expect(left.at(-1)).toBeGreaterThanOrEqual(lastWord === 'memory' ? 9 : 7);
      expect(left[0]).toBeLessThanOrEqual(9);
    });

    it('are apart from those of keys and failed authentications', async () => {
      const client = from('203.0.113.13');
      await spend(client, 6);
      const key = await newKey();
      const booked = await tryToBook(client.as(key), offer, inDays(6, '11:00'));
      expect({ status: booked.status, ...limitTold(booked.headers) }).toEqual({
        status: 201,
        limit: 10,
        remaining: 9,
      });
      expect(limitTold((await from('203.0.113.14').as(key).get(me)).headers).remaining).toBe(59);
    });

    it('count IPv6 by its /64', async () => {
      for (let n = 1; n <= 10; n += 1) await from(`2001:db8:7:7::${n}`).post('/api/bookings', {});
      expect((await from('2001:db8:7:7::11').post('/api/bookings', {})).status).toBe(429);
    });
  });
});

describe('limits by settings', () => {
  let linktime: Installation;
  let withoutProxy: Client;
  let withOtherProxy: Client;
  let unlimited: Client;

  beforeAll(async () => {
    linktime = await Installation.production({});
    [withoutProxy, withOtherProxy, unlimited] = await Promise.all([
      linktime.startClient(),
      linktime.startClient({ TRUST_PROXY: '10.0.0.0/8, 2001:db8::/32', REDIS_URL: 'redis://127.0.0.1:1' }),
      linktime.startClient(withoutLimits),
    ]);
  });
  afterAll(() => linktime.close());

  it.each([
    ['no proxy is configured', () => withoutProxy],
    ['the client is none of the configured proxies', () => withOtherProxy],
  ])('believe no address that a client claims to have where %s', async (_what, client) => {
    const statuses: number[] = [];
    for (let n = 1; n <= 8; n += 1) {
      const claimed = `203.0.113.${n}`;
      const headers = { 'X-Forwarded-For': claimed, 'X-Real-IP': claimed, Forwarded: `for=${claimed}` };
      statuses.push((await client().with(headers).get(me)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  });

  it('are off at 0', async () => {
    const owner = await linktime.owners.add();
    for (const [ask, status] of [
      [() => unlimited.as(owner).get(me), 200],
      [() => unlimited.get(me), 401],
      [() => unlimited.post('/api/bookings', {}), 400],
    ] as const) {
      const answers = await Promise.all(Array.from({ length: 80 }, ask));
      expect(answers.every((answer) => answer.status === status)).toBe(true);
      expect(answers.every(({ headers }) => headers.get('x-ratelimit-limit') === null)).toBe(true);
    }
  });
});

async function sharesItsCounts(client: Client): Promise<void> {
  await eventually(async () => {
    const { body } = await client.get<{ redis: string | null }>('/health');
    return body.redis !== 'down';
  });
}

async function spend(client: Client, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await client.get(me);
}

function neverIssued(): string {
  return makeKeyText(randomBytes(32));
}

function limitTold(headers: Headers): { limit: number; remaining: number } {
  return {
    limit: Number(headers.get('x-ratelimit-limit') ?? NaN),
    remaining: Number(headers.get('x-ratelimit-remaining') ?? NaN),
  };
}

function retryAfter({ status, headers }: HttpAnswer<unknown>): number {
  expect(status).toBe(429);
  return Number(headers.get('retry-after'));
}
