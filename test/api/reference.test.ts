import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { Installation } from '../support/installation.js';

interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
}

const pages = ['/docs', '/docs/start.js', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css'];
const documents = ['/openapi.json', '/openapi.yaml', '/openapi-3.0.json'];

describe('the reference that every installation serves', () => {
  let linktime: Installation;
  let url: string;

  beforeAll(async () => {
    linktime = await Installation.production();
    ({ url } = await linktime.startApi({ BASE_URL: 'https://example.com/linktime' }));
  });
  afterAll(() => linktime.close());

  const get = (path: string, init?: RequestInit) => fetch(`${url}${path}`, { redirect: 'manual', ...init });

  it('names the installation as its server', async () => {
    const document = (await (await get('/openapi.json')).json()) as Document;
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'https://example.com/linktime' }] });
  });

  it('is the same in YAML', async () => {
    const response = await get('/openapi.yaml');
    expect(response.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(parse(await response.text())).toEqual(await (await get('/openapi.json')).json());
  });

  it('comes as 3.0 for older generators', async () => {
    const older = (await (await get('/openapi-3.0.json')).json()) as Document;
    expect(older).toMatchObject({ openapi: '3.0.3', servers: [{ url: 'https://example.com/linktime' }] });
  });

  it.each(pages)('lets %s run nothing but what comes from here', async (path) => {
    const { status, headers } = await get(path);
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([...pages, ...documents])('answers HEAD %s like GET, without the body', async (path) => {
    const [head, got] = [await get(path, { method: 'HEAD' }), await get(path)];
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
    expect(head.headers.get('content-type')).toBe(got.headers.get('content-type'));
    expect(head.headers.get('content-length')).toBe(String((await got.arrayBuffer()).byteLength));
  });

  it.each([
    ['/', 'docs'],
    ['/docs/', '../docs'],
  ])('leads from %s to /docs, also below the path of a reverse proxy', async (from, location) => {
    const { status, headers } = await get(from);
    expect([status, headers.get('location')]).toEqual([302, location]);
  });

  it('has no other files of Swagger UI', async () => {
    const { status } = await get('/docs/swagger-initializer.js');
    expect(status).toBe(404);
  });
});
