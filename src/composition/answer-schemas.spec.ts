import { describe, expect, it } from '@jest/globals';
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

/** What no answer may show, in every object whose fields are listed. */
const UNDOCUMENTED = 'passwordHash';

describe('an answer as it is sent', () => {
  it.each(answers)('$method $path: the example comes out as it is', async (answer) => {
    const { render } = await serverOf(answer);
    expect(JSON.parse(await render(answer.example))).toEqual(answer.example);
  });

  it.each(answers)('$method $path: all that is documented, and nothing else', async (answer) => {
    const { render } = await serverOf(answer);
    await fc.assert(
      fc.asyncProperty(valueOf(answer.schema), async (value) => {
        const documented = JSON.stringify(value, (key, inner: unknown) =>
          key === UNDOCUMENTED ? undefined : inner,
        );
        expect(JSON.parse(await render(value))).toEqual(JSON.parse(documented));
      }),
      { numRuns: 40 },
    );
  });

  it('is a fault rather than half an answer if something promised is missing', async () => {
    const me = answers.find(({ path }) => path === '/api/v1/me')!;
    const { render } = await serverOf(me);
    const { email: _, ...withoutEmail } = me.example as Record<string, unknown>;
    await expect(render(withoutEmail)).rejects.toThrow('"email" is required');
  });

  it('is announced to HEAD in the length that GET has', async () => {
    const me = answers.find(({ path }) => path === '/api/v1/me')!;
    const { render, lengthToHead } = await serverOf(me);
    const view = { ...(me.example as object), [UNDOCUMENTED]: 'x' };
    expect(await lengthToHead(view)).toBe(Buffer.byteLength(await render(view)));
  });
});

/** A server that answers with what it is told to, through the schemas of this route. */
async function serverOf({ method, path, status }: Answer) {
  let view: unknown;
  const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
  const server = fastify();
  server.addHook('onRoute', (route) => {
    const schemas = answerSchemas(document)(String(route.method), pattern);
    if (schemas) route.schema = { response: schemas };
  });
  server.route({ method, url: '/', handler: (_, reply) => reply.code(status).send(view) });
  const ask = (asked: string, answer: unknown) => {
    view = answer;
    return server.inject({ method: asked as 'GET', url: '/' });
  };
  return {
    async render(answer: unknown): Promise<string> {
      const { statusCode, body } = await ask(method, answer);
      if (statusCode !== status) throw new Error(body);
      return body;
    },
    async lengthToHead(answer: unknown): Promise<number> {
      return Number((await ask('HEAD', answer)).headers['content-length']);
    },
  };
}

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
