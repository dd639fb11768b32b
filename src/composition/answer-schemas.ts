import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { meaningOf, type Components, type OpenApiDocument, type Schema } from './openapi-document.js';
import { packageRoot } from './package.js';

/** The JSON schemas of a route's answers by status; undefined for a route that the document does not name. */
export type AnswerSchemas = (method: string, pattern: string) => Record<string, unknown> | undefined;

/** The committed OpenAPI document, version 3.1: what the API promises, and how its answers are serialised. */
export function committedDocument(): OpenApiDocument {
  return JSON.parse(readFileSync(join(packageRoot, 'openapi', 'openapi.json'), 'utf8')) as OpenApiDocument;
}

/**
 * The JSON schemas of a route's successful answers, for fast serialisation: what the document does not name never leaves the
 * server, and an answer that lacks what it promises is a fault, not an answer.
 */
export function answerSchemas({ paths, components }: OpenApiDocument): AnswerSchemas {
  return (method, pattern) => {
    const path = pattern.replace(/:([^/]+)/g, '{$1}');
    const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
    const operation = paths[path]?.[asked];
    if (!operation) return undefined;
    const schemas: Record<string, unknown> = {};
    for (const [status, { content }] of Object.entries(operation.responses)) {
      const schema = content?.['application/json']?.schema;
      if (status.startsWith('2') && schema) schemas[status] = serialisable(schema, components);
    }
    return schemas;
  };
}

/**
 * The schema as the serialiser is quick with: references resolved and null told as `nullable`, since it tries out choices one by
 * one. Formats, limits and words are left out: they change nothing of how a value is written.
 */
function serialisable(given: Schema, components: Components): Record<string, unknown> {
  const { schema, type, orNull } = meaningOf(given, components);
  const { properties, items, required, additionalProperties } = schema;
  return {
    ...(type !== null && { type }),
    ...(orNull && { nullable: true }),
    ...(required && { required }),
    ...(items && { items: serialisable(items, components) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, serialisable(field, components)]),
      ),
    }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: serialisable(additionalProperties, components) }
      : additionalProperties !== undefined && { additionalProperties }),
  };
}
