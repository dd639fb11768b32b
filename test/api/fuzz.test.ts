import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { book, inDays } from '../support/bookings.js';
import { isErrorBody, promisedPaths, type Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { hostileJson, hostileText, hostileUrlPart } from '../support/hostile.js';
import { Installation } from '../support/installation.js';
import { sendRaw } from '../support/raw-http.js';

/** How many requests, and where to begin: a failure names the seed and the path to its smallest case. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 2_000);
const seed = process.env['FUZZ_SEED'];
const options = (share: number) => ({
  numRuns: Math.ceil(runs * share),
  ...(seed !== undefined && { seed: Number(seed) }),
  endOnFailure: false,
});

interface Parameter {
  readonly name: string;
  readonly in: string;
}

interface Operation {
  readonly method: string;
  readonly template: string;
  readonly query: readonly string[];
  readonly fields: readonly string[];
}

interface DocumentedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { content: { 'application/json': { example?: Record<string, unknown> } } };
}

const operations: Operation[] = Object.entries(promisedPaths).flatMap(([template, item]) =>
  Object.entries(item as Record<string, DocumentedOperation>).map(
    ([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      template,
      query: parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name),
      fields: Object.keys(requestBody?.content['application/json'].example ?? {}),
    }),
  ),
);

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly headers: Record<string, string>;
}

describe('whatever is sent', () => {
  let linktime: Installation;
  let anyone: Client;
  let client: Client;
  /** Values that are right, by the name of what they are for. */
  let good: Record<string, unknown[]>;

  beforeAll(async () => {
    linktime = await Installation.production();
    [anyone] = await Promise.all([linktime.startClient(), linktime.startWorker()]);
    const owner = await linktime.owners.add();
    client = anyone.as(owner);
    const offer = await linktime.owners.offer(owner, {
      questions: [
        { id: 'topic', label: 'Topic?', type: 'text' },
        { id: 'extras', label: 'Extras?', type: 'multiselect', options: ['Tea', 'Cake'] },
      ],
    });
    const ids: string[] = [offer.id];
    for (let n = 0; n < 5; n += 1) {
      const { id } = await book(anyone, offer, inDays(3, `1${n}:00`), {
        inviteeEmail: `fuzz-${n}@example.com`,
      });
      const { body } = await client.get<{ contact: { id: string } }>(`/api/v1/bookings/${id}`);
      ids.push(id, body.contact.id);
    }
    const { body: events } = await eventually(async () => {
      const page = await client.get<{ data: { id: string }[] }>('/api/v1/events');
      return page.body.data.length > 0 && page;
    });
    good = {
      id: ids,
      slug: [offer.slug],
      page: ['1', '2'],
      after: events.data.map(({ id }) => id),
      limit: ['1', '100'],
      status: ['CONFIRMED', 'cancelled', 'all'],
      from: ['2026-01-01', '2026-01-01T00:00:00Z'],
      to: ['2099-01-01'],
      sort: ['startTime', '-startTime'],
      eventTypeId: [offer.id],
      contactId: ids,
      inviteeEmail: ['fuzz-1@example.com'],
      search: ['ada', 'fuzz example'],
      updatedAfter: ['2026-01-01T00:00:00Z'],
      timezone: ['UTC', 'America/New_York'],
      startDate: [inDays(1, '00:00').slice(0, 10)],
      endDate: [inDays(9, '00:00').slice(0, 10)],
      startTime: Array.from({ length: 24 }, (_, hour) => inDays(5, `${String(hour).padStart(2, '0')}:00`)),
      inviteeName: ['Ada'],
      inviteeTimezone: ['Europe/London'],
      name: ['Ada'],
      email: ['ada@example.com'],
      phone: ['+44 20', null],
      company: ['Engines', null],
      notes: ['One\nTwo', null],
      reason: ['Ill', null],
      guests: [[], ['guest@example.com']],
      answers: [{ topic: 'x' }, { extras: ['Tea'] }],
      holdToken: [null, 'x'],
    };
  });
  afterAll(() => linktime.close());

  const goodOr = <T>(name: string, hostile: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...(good[name] ?? ['x'])) },
      { weight: 2, arbitrary: hostile },
    );

  function pathOf(template: string): fc.Arbitrary<string> {
    const parts = template.split('/').map((part): fc.Arbitrary<unknown> => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      return name === undefined ? fc.constant(part) : goodOr(name, hostileUrlPart);
    });
    return fc.tuple(...parts).map((texts) => texts.join('/'));
  }

  function queryOf(names: readonly string[]): fc.Arbitrary<string> {
    const known = names.map((name) =>
      fc
        .array(
          goodOr(name, hostileUrlPart).map((value) => `${name}=${String(value)}`),
          { maxLength: 1 },
        )
        .map((pairs) => pairs.join('&')),
    );
    const odd = fc.oneof(
      { weight: 6, arbitrary: fc.constant('') },
      {
        weight: 1,
        arbitrary: fc.tuple(hostileUrlPart, hostileUrlPart).map(([name, value]) => `${name}=${value}`),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'page=1&page=2',
          'limit[]=5',
          'search[a]=b',
          '&&==&',
          'page',
          '?',
          '__proto__=x',
        ),
      },
    );
    return fc
      .tuple(odd, ...known)
      .map((pairs) => pairs.filter((pair) => pair !== '').join('&'))
      .map((query) => (query === '' ? '' : `?${query}`));
  }

  function bodyOf(fields: readonly string[]): fc.Arbitrary<string | undefined> {
    const record = fc
      .record(Object.fromEntries(fields.map((field) => [field, goodOr(field, hostileJson)])), {
        requiredKeys: [],
      })
      .map((body) => JSON.stringify(body));
    const whole = fc.tuple(
      ...fields.map((field) => goodOr(field, fc.constantFrom(...(good[field] ?? ['x'])))),
    );
    return fc.oneof(
      { weight: 5, arbitrary: record },
      {
        weight: 3,
        arbitrary: whole.map((values) =>
          JSON.stringify(Object.fromEntries(fields.map((field, n) => [field, values[n]]))),
        ),
      },
      { weight: 1, arbitrary: hostileJson.map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: hostileText },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
  }

  const headers: fc.Arbitrary<Record<string, string>> = fc
    .record(
      {
        'Content-Type': fc.constantFrom(
          'application/json',
          'application/json',
          'text/plain',
          'application/json;charset=x',
          ';',
        ),
        'Idempotency-Key': fc.string({ maxLength: 300 }),
        'X-Request-Id': fc.string({ maxLength: 200 }),
        'X-Forwarded-For': fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 20 })),
        Accept: fc.constantFrom('text/html', '*/*', 'application/xml'),
      },
      { requiredKeys: [] },
    )
    .filter((named) => Object.values(named).every((value) => /^[\x20-\x7e]*$/.test(value)));

  const request: fc.Arbitrary<Request> = fc
    .constantFrom(...operations)
    .chain(({ method, template, query, fields }) =>
      fc
        .tuple(
          pathOf(template),
          queryOf(query),
          fields.length > 0 ? bodyOf(fields) : fc.constant(undefined),
          headers,
        )
        .map(([path, search, body, named]) => ({ method, path: path + search, body, headers: named })),
    );

  it('the answer is one that was promised, and never a fault of the server', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, body, headers: named }) => {
        // The client throws at an answer that no document promises.
        const { status } = await client.request(method, path, {
          ...(body !== undefined && { body }),
          headers: named,
        });
        seen.set(`${status}`, (seen.get(`${status}`) ?? 0) + 1);
      }),
      options(0.85),
    );
    // All of it is worth little if everything were refused at the door.
    if (runs >= 1_000)
      for (const status of ['200', '201', '400', '404', '409']) expect(seen.get(status)).toBeGreaterThan(0);
  }, 600_000);

  it('any other path or method is answered like any error', async () => {
    const method = fc.constantFrom(
      'GET',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'HEAD',
      'TRACE',
      'PROPFIND',
      'LOCK',
      'SEARCH',
      'FOO',
      'get',
    );
    const target = fc.oneof(
      fc.constantFrom(...operations).chain(({ template }) => pathOf(template)),
      fc.string({ maxLength: 60 }).map((text) => `/${text.replace(/[\s\x7f]/g, '')}`),
      fc.array(hostileUrlPart, { maxLength: 6 }).map((parts) => `/api/v1/${parts.join('/')}`),
      fc.constantFrom(
        '*',
        '//',
        '/.',
        '/..',
        '/api/../health',
        'http://x',
        'http://x/api/v1/me',
        '/?',
        '/#',
        '/docs/../x',
      ),
    );
    await fc.assert(
      fc.asyncProperty(method, target, async (asked, path) => {
        const head = `${asked} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
        for (const { status, headers: told, body } of await sendRaw(anyone.url, Buffer.from(head, 'utf8'))) {
          expect(status).toBeLessThan(500);
          expect(told.get('x-request-id')).toBeTruthy();
          if (status >= 400 && asked !== 'HEAD') expect(isErrorBody(JSON.parse(body))).toBe(true);
        }
      }),
      options(0.15),
    );
  }, 600_000);
});
