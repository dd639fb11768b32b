import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bookingOf, book, inDays } from '../support/bookings.js';
import type { Client, ErrorBody } from '../support/client.js';
import { Installation } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { sendRaw } from '../support/raw-http.js';

const unknownId = '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01';
const goodContact = { name: 'Ada', email: 'ada@example.com' };
const badContact = { name: 5 };

describe('every request is checked in one order', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let client: Client;
  let offer: Offer;

  beforeAll(async () => {
    linktime = await Installation.production({
      LIMIT_API_KEY_PER_MINUTE: '0',
      LIMIT_PREAUTH_PER_MINUTE: '0',
      LIMIT_PUBLIC_BOOKING_PER_MINUTE: '0',
    });
    anyone = await linktime.startClient();
    owner = await linktime.owners.add();
    offer = await linktime.owners.offer(owner);
    client = anyone.as(owner);
  });
  afterAll(() => linktime.close());

  describe('the route comes first', () => {
    it.each([
      '/',
      '/api',
      '/api/v1',
      '/api/v1/',
      '/api/v2/me',
      '/api/v1/me/',
      '/api/v1/Me',
      '/API/v1/me',
      '//api/v1/me',
      '/api/v1/webhooks',
      '/api/v1/bookings/x/y',
      '/api/v1/contacts/x/y',
      '/api/v1/events/x',
      '/api/bookings/x/y/z/0',
      '/favicon.ico',
    ])('%s is no route for POST, whoever asks', async (path) => {
      const { status, body } = await anyone.post(path, '{ malformed');
      expect({ status, body }).toEqual(
        path === '/'
          ? { status: 405, body: { error: 'Method not allowed' } }
          : { status: 404, body: { error: 'Not found' } },
      );
    });

    it.each([
      ['POST', '/api/v1/me', 'GET, HEAD, OPTIONS'],
      ['PUT', '/api/v1/contacts', 'GET, HEAD, OPTIONS, POST'],
      ['PUT', '/api/v1/contacts/x', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
      ['DELETE', '/api/v1/bookings', 'GET, HEAD, OPTIONS'],
      ['PATCH', '/api/v1/bookings/x', 'GET, HEAD, OPTIONS'],
      ['GET', '/api/v1/bookings/x/cancel', 'OPTIONS, POST'],
      ['HEAD', '/api/v1/bookings/x/cancel', 'OPTIONS, POST'],
      ['POST', '/api/v1/event-types', 'GET, HEAD, OPTIONS'],
      ['POST', '/api/v1/events', 'GET, HEAD, OPTIONS'],
      ['DELETE', '/api/v1/event-types/x', 'GET, HEAD, OPTIONS'],
      ['POST', '/api/v1/availability/x?timezone=UTC', 'GET, HEAD, OPTIONS'],
      ['GET', '/api/bookings', 'OPTIONS, POST'],
      ['PROPFIND', '/api/v1/me', 'GET, HEAD, OPTIONS'],
    ])('%s %s is 405 and tells what is allowed, without a key', async (method, path, allow) => {
      const { status, headers, body } = await anyone.request(method, path);
      expect(status).toBe(405);
      expect(headers.get('allow')).toBe(allow);
      if (method !== 'HEAD') expect(body).toEqual({ error: 'Method not allowed' });
    });

    it('an unknown method is answered as JSON too', async () => {
      const [answer] = await sendRaw(
        anyone.url,
        'NONSENSE /api/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      );
      expect([400, 405, 501]).toContain(answer!.status);
      expect(JSON.parse(answer!.body)).toEqual({ error: expect.any(String) });
    });
  });

  describe('then the key', () => {
    it.each([
      ['malformed JSON', '{ malformed', {}],
      ['another media type', 'name=Ada', { 'Content-Type': 'application/x-www-form-urlencoded' }],
      ['a body that is too large', JSON.stringify({ notes: 'x'.repeat(200_000) }), {}],
      ['wrong fields', badContact, {}],
    ])('%s with a bad key is 401', async (_what, body, headers) => {
      const answer = await anyone
        .with({ Authorization: 'Bearer lt_live_wrong' })
        .post('/api/v1/contacts', body, headers);
      expect(answer).toMatchObject({ status: 401, body: { error: 'Invalid API key' } });
    });

    it.each([
      '/api/v1/bookings?page=0',
      `/api/v1/contacts/${unknownId}`,
      '/api/v1/availability/none?timezone=nowhere',
      '/api/v1/events?after=unknown&limit=0',
    ])('GET %s without a key is 401', async (path) => {
      expect(await anyone.get(path)).toMatchObject({ status: 401, body: { error: 'Missing API key' } });
    });
  });

  describe('then media type, JSON and parameters', () => {
    it('a bad body for a contact that is unknown, or somebody else’s, is 400', async () => {
      const stranger = anyone.as(await linktime.owners.add());
      const theirs = await stranger.post<{ id: string }>('/api/v1/contacts', goodContact);
      for (const id of [unknownId, theirs.body.id, 'no-id']) {
        expect(await client.patch(`/api/v1/contacts/${id}`, badContact)).toMatchObject({
          status: 400,
          body: { error: 'Invalid request data', details: { name: expect.any(String) } },
        });
      }
    });

    it('a bad reason for an unknown booking is 400', async () => {
      const { status } = await client.post(`/api/v1/bookings/${unknownId}/cancel`, { reason: 7 });
      expect(status).toBe(400);
    });

    it('a bad Idempotency-Key for an unknown booking is 400', async () => {
      const { status } = await client.post(
        `/api/v1/bookings/${unknownId}/cancel`,
        {},
        { 'Idempotency-Key': 'ü' },
      );
      expect(status).toBe(400);
    });

    it('bad parameters for an unknown slug are 400', async () => {
      for (const query of [
        'timezone=nowhere',
        'timezone=UTC&startDate=x',
        'timezone=UTC&startDate=2026-02-02&endDate=2026-02-01',
      ]) {
        expect((await client.get(`/api/v1/availability/unknown?${query}`)).status).toBe(400);
      }
    });

    it('a bad field for an unknown event type is 400', async () => {
      const { status } = await anyone.post('/api/bookings', bookingOf({ id: unknownId, slug: '' }, 'soon'));
      expect(status).toBe(400);
    });

    it.each(['POST', 'PATCH'])(
      'a %s of another media type is 415 before its JSON is looked at',
      async (method) => {
        const path = method === 'POST' ? '/api/v1/contacts' : `/api/v1/contacts/${unknownId}`;
        const { status, body } = await client.request(method, path, {
          body: '{ malformed',
          headers: { 'Content-Type': 'text/plain' },
        });
        expect({ status, body }).toEqual({
          status: 415,
          body: { error: 'Content-Type must be application/json' },
        });
      },
    );
  });

  describe('then the thing itself, and last its state', () => {
    it('an unknown id with a good body is 404', async () => {
      expect(await client.patch(`/api/v1/contacts/${unknownId}`, { name: 'Ada' })).toMatchObject({
        status: 404,
        body: { error: 'Contact not found' },
      });
      expect(await client.post(`/api/v1/bookings/${unknownId}/cancel`)).toMatchObject({
        status: 404,
        body: { error: 'Booking not found' },
      });
      expect(await client.get('/api/v1/availability/unknown?timezone=UTC')).toMatchObject({
        status: 404,
        body: { error: 'Event type not found' },
      });
      expect(
        await anyone.post('/api/bookings', bookingOf({ id: unknownId, slug: '' }, inDays(3, '10:00'))),
      ).toMatchObject({
        status: 404,
        body: { error: 'Event type not found' },
      });
    });

    it('a bad reason for a cancelled booking is 400 and a good one 409', async () => {
      const { id } = await book(anyone, offer, inDays(3, '10:00'));
      await client.post(`/api/v1/bookings/${id}/cancel`);
      expect((await client.post(`/api/v1/bookings/${id}/cancel`, { reason: [] })).status).toBe(400);
      expect((await client.post(`/api/v1/bookings/${id}/cancel`, { reason: 'x' })).status).toBe(409);
    });
  });

  describe('an id that cannot be one is as unknown as any', () => {
    const ids = [
      '1',
      'x',
      '%20',
      '%00',
      '%ff',
      '..%2f..',
      "'%20or%201=1--",
      'NULL',
      `${unknownId}0`,
      'a'.repeat(900),
      '%F0%9F%92%A9',
    ];

    it.each(ids)('%s', async (id) => {
      const answers = await Promise.all([
        client.get(`/api/v1/contacts/${id}`),
        client.patch(`/api/v1/contacts/${id}`, {}),
        client.delete(`/api/v1/contacts/${id}`),
        client.get(`/api/v1/bookings/${id}`),
        client.post(`/api/v1/bookings/${id}/cancel`),
        client.get(`/api/v1/event-types/${id}`),
        client.get(`/api/v1/availability/${id}?timezone=UTC`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 404]);
    });

    it('nor does one that is too long or badly encoded do harm', async () => {
      for (const id of ['a'.repeat(5_000), '%', '%zz', '%c0%af', '%u0041']) {
        expect((await client.get(`/api/v1/contacts/${id}`)).status).toBe(404);
      }
    });
  });

  describe('methods', () => {
    it.each(['/api/v1/me', '/api/v1/bookings', '/api/v1/contacts', '/api/v1/event-types', '/api/v1/events'])(
      'HEAD %s mirrors GET',
      async (path) => {
        const get = await client.get(path);
        const head = await client.request('HEAD', path);
        expect(head.status).toBe(200);
        expect(head.body).toBeUndefined();
        for (const name of ['content-type', 'content-length', 'cache-control']) {
          expect(head.headers.get(name)).toBe(get.headers.get(name));
        }
      },
    );

    it('HEAD mirrors the refusals of GET', async () => {
      expect((await anyone.request('HEAD', '/api/v1/me')).status).toBe(401);
      expect((await client.request('HEAD', `/api/v1/contacts/${unknownId}`)).status).toBe(404);
      expect((await client.request('HEAD', '/api/v1/bookings?page=0')).status).toBe(400);
      expect((await client.request('HEAD', '/api/v1/nothing')).status).toBe(404);
    });

    it('GET and DELETE take no body, whatever it is', async () => {
      const { body: contact } = await client.post<{ id: string }>('/api/v1/contacts', {
        name: 'Ada',
        email: 'to-delete@example.com',
      });
      const sent = { body: '{ malformed', headers: { 'Content-Type': 'text/plain' } };
      expect((await client.request('DELETE', `/api/v1/contacts/${contact.id}`, sent)).status).toBe(200);
      const [answer] = await sendRaw(
        anyone.url,
        `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${owner.key}\r\nContent-Length: 1\r\nConnection: close\r\n\r\n{`,
      );
      expect(answer!.status).toBe(200);
    });

    it('OPTIONS of a route is 204 with what is allowed and no body, without a key', async () => {
      for (const [path, allow] of [
        ['/api/v1/contacts', 'GET, HEAD, OPTIONS, POST'],
        ['/api/v1/contacts/x', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
        ['/api/v1/me', 'GET, HEAD, OPTIONS'],
        ['/api/bookings', 'OPTIONS, POST'],
      ]) {
        const { status, headers, body } = await anyone.request('OPTIONS', path!);
        expect({ status, body, allow: headers.get('allow') }).toEqual({
          status: 204,
          body: undefined,
          allow,
        });
      }
      expect((await anyone.request('OPTIONS', '/api/v1/nothing')).status).toBe(404);
    });
  });

  describe('other sites', () => {
    const preflight = { Origin: 'https://blog.example', 'Access-Control-Request-Method': 'POST' };

    it('may book from a browser', async () => {
      const asked = await anyone.request('OPTIONS', '/api/bookings', { headers: preflight });
      expect(asked.status).toBe(204);
      expect(asked.headers.get('access-control-allow-origin')).toBe('*');
      expect(asked.headers.get('access-control-allow-methods')).toContain('POST');
      expect(asked.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type');
      expect(asked.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('idempotency-key');
      expect(asked.headers.get('access-control-allow-credentials')).toBeNull();

      const refused = await anyone.with({ Origin: 'https://blog.example' }).post('/api/bookings', {});
      expect(refused.status).toBe(400);
      expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    });

    it('may not read the API of a key’s owner', async () => {
      for (const path of ['/api/v1/me', '/api/v1/contacts', '/api/v1/nothing']) {
        const answers = await Promise.all([
          client.with({ Origin: 'https://blog.example' }).get(path),
          anyone.request('OPTIONS', path, {
            headers: { ...preflight, 'Access-Control-Request-Method': 'GET' },
          }),
        ]);
        for (const { headers } of answers) {
          expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
        }
      }
    });
  });

  describe('the id of a request', () => {
    it('is the client’s own, if it is fit to be one', async () => {
      const { headers } = await client.with({ 'X-Request-Id': 'mine-42' }).get('/api/v1/me');
      expect(headers.get('x-request-id')).toBe('mine-42');
    });

    it('is another for each request otherwise', async () => {
      const unfit = client.with({ 'X-Request-Id': 'a b;c' });
      const [one, other] = await Promise.all([unfit.get('/api/v1/me'), client.get('/api/v1/me')]);
      expect(one.headers.get('x-request-id')).not.toBe('a b;c');
      expect(one.headers.get('x-request-id')).not.toBe(other.headers.get('x-request-id'));
    });
  });

  describe('what is no HTTP is answered as JSON all the same', () => {
    it.each([
      ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
      ['a request line alone', 'GET\r\n\r\n'],
      ['no version', 'GET /api/v1/me\r\n\r\n'],
      ['no host', 'GET /api/v1/me HTTP/1.1\r\nConnection: close\r\n\r\n'],
      ['a header without a name', 'GET /api/v1/me HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n'],
      ['a control character in a header', 'GET /api/v1/me HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n'],
      [
        'two lengths',
        'POST /api/bookings HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ',
      ],
      [
        'a length and chunks',
        'POST /api/bookings HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
      [
        'a chunk of no size',
        'POST /api/bookings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
      ],
      ['a negative length', 'POST /api/bookings HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
      ['a space in the address', 'GET /api/v1/me x HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['headers without end', `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(40_000)}\r\n\r\n`],
      [
        'an unmet expectation',
        'GET /api/v1/me HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\nConnection: close\r\n\r\n',
      ],
    ])('%s', async (_what, bytes) => {
      const [answer, ...more] = await sendRaw(anyone.url, bytes);
      expect(more).toEqual([]);
      expect(answer!.status).toBeGreaterThanOrEqual(400);
      expect(answer!.status).toBeLessThan(500);
      expect(answer!.headers.get('x-request-id')).toBeTruthy();
      expect(answer!.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(JSON.parse(answer!.body)).toEqual({ error: expect.any(String) });
    });

    it('and the next request finds the server well', async () => {
      expect((await client.get('/api/v1/me')).status).toBe(200);
    });
  });

  it('takes the address of the request in its absolute form too (RFC 9112, 3.2.2)', async () => {
    const host = new URL(anyone.url).host;
    const [answer] = await sendRaw(
      anyone.url,
      `GET http://${host}/api/v1/me HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${owner.key}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer!.status).toBe(200);
    expect(answer!.headers.get('cache-control')).toBe('no-store');
  });

  it('answers a fault of its own with 500, and tells nothing of its inside', async () => {
    await linktime.query(`alter table contacts add constraint secret_rule check (name <> 'Breaks it')`);
    const response = await fetch(`${anyone.url}/api/v1/contacts`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${owner.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Breaks it', email: 'broken@example.com' }),
    });
    expect(response.status).toBe(500);
    expect(response.headers.get('x-request-id')).toBeTruthy();
    expect(response.headers.get('location')).toBeNull();
    expect((await response.json()) as ErrorBody).toEqual({ error: 'Internal server error' });
  });
});
