import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { promisedPaths, type Client } from '../support/client.js';
import { Installation } from '../support/installation.js';

const operations = Object.entries(promisedPaths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
);
const reads = operations.filter(({ method }) => method === 'GET');

const json = { 'Content-Type': 'application/json' };
const oddIds = [
  'unknown',
  '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01',
  '%00',
  '%C3%28',
  '%ZZ',
  'x'.repeat(2_000),
  '..;',
];
const oddQueries = [
  'page=0',
  'limit=101',
  'page=1&page=2',
  'page=%00',
  'status=DONE&sort=name',
  'from=2026-02-30',
  'from=2026-03-01&to=2026-02-01',
  'search=%00',
  'after=%00&limit=1',
  `search=${'x'.repeat(201)}`,
  'timezone=Nowhere',
  'timezone=UTC&startDate=2026-02-01&endDate=2027-02-01',
  '__proto__=1',
];
const oddBodies = [
  { headers: json, body: '{' },
  { headers: json, body: '' },
  { headers: json, body: '[]' },
  { headers: json, body: '{"__proto__":{}}' },
  { headers: json, body: '{"name":5,"email":[],"reason":{},"startTime":"today","notes":"\\u0000"}' },
  { headers: json, body: `{"notes":"${'x'.repeat(110_000)}"}` },
  { headers: json, body: new Uint8Array([0x22, 0xff, 0x22]) },
  { headers: { 'Content-Type': 'text/plain' }, body: 'hello' },
  { headers: { 'Content-Type': 'application/json; charset=utf-16' }, body: '{}' },
  { headers: { 'Content-Type': 'nonsense' }, body: 'hello' },
  { headers: { ...json, 'Idempotency-Key': 'x'.repeat(256) }, body: '{}' },
];

/** `Client` checks every answer against the document: its status, its headers and its body. */
describe('whatever is asked, the answer is one that the document tells of', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Client;

  beforeAll(async () => {
    linktime = await Installation.production();
    anyone = await linktime.startClient();
    owner = anyone.as(await linktime.owners.add());
  });
  afterAll(() => linktime.close());

  it.each(operations)('$method $path without a key or with a wrong one', async ({ method, path }) => {
    const target = path.replace(/\{\w+\}/, 'x');
    const { status } = await anyone.request(method, target, { headers: { Authorization: 'Basic eDp5' } });
    expect(status).toBe(path.startsWith('/api/v1/') ? 401 : 400);
    await anyone.request(method, target, { headers: { Authorization: 'Bearer lt_live_nonsense' } });
  });

  it.each(operations)('$method $path with odd ids and parameters', async ({ method, path }) => {
    const targets = [
      ...(path.includes('{') ? oddIds.map((id) => path.replace(/\{\w+\}/, id)) : []),
      ...oddQueries.map((query) => `${path.replace(/\{\w+\}/, 'x')}?${query}`),
    ];
    for (const target of targets) {
      const { status } = await owner.request(method, target);
      expect([200, 400, 404]).toContain(status);
    }
  });

  it.each(operations)('$method $path with odd bodies', async ({ method, path }) => {
    const target = path.replace(/\{\w+\}/, 'x');
    for (const odd of method === 'GET' ? [] : oddBodies) {
      const { status } = await owner.request(method, target, odd);
      expect([200, 400, 404, 413, 415]).toContain(status);
    }
  });

  it.each(reads)('HEAD $path like GET', async ({ path }) => {
    const target = `${path.replace(/\{\w+\}/, 'x')}?timezone=UTC`;
    const [head, get] = [await owner.request('HEAD', target), await owner.request('GET', target)];
    expect(head.status).toBe(get.status);
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
  });
});
