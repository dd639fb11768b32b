import type { OpenApiDocument } from './openapi-document.js';

/** Where examples are and no schemas, whatever their keys may look like. */
const VALUES = new Set(['example', 'examples', 'enum', 'default']);
/** Nothing but null, in the only way that 3.0 can say it. */
const NULL = { type: 'object', nullable: true, enum: [null] };

/**
 * The same document in OpenAPI 3.0.3, for generators that know no other: null is no type there. It means the same, for those who
 * check answers by it too, which the usual `nullable` beside a reference does not. Webhooks are an extension there, under the name
 * that most tools know.
 */
export function asOpenApi30(document: OpenApiDocument): OpenApiDocument {
  const { summary: _, ...info } = document.info;
  const { webhooks, ...rest } = older(document) as OpenApiDocument;
  return { ...rest, ...(webhooks && { 'x-webhooks': webhooks }), openapi: '3.0.3', info };
}

function older(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(older);
  if (typeof node !== 'object' || node === null) return node;
  if ('type' in node && node.type === 'null') return NULL;
  const entries = Object.entries(node).flatMap(([key, value]): [string, unknown][] => {
    if (key === 'type' && Array.isArray(value)) return olderType(value as string[]);
    return [[key, VALUES.has(key) ? value : older(value)]];
  });
  return Object.fromEntries(entries);
}

function olderType(types: string[]): [string, unknown][] {
  const [type] = types.filter((each) => each !== 'null');
  return [
    ['type', type],
    ['nullable', true],
  ];
}
