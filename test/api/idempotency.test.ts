import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContactView } from '../../src/crm/reads/contact-reads.js';
import { book, bookingOf, inDays, type NewBooking } from '../support/bookings.js';
import type { Client, ErrorBody, HttpAnswer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';

const reused = {
  status: 409,
  body: { error: 'This Idempotency-Key was already used with a different request' },
};

interface Operation {
  /** Asks for something that can happen only once; `n` tells which. */
  send(n: number, key: string, given?: Record<string, unknown>): Promise<HttpAnswer<Made & ErrorBody>>;
  /** How often that happened. */
  count(n: number): Promise<number>;
  status: number;
}

interface Made {
  id?: string;
}

describe('an Idempotency-Key', () => {
  let linktime: Installation;
  let anyone: Client;
  let elsewhere: Client;
  let owner: Owner;
  let client: Client;
  let offer: Offer;
  const bookingIds = new Map<number, string>();

  beforeAll(async () => {
    linktime = await Installation.production();
    [anyone, elsewhere] = await Promise.all([linktime.startClient(), linktime.startClient()]);
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner);
    for (let n = 1; n <= 12; n += 1) {
      bookingIds.set(n, (await book(anyone, offer, inDays(20 + n, '08:00'))).id);
    }
  });
  afterAll(() => linktime.close());

  const count = async (sql: string, ...parameters: unknown[]) =>
    (await linktime.query<{ count: number }>(`select count(*)::int ${sql}`, parameters))[0]!.count;

  const operations: Record<string, Operation> = {
    'POST /api/bookings': {
      send: (n, key, given) =>
        anyone.post('/api/bookings', bookingOf(offer, inDays(20 + n, '10:00'), given), {
          'Idempotency-Key': key,
        }),
      count: (n) => count('from bookings where starts_at = $1', inDays(20 + n, '10:00')),
      status: 201,
    },
    'POST /api/v1/contacts': {
      send: (n, key, given) =>
        client.post(
          '/api/v1/contacts',
          { name: 'Ada', email: `ada-${n}@example.com`, ...given },
          {
            'Idempotency-Key': key,
          },
        ),
      count: (n) => count('from contacts where email = $1', `ada-${n}@example.com`),
      status: 201,
    },
    'POST /api/v1/bookings/:id/cancel': {
      send: (n, key, given = {}) =>
        client.post(`/api/v1/bookings/${bookingIds.get(n)}/cancel`, given, { 'Idempotency-Key': key }),
      count: (n) =>
        count(`from outbox where subject_id = $1 and name = 'booking.cancelled'`, bookingIds.get(n)),
      status: 200,
    },
  };

  describe.each(Object.entries(operations))('of %s', (name, { send, count: happened, status }) => {
    const key = (text: string) => `${name} ${text}`;

    it('lets the same request act once, and be answered alike', async () => {
      const first = await send(1, key('twice'));
      expect(first.status).toBe(status);
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      for (let n = 0; n < 3; n += 1) {
        const replay = await send(1, key('twice'));
        expect(replay).toMatchObject({ status, body: first.body });
        expect(replay.headers.get('idempotency-replayed')).toBe('true');
        expect(replay.headers.get('location')).toBe(first.headers.get('location'));
      }
      expect(await happened(1)).toBe(1);
    });

    it('is refused with another body', async () => {
      await send(2, key('other body'));
      expect(await send(2, key('other body'), { notes: 'x', reason: 'x' })).toMatchObject(reused);
      expect(await send(3, key('other body'))).toMatchObject(reused);
      expect(await happened(3)).toBe(0);
    });

    it('is not kept by an answer that failed', async () => {
      const wrong = { name: 5, inviteeName: 5, reason: 5 };
      expect((await send(4, key('failed'), wrong)).status).toBe(400);
      expect((await send(4, key('failed'))).status).toBe(status);
      expect((await send(4, key('conflict'))).status).toBe(409);
      expect((await send(5, key('conflict'))).status).toBe(status);
    });

    it('lets one of ten twins act that come at once', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => send(6, key('twins'))));
      const made = answers.filter((answer) => answer.status === status);
      const running = answers.filter((answer) => answer.status !== status);
      for (const answer of running) {
        expect(answer).toMatchObject({
          status: 409,
          body: { error: 'A request with this Idempotency-Key is still in progress' },
        });
      }
      expect(made.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
      expect(new Set(made.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(await happened(6)).toBe(1);
    });

    it('is 1 to 255 printable characters', async () => {
      for (const unfit of ['', 'x'.repeat(256), 'ü', 'a\tb']) {
        expect(await send(7, unfit)).toMatchObject({
          status: 400,
          body: { error: 'Invalid request data', details: { 'Idempotency-Key': expect.any(String) } },
        });
      }
      expect(await happened(7)).toBe(0);
      expect((await send(7, key('x').padEnd(255, '~'))).status).toBe(status);
    });

    it('is good for 24 hours', async () => {
      await send(8, key('old'));
      await linktime.query(
        `update idempotency_keys set created_at = created_at - interval '24 hours' where key = $1`,
        [key('old')],
      );
      const later = await send(8, key('old'));
      expect(later.status).toBe(409);
      expect(later.body.error).not.toContain('Idempotency-Key');
    });
  });

  it('is refused while the first request under it is still at work', async () => {
    const body = bookingOf(offer, inDays(20, '11:00'));
    const headers = { 'Idempotency-Key': 'at work' };
    const lock = linktime.dataSource.createQueryRunner();
    await lock.startTransaction();
    await lock.query('lock table bookings in access exclusive mode');
    const first = anyone.post('/api/bookings', body, headers);
    await eventually(
      async () =>
        (await count(
          `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )) > 0,
    );
    const second = await elsewhere.post('/api/bookings', body, headers);
    await lock.rollbackTransaction();
    await lock.release();
    expect(second).toMatchObject({
      status: 409,
      body: { error: 'A request with this Idempotency-Key is still in progress' },
    });
    expect((await first).status).toBe(201);
  });

  it('takes bodies that say the same for the same', async () => {
    const headers = { 'Idempotency-Key': 'same said' };
    const first = await client.post<ContactView>(
      '/api/v1/contacts',
      '{"name":"Ada","email":"same@example.com"}',
      headers,
    );
    const again = await client.post(
      '/api/v1/contacts',
      '{ "email": "same@example.com",\n "name": "Ada" }',
      headers,
    );
    expect(again).toMatchObject({ status: 201, body: first.body });
  });

  it('is another for another operation and another owner', async () => {
    const headers = { 'Idempotency-Key': 'shared' };
    const contact = { name: 'Ada', email: 'shared@example.com' };
    const other = anyone.as(await linktime.owners.add());
    const [mine, theirs] = [
      await client.post<ContactView>('/api/v1/contacts', contact, headers),
      await other.post<ContactView>('/api/v1/contacts', contact, headers),
    ];
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(mine.body.id).not.toBe(theirs.body.id);
    expect(await client.post(`/api/v1/bookings/${bookingIds.get(9)}/cancel`, {}, headers)).toMatchObject(
      reused,
    );
    expect((await anyone.post('/api/bookings', bookingOf(offer, inDays(20, '12:00')), headers)).status).toBe(
      201,
    );
  });

  it('is known at every process', async () => {
    const body = bookingOf(offer, inDays(20, '13:00'));
    const headers = { 'Idempotency-Key': 'everywhere' };
    const first = await anyone.post<NewBooking>('/api/bookings', body, headers);
    const replay = await elsewhere.post<NewBooking>('/api/bookings', body, headers);
    expect(replay).toMatchObject({
      status: 201,
      body: { id: first.body.id, startTime: first.body.startTime },
    });
    expect(replay.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is known after the process was killed', async () => {
    const doomed = await linktime.startApi();
    const ask = (url: string) =>
      fetch(`${url}/api/bookings`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'killed' },
        body: JSON.stringify(bookingOf(offer, inDays(20, '14:00'))),
      });
    const first = await ask(doomed.url);
    const { id } = (await first.json()) as NewBooking;
    await doomed.kill('SIGKILL');
    const replay = await ask(anyone.url);
    expect(replay.headers.get('idempotency-replayed')).toBe('true');
    expect(((await replay.json()) as NewBooking).id).toBe(id);
  });

  it('makes a replay of nothing but the answer: no event, no contact, no mail more', async () => {
    const headers = { 'Idempotency-Key': 'no effect' };
    const body = bookingOf(offer, inDays(20, '15:00'), { inviteeEmail: 'no-effect@example.com' });
    await anyone.post('/api/bookings', body, headers);
    const all = () => Promise.all(['outbox', 'contacts', 'bookings'].map((table) => count(`from ${table}`)));
    const before = await all();
    for (let n = 0; n < 5; n += 1) await anyone.post('/api/bookings', body, headers);
    expect(await all()).toEqual(before);
  });
});
