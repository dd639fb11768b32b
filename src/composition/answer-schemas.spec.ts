import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';
import { fastify } from 'fastify';
import { answerSchemas, committedDocument } from './answer-schemas.js';
import { meaningOf, type Schema } from './openapi-document.js';

const document = committedDocument();

interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly schema: Schema;
  readonly example: unknown;
}

const answers = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { responses }]) =>
    Object.entries(responses)
      .filter(([status]) => status.startsWith('2'))
      .map(([status, { content }]): Answer => {
        const { schema, example } = content!['application/json']!;
        return { method: method.toUpperCase(), path, status: Number(status), schema, example };
      }),
  ),
);

const me = answers.find(({ path }) => path === '/api/v1/me')!;

/** What no answer may show, in every object whose fields are listed. */
const UNDOCUMENTED = 'passwordHash';

describe('an answer as it is sent', () => {
  const server = fastify({ forceCloseConnections: true });
  let view: unknown;

  beforeAll(async () => {
    const schemasOf = answerSchemas(document);
    server.addHook('onRoute', (route) => {
      route.schema = { response: schemasOf(String(route.method), route.url) ?? {} };
    });
    for (const { method, path, status } of answers) {
      const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
      server.route({ method, url, handler: (_, reply) => reply.code(status).send(view) });
    }
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => server.close());

  it.each(answers)('$method $path: the example comes out as it is', async (answer) => {
    expect(JSON.parse(await send(answer, answer.example))).toEqual(answer.example);
  });

  it.each(answers)('$method $path: all that is documented, and nothing else', async (answer) => {
    await fc.assert(
      fc.asyncProperty(valueOf(answer.schema), async (value) => {
        const documented = JSON.stringify(value, (key, inner: unknown) =>
          key === UNDOCUMENTED ? undefined : inner,
        );
        expect(JSON.parse(await send(answer, value))).toEqual(JSON.parse(documented));
      }),
      { numRuns: 40 },
    );
  });

  it('is a fault rather than half an answer if something promised is missing', async () => {
    const { email: _, ...withoutEmail } = me.example as Record<string, unknown>;
    await expect(send(me, withoutEmail)).rejects.toThrow('\\"email\\" is required');
  });

  it('is announced to HEAD in the length that GET has', async () => {
    const shown = { ...(me.example as object), [UNDOCUMENTED]: 'x' };
    const body = await send(me, shown);
    const { headers } = await ask({ ...me, method: 'HEAD' }, shown);
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
  });

  async function send(answer: Answer, what: unknown): Promise<string> {
    const response = await ask(answer, what);
    const body = await response.text();
    if (response.status !== answer.status) throw new Error(body);
    return body;
  }

  function ask({ method, path }: Answer, answered: unknown): Promise<Response> {
    view = answered;
    const [{ port }] = server.addresses() as [AddressInfo];
    return fetch(`http://127.0.0.1:${port}${path.replaceAll(/[{}]/g, '')}`, { method });
  }
});

/** Any value that fits the schema, in every text and with null wherever it is allowed; and with something undocumented. */
function valueOf(given: Schema): Arbitrary<unknown> {
  const { schema, type, orNull } = meaningOf(given, document.components);
  const value = valueOfType(type, schema);
  return orNull ? fc.option(value) : value;
}

function valueOfType(type: string | null, schema: Schema): Arbitrary<unknown> {
  const text = fc.string({ unit: 'binary' });
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (type === 'string') return text;
  if (type === 'integer') return fc.integer();
  if (type === 'boolean') return fc.boolean();
  if (type === 'array') return fc.array(valueOf(schema.items!), { maxLength: 3 });
  if (!schema.properties) return fc.dictionary(text, fc.jsonValue({ stringUnit: 'binary' }));
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, valueOf(field)] as const);
  return fc.record({ ...Object.fromEntries(fields), [UNDOCUMENTED]: text });
}
