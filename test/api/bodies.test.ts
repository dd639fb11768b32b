import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContactView } from '../../src/crm/reads/contact-reads.js';
import type { BookingDetailView } from '../../src/scheduling/reads/booking-reads.js';
import { book, bookingOf, inDays } from '../support/bookings.js';
import type { Client, HttpAnswer } from '../support/client.js';
import { Installation } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { sendRaw } from '../support/raw-http.js';

const KIB = 1_024;
const kiss = '💋'; // one code point, two UTF-16 units, four bytes

describe('bodies', () => {
  let linktime: Installation;
  let anyone: Client;
  let client: Client;
  let owner: Owner;
  let offer: Offer;
  let bookingId: string;
  let contactId: string;
  let count = 0;

  beforeAll(async () => {
    linktime = await Installation.production();
    anyone = await linktime.startClient();
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner, {
      questions: [{ id: 'topic', label: 'Topic?', type: 'text', required: true }],
    });
    bookingId = (await book(anyone, offer, inDays(9, '10:00'), { answers: { topic: 'x' } })).id;
    contactId = (await newContact()).body.id;
  });
  afterAll(() => linktime.close());

  const newEmail = () => `invitee-${(count += 1)}@example.com`;
  const newContact = (given: Record<string, unknown> = {}) =>
    client.post<ContactView>('/api/v1/contacts', { name: 'Ada', email: newEmail(), ...given });
  const operations: Record<
    string,
    (body: unknown, headers?: Record<string, string>) => Promise<HttpAnswer<unknown>>
  > = {
    'POST /api/v1/contacts': (body, headers) => client.post('/api/v1/contacts', body, headers),
    'PATCH /api/v1/contacts/:id': (body, headers = {}) =>
      client.request('PATCH', `/api/v1/contacts/${contactId}`, { body, headers }),
    'POST /api/v1/bookings/:id/cancel': (body, headers) =>
      client.post(`/api/v1/bookings/${bookingId}/cancel`, body, headers),
    'POST /api/bookings': (body, headers) => anyone.post('/api/bookings', body, headers),
  };

  describe.each(Object.entries(operations))('%s', (_name, send) => {
    it.each([
      '{',
      '{"name":}',
      "{'name':'x'}",
      '{"name":"x",}',
      '{"name":"x"} x',
      'name',
      'nul',
      'NaN',
      '   ',
      '{"name":"\n"}',
      '{"name":"\\x41"}',
      '/* */ {}',
    ])('is no valid JSON: %j', async (body) => {
      expect(await send(body)).toMatchObject({ status: 400, body: { error: 'Invalid JSON' } });
    });

    it('is no valid JSON when it is no UTF-8', async () => {
      const bytes = Buffer.from('{"name":"Adé"}', 'latin1');
      expect(await send(bytes)).toMatchObject({ status: 400, body: { error: 'Invalid JSON' } });
    });

    it.each(['[]', '[{}]', '"x"', '5', 'true', 'null'])('is no object: %s', async (body) => {
      const answer = await send(body);
      expect(answer).toMatchObject({ status: 400, body: { error: 'Request body must be a JSON object' } });
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/jsonp',
      'application/merge-patch+json',
      'application/json; charset=iso-8859-1',
      'json',
      'null',
      '*/*',
    ])('is 415 as %s', async (type) => {
      expect((await send('{}', { 'Content-Type': type })).status).toBe(415);
    });

    it('is 413 beyond 100 KiB', async () => {
      expect((await send(padded(100 * KIB + 1))).status).toBe(413);
      expect((await send(padded(3_000 * KIB))).status).toBe(413);
    });

    it.each([
      '{"__proto__":{}}',
      '{"__proto__":null}',
      '{"constructor":{}}',
      '{"constructor":"x"}',
      '{"\\u005f_proto__":1}',
      '{"answers":{"__proto__":1}}',
      '{"x":[{"constructor":{"prototype":{}}}]}',
    ])('is refused for its keys: %s', async (body) => {
      expect((await send(body)).status).toBe(400);
    });

    it('is refused when it is nested without end', async () => {
      for (const depth of [40, 25_000]) {
        const answer = await send(`{"answers":${'['.repeat(depth)}${']'.repeat(depth)}}`);
        expect(answer.status).toBe(400);
      }
    });
  });

  it('are 413 beyond 100 KiB also when their length is not told in advance', async () => {
    const head =
      'POST /api/bookings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked';
    const chunks = `1000\r\n${'x'.repeat(0x1000)}\r\n`.repeat(26);
    const [answer] = await sendRaw(anyone.url, `${head}\r\n\r\n${chunks}0\r\n\r\n`);
    expect(answer!.status).toBe(413);
    expect(JSON.parse(answer!.body)).toEqual({ error: 'Request body is larger than 100 KiB' });
  });

  describe('are taken', () => {
    it.each([
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON;charset=UTF-8',
      'application/json ; charset="utf-8"',
    ])('as %s', async (type) => {
      const body = { name: 'Ada', email: newEmail() };
      expect((await client.post('/api/v1/contacts', body, { 'Content-Type': type })).status).toBe(201);
    });

    it('up to 100 KiB', async () => {
      const start = `{"name":"Ada","email":"${newEmail()}","more":"`;
      const body = `${start}${'x'.repeat(100 * KIB - start.length - 2)}"}`;
      expect(Buffer.byteLength(body)).toBe(100 * KIB);
      expect((await client.post('/api/v1/contacts', body)).status).toBe(201);
    });

    it('as none when they are empty', async () => {
      expect(await client.post('/api/v1/contacts', '')).toMatchObject({
        status: 400,
        body: { details: { name: 'name is required', email: 'email is required' } },
      });
      expect((await client.patch(`/api/v1/contacts/${contactId}`, '')).status).toBe(200);
      expect((await client.patch(`/api/v1/contacts/${contactId}`)).status).toBe(200);

      for (const [time, body] of [
        ['10:30', ''],
        ['11:00', undefined],
        ['11:30', {}],
      ] as const) {
        const { id } = await book(anyone, offer, inDays(9, time), { answers: { topic: 'x' } });
        expect((await client.post(`/api/v1/bookings/${id}/cancel`, body)).status).toBe(200);
      }
    });

    it('without looking at fields that are unknown or not theirs to set', async () => {
      const foreign = {
        id: bookingId,
        ownerId: bookingId,
        owner_id: bookingId,
        source: 'IMPORT',
        meetingCount: 99,
        createdAt: '2000-01-01T00:00:00.000Z',
        updatedAt: 5,
        prototype: {},
        'name.first': 'x',
      };
      const made = await newContact(foreign);
      expect(made).toMatchObject({ status: 201, body: { source: 'API', meetingCount: 0 } });
      expect(made.body.id).not.toBe(bookingId);
      expect(Date.parse(made.body.createdAt)).toBeGreaterThan(Date.now() - 60_000);
      const changed = await client.patch<ContactView>(`/api/v1/contacts/${made.body.id}`, foreign);
      expect(changed).toMatchObject({ status: 200, body: made.body });

      const booked = await book(anyone, offer, inDays(9, '12:00'), {
        ...foreign,
        answers: { topic: 'x', unasked: { anything: [1] } },
        status: 'CANCELLED',
        endTime: inDays(9, '18:00'),
        contactId,
        sequence: 7,
        price: 0,
      });
      expect(booked).toMatchObject({ status: 'CONFIRMED', endTime: inDays(9, '12:30') });
      const { body } = await client.get<BookingDetailView>(`/api/v1/bookings/${booked.id}`);
      expect(body).toMatchObject({ sequence: 0, answers: { topic: 'x' } });
      expect(body.contact!.id).not.toBe(contactId);
    });
  });

  describe('of a known field with the wrong type are refused, and nothing is coerced', () => {
    const wrong: Record<string, unknown[]> = {
      name: [5, true, [], {}, ['Ada'], null, '', '   '],
      email: [
        5,
        true,
        [],
        {},
        null,
        '',
        '   ',
        'ada',
        'ada@',
        '@example.com',
        'a b@example.com',
        'ada@example',
      ],
      phone: [5, false, [], {}],
      company: [5, false, [], {}],
      notes: [5, false, [], {}],
    };
    const cases = Object.entries(wrong).flatMap(([field, values]) =>
      values.map((value): [string, unknown] => [field, value]),
    );

    it.each(cases)('contact: %s %j', async (field, value) => {
      for (const answer of [
        await newContact({ [field]: value }),
        await client.patch(`/api/v1/contacts/${contactId}`, { [field]: value }),
      ]) {
        expect(answer).toMatchObject({ status: 400, body: { error: 'Invalid request data' } });
        expect(Object.keys((answer.body as { details?: object }).details ?? {})).toEqual([field]);
      }
    });

    it.each([
      ['eventTypeId', 5, 'eventTypeId'],
      ['eventTypeId', '', 'eventTypeId'],
      ['eventTypeId', null, 'eventTypeId'],
      ['inviteeName', {}, 'inviteeName'],
      ['inviteeName', ' ', 'inviteeName'],
      ['inviteeEmail', ['ada@example.com'], 'inviteeEmail'],
      ['inviteeEmail', 'ada@', 'inviteeEmail'],
      ['inviteeTimezone', 'Mars/Olympus', 'inviteeTimezone'],
      ['inviteeTimezone', '+05:30', 'inviteeTimezone'],
      ['inviteeTimezone', 0, 'inviteeTimezone'],
      ['startTime', 1_770_000_000_000, 'startTime'],
      ['startTime', 'tomorrow', 'startTime'],
      ['startTime', '2030-01-01T10:00:00', 'startTime'],
      ['startTime', '2030-02-30T10:00:00Z', 'startTime'],
      ['startTime', '2030-01-01T24:00:00Z', 'startTime'],
      ['startTime', '2030-01-01', 'startTime'],
      ['startTime', '300000-01-01T10:00:00Z', 'startTime'],
      ['startTime', null, 'startTime'],
      ['notes', 7, 'notes'],
      ['phone', 7, 'phone'],
      ['guests', 'guest@example.com', 'guests'],
      ['guests', {}, 'guests'],
      ['guests', ['guest@example.com', 'guest@'], 'guests.1'],
      ['guests', [5], 'guests.0'],
      ['guests', Array.from({ length: 21 }, (_, n) => `guest-${n}@example.com`), 'guests'],
      ['answers', 'x', 'answers'],
      ['answers', ['x'], 'answers'],
      ['answers', { topic: 5 }, 'answers.topic'],
      ['answers', { topic: ' ' }, 'answers.topic'],
      ['answers', {}, 'answers.topic'],
    ])('booking: %s %j', async (field, value, path) => {
      const body = { ...bookingOf(offer, inDays(9, '13:00'), { answers: { topic: 'x' } }), [field]: value };
      const answer = await anyone.post('/api/bookings', body);
      expect(answer).toMatchObject({ status: 400, body: { error: 'Invalid request data' } });
      expect(Object.keys(answer.body.details!)).toEqual([path]);
    });

    it.each([5, true, [], {}])('reason of a cancellation: %j', async (reason) => {
      const answer = await client.post(`/api/v1/bookings/${bookingId}/cancel`, { reason });
      expect(answer).toMatchObject({ status: 400, body: { details: { reason: expect.any(String) } } });
    });
  });

  it('are told all their faults at once, one sentence a field', async () => {
    const { body } = await anyone.post('/api/bookings', { guests: ['x'], notes: 5 });
    expect(Object.keys(body.details!).toSorted()).toEqual([
      'eventTypeId',
      'guests.0',
      'inviteeEmail',
      'inviteeName',
      'inviteeTimezone',
      'notes',
      'startTime',
    ]);
    const contact = await client.post('/api/v1/contacts', { name: '', email: 'ada@', phone: 5 });
    expect(contact.body).toEqual({
      error: 'Invalid request data',
      details: {
        name: expect.any(String),
        email: 'Invalid email format',
        phone: expect.any(String),
      },
    });
  });

  describe('with text of one line', () => {
    const oneLine: [string, (text: string) => Promise<HttpAnswer<unknown>>][] = [
      ['name', (name) => newContact({ name })],
      ['email', (text) => newContact({ email: `ada${text}@example.com` })],
      ['phone', (phone) => newContact({ phone })],
      ['company', (company) => newContact({ company })],
      ['inviteeName', (inviteeName) => anyone.post('/api/bookings', bookingOf(offer, '', { inviteeName }))],
      [
        'answers.topic',
        (topic) => anyone.post('/api/bookings', bookingOf(offer, inDays(9, '14:00'), { answers: { topic } })),
      ],
    ];

    it.each(oneLine)('%s: control characters are refused, CR and LF above all', async (field, send) => {
      for (const character of [
        '\r\n',
        '\n',
        '\r',
        '\0',
        '\t',
        '\x1b',
        '\x7f',
        '\u0085',
        '\u2028',
        '\u2029',
      ]) {
        const answer = await send(`a${character}Bcc: b`);
        expect(answer.status).toBe(400);
        expect((answer.body as { details: object }).details).toHaveProperty([field]);
      }
    });

    it.each(oneLine)('%s: lone surrogates are refused', async (field, send) => {
      for (const half of ['\ud83d', '\udc8b']) {
        const answer = await send(`a${half}b`);
        expect(answer.status).toBe(400);
        expect((answer.body as { details: object }).details).toHaveProperty([field]);
      }
    });
  });

  describe('with text of several lines', () => {
    const severalLines: [string, (text: string) => Promise<HttpAnswer<unknown>>][] = [
      ['notes of a contact', (notes) => newContact({ notes })],
      ['reason', (reason) => client.post(`/api/v1/bookings/${bookingId}/cancel`, { reason })],
      ['notes of a booking', (notes) => anyone.post('/api/bookings', bookingOf(offer, '', { notes }))],
    ];

    it.each(severalLines)('%s: NUL and other control characters are refused', async (_field, send) => {
      for (const character of ['\0', '\x1b', '\x07', '\x7f', '\u0085', '\ud83d']) {
        expect((await send(`a${character}b`)).status).toBe(400);
      }
    });

    it('keep lines and tabs', async () => {
      const notes = 'One\nTwo\r\n\tThree';
      expect((await newContact({ notes })).body.notes).toBe(notes);
    });
  });

  it('have their text trimmed', async () => {
    const email = newEmail();
    const { body } = await newContact({
      name: '\u00a0 Ada  Lovelace ',
      email: `  ${email.toUpperCase()} `,
      phone: ' +44 20 ',
      company: ' \u3000 ',
      notes: '\n x \n',
    });
    expect(body).toMatchObject({ name: 'Ada  Lovelace', email, phone: '+44 20', company: null, notes: 'x' });
  });

  describe('count length in code points, after trimming', () => {
    it.each([
      ['name', 200],
      ['phone', 32],
      ['company', 200],
      ['notes', 10_000],
    ])('%s: %i and no more', async (field, limit) => {
      const fits = kiss.repeat(limit);
      const made = await newContact({ [field]: `  ${fits}  ` });
      expect(made.status).toBe(201);
      expect(made.body[field as keyof ContactView]).toBe(fits);
      expect(await newContact({ [field]: `${fits}x` })).toMatchObject({
        status: 400,
        body: { details: { [field]: `${field} must be at most ${limit} characters` } },
      });
    });

    it('email: 254 and no more', async () => {
      const domain = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example`;
      const address = (length: number) => `${'x'.repeat(length - domain.length - 1)}@${domain}`;
      expect((await newContact({ email: address(254) })).status).toBe(201);
      expect((await newContact({ email: address(255) })).status).toBe(400);
    });

    it('reason: 1,000 and no more', async () => {
      const cancel = `/api/v1/bookings/${(await book(anyone, offer, inDays(9, '15:00'), { answers: { topic: 'x' } })).id}/cancel`;
      expect((await client.post(cancel, { reason: kiss.repeat(1_001) })).status).toBe(400);
      expect((await client.post(cancel, { reason: kiss.repeat(1_000) })).status).toBe(200);
    });

    it('of a booking: name 200, phone 32, notes 10,000', async () => {
      const limits: Record<string, number> = { inviteeName: 200, phone: 32, notes: 10_000 };
      const texts = (more: number) =>
        Object.fromEntries(
          Object.entries(limits).map(([field, limit]) => [field, kiss.repeat(limit + more)]),
        );
      const body = (more: number) =>
        bookingOf(offer, inDays(9, '16:00'), { answers: { topic: 'x' }, ...texts(more) });
      const refused = await anyone.post('/api/bookings', body(1));
      expect(Object.keys(refused.body.details!).toSorted()).toEqual(['inviteeName', 'notes', 'phone']);
      expect((await anyone.post('/api/bookings', body(0))).status).toBe(201);
    });

    it('search: 200 and no more', async () => {
      for (const path of ['/api/v1/contacts', '/api/v1/bookings']) {
        expect((await client.get(path, { search: ` ${kiss.repeat(200)} ` })).status).toBe(200);
        expect(await client.get(path, { search: kiss.repeat(201) })).toMatchObject({
          status: 400,
          body: { details: { search: 'search must be at most 200 characters' } },
        });
      }
    });
  });
});

/** A JSON object of so many bytes. */
function padded(bytes: number): string {
  return `{"name":"${'x'.repeat(bytes - 11)}"}`;
}
