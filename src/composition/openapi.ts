import type { INestApplication } from '@nestjs/common';
import * as swagger from '@nestjs/swagger';
import { tellAllTo } from '../platform/http/described.js';
import { REMARKS, type Remarks } from '../platform/http/documents.js';
import {
  meaningOf,
  type Components,
  type Content,
  type OpenApiDocument,
  type Operation,
  type Schema,
} from './openapi-document.js';
import {
  ABOUT,
  API_ERROR,
  HEADERS,
  IDEMPOTENCY_KEY,
  PATH_PARAMETERS,
  REFUSED,
  SECURITY,
  type RefusedStatus,
  type Refusal,
} from './openapi-parts.js';
import { addWebhooks } from './openapi-webhooks.js';

const OF_ALL_ANSWERS = ['X-Request-Id', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];
const OF_ALL_OPERATIONS = [429, 500, 503, 'default'] as const;
const OF_ALL_BODIES = [400, 413, 415] as const;

/**
 * The OpenAPI 3.1 document of the API: what its controllers say, and what holds for all of them. Throws if a required field has no
 * example.
 */
export function describeApi(app: INestApplication): OpenApiDocument {
  const about = {
    openapi: '3.1.0',
    ...ABOUT,
    components: { securitySchemes: SECURITY },
  } as unknown as swagger.OpenAPIObject;
  tellAllTo(swagger);
  const scanned = swagger.SwaggerModule.createDocument(app, about, { autoTagControllers: false });
  const document = withoutDto(scanned as unknown as OpenApiDocument);
  const { components, paths } = document;
  components.schemas['ApiError'] = API_ERROR;
  components['headers'] = HEADERS;
  components['parameters'] = { IdempotencyKey: IDEMPOTENCY_KEY };
  components['responses'] = Object.fromEntries(
    Object.values(REFUSED).map((each) => [each.name, answerOf(each)]),
  );
  addWebhooks(document);
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations)) complete(operation, components);
  }
  return sorted(document);
}

/** In code a class says that it is one of data; the document has nothing else. */
function withoutDto(scanned: OpenApiDocument): OpenApiDocument {
  const text = JSON.stringify(scanned).replaceAll(/(?<="#\/components\/schemas\/\w+)Dto"/g, '"');
  const document = JSON.parse(text) as OpenApiDocument;
  const schemas = Object.entries(document.components.schemas);
  const renamed = Object.fromEntries(schemas.map(([name, schema]) => [name.replace(/Dto$/, ''), schema]));
  if (Object.keys(renamed).length < schemas.length) throw new Error('Two schemas have one name');
  document.components.schemas = renamed;
  return document;
}

function answerOf({ description, headers = [], examples }: Refusal) {
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return {
    description,
    headers: references('headers', [...headers, ...OF_ALL_ANSWERS]),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ApiError' },
        examples: Object.fromEntries(named) as Record<string, unknown>,
      },
    },
  };
}

function complete(operation: Operation, components: Components): void {
  const { requestBody, responses, parameters = [] } = operation;
  const { refusals, answerExample, takesIdempotencyKey } = operation[REMARKS] as Remarks;
  delete operation[REMARKS];
  const needsKey = operation.security !== undefined;
  operation.security ??= [];

  operation.parameters = parameters.map((each) =>
    'name' in each && each.in === 'path' ? { ...each, ...PATH_PARAMETERS[each.name] } : each,
  );
  if (takesIdempotencyKey) operation.parameters.push({ $ref: '#/components/parameters/IdempotencyKey' });
  if (requestBody) {
    const { schema } = requestBody.content['application/json']!;
    requestBody.required = (meaningOf(schema, components).schema.required ?? []).length > 0;
    showExample(requestBody.content, components);
  }

  for (const answer of Object.values(responses)) {
    const headers = [...OF_ALL_ANSWERS, ...(takesIdempotencyKey ? ['Idempotency-Replayed'] : [])];
    answer.headers = { ...answer.headers, ...references('headers', headers) };
    showExample(answer.content ?? {}, components, answerExample);
  }
  const statuses: RefusedStatus[] = [
    ...refusals,
    ...(needsKey ? [401 as const] : []),
    ...(requestBody ? OF_ALL_BODIES : []),
    ...OF_ALL_OPERATIONS,
  ];
  for (const status of statuses) {
    responses[status] = { $ref: `#/components/responses/${REFUSED[status].name}` };
  }
}

function references(kind: string, names: readonly string[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${kind}/${name}` }]));
}

function showExample(
  content: Content,
  components: Components,
  otherwise: Remarks['answerExample'] = {},
): void {
  for (const media of Object.values(content)) {
    media.example = { ...(exampleOf(media.schema, components) as object), ...otherwise };
  }
}

/** What its own example and those of its parts show; undefined if nothing does. */
function exampleOf(schema: Schema, components: Components): unknown {
  if ('example' in schema) return schema.example;
  const meant = meaningOf(schema, components).schema;
  if (meant !== schema && 'example' in meant) return meant.example;
  if (meant.items) return [exampleOf(meant.items, components)];
  if (!meant.properties) return undefined;
  const fields = Object.entries(meant.properties).map(([name, field]): [string, unknown] => {
    const example = exampleOf(field, components);
    if (example === undefined && meant.required?.includes(name)) throw new Error(`No example shows ${name}`);
    return [name, example];
  });
  return Object.fromEntries(fields.filter(([, example]) => example !== undefined));
}

/** Components and paths by name: the order in which modules load does not show in the file. */
function sorted(document: OpenApiDocument): OpenApiDocument {
  const byName = <T>(named: Record<string, T>) =>
    Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)));
  const kinds = Object.entries(document.components).map(([kind, named]) => [kind, byName(named)] as const);
  return {
    ...document,
    paths: byName(document.paths),
    components: byName(Object.fromEntries(kinds)) as Components,
  };
}
