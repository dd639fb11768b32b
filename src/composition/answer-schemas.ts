import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package.js';

interface Schema {
  [keyword: string]: unknown;
}

interface Document {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
  components: { schemas: Record<string, Schema> };
}

/** The JSON schemas of a route's answers by status; undefined for a route without any. */
export type AnswerSchemas = (method: string, pattern: string) => Record<string, unknown> | undefined;

/** The committed OpenAPI document, version 3.1: what the API promises, and how its answers are serialised. */
export function committedDocument(): Document {
  return JSON.parse(readFileSync(join(packageRoot, 'openapi', 'openapi.json'), 'utf8')) as Document;
}

/**
 * The JSON schemas of a route's successful answers, for fast serialisation: what the document does not name never leaves the
 * server, and what it promises is what is sent.
 */
export function answerSchemas(document: Document): AnswerSchemas {
  return (method, pattern) => {
    const path = pattern.replace(/:([^/]+)/g, '{$1}');
    const operation = document.paths[path]?.[method.toLowerCase()];
    if (!operation) return undefined;
    const schemas: Schema = {};
    for (const [status, { content }] of Object.entries(operation.responses)) {
      const schema = content?.['application/json']?.schema;
      if (status.startsWith('2') && schema) schemas[status] = serialisable(schema, document);
    }
    return schemas;
  };
}

/** The same schema without references, and with null told the way the serialiser reads fastest. */
function serialisable(schema: Schema, document: Document): Schema {
  if (typeof schema.$ref === 'string') {
    return serialisable(document.components.schemas[schema.$ref.split('/').at(-1)!]!, document);
  }
  const choices = (schema.oneOf ?? schema.anyOf ?? schema.allOf) as Schema[] | undefined;
  if (choices) {
    const [only] = choices.filter(({ type }) => type !== 'null');
    return { ...serialisable(only!, document), ...(choices.length > 1 && { nullable: true }) };
  }
  const { type, properties, items, required, additionalProperties } = schema;
  const types = [type].flat().filter((each) => each !== 'null');
  return {
    ...(types.length > 0 && { type: types[0] }),
    ...([type].flat().includes('null') && { nullable: true }),
    ...(required !== undefined && { required }),
    ...(additionalProperties !== undefined && { additionalProperties }),
    ...(items !== undefined && { items: serialisable(items as Schema, document) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Record<string, Schema>).map(([name, each]) => [
          name,
          serialisable(each, document),
        ]),
      ),
    }),
  };
}
