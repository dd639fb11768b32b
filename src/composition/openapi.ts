import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { REFUSALS } from '../platform/http/documents.js';
import { version } from './package.js';

type Json = Record<string, unknown>;

const TAGS: Record<string, string> = {
  Account: 'Who the key acts for',
  Bookings: 'Meetings that were booked',
  Contacts: 'The people the owner meets',
  'Event types': 'What the owner offers',
  Availability: 'When it can be booked',
  'Public booking': 'What invitees use; no key is needed',
};

/** Every refusal an operation may answer with: its name among the components, what it means, and an example. */
const RESPONSES: Record<
  number,
  { name: string; description: string; example: Json; headers?: Record<string, string> }
> = {
  400: {
    name: 'BadRequest',
    description: 'The parameters or the body are not as they must be',
    example: { error: 'Invalid request data', details: { email: 'Invalid email format' } },
  },
  401: {
    name: 'Unauthorized',
    description: 'The API key is missing, invalid, expired or inactive',
    example: { error: 'Invalid API key' },
    headers: { 'WWW-Authenticate': '`Bearer`' },
  },
  404: {
    name: 'NotFound',
    description: 'There is no such thing, or it is not yours',
    example: { error: 'Booking not found' },
  },
  409: {
    name: 'Conflict',
    description: 'The state of things stands against it, or the Idempotency-Key was used for another request',
    example: { error: 'This time slot is no longer available' },
  },
  413: {
    name: 'PayloadTooLarge',
    description: 'The body is larger than 100 KiB',
    example: { error: 'Request body is larger than 100 KiB' },
  },
  415: {
    name: 'UnsupportedMediaType',
    description: 'The body is not JSON',
    example: { error: 'Content-Type must be application/json' },
  },
  429: {
    name: 'TooManyRequests',
    description: 'The limit is reached; `Retry-After` says how many seconds to wait',
    example: { error: 'Too many requests' },
    headers: { 'Retry-After': 'Seconds to wait, at least 1' },
  },
  500: { name: 'InternalError', description: 'Our fault', example: { error: 'Internal server error' } },
  503: {
    name: 'Unavailable',
    description: 'The service is busy; the same request may succeed a little later',
    example: { error: 'The service is busy, please try again' },
    headers: { 'Retry-After': 'Seconds to wait, at least 1' },
  },
};

const LIMIT_HEADERS: Record<string, string> = {
  'X-RateLimit-Limit': 'Requests in any minute',
  'X-RateLimit-Remaining': 'How many more are allowed now',
  'X-RateLimit-Reset': 'Seconds until none of them count any more',
};

/** The OpenAPI document of the API, made from its controllers. */
export function describeApi(app: INestApplication, openApi: '3.1.0' | '3.0.3'): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion(openApi)
    .setTitle('LinkTime')
    .setDescription(
      'Meeting scheduling for people who build on an API. Every slot offered can be booked, and nothing else can.',
    )
    .setVersion(version)
    .setLicense('AGPL-3.0-only', 'https://www.gnu.org/licenses/agpl-3.0.html')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'lt_live_...' });
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);

  const document = SwaggerModule.createDocument(app, builder.build(), { autoTagControllers: false });
  const components = (document.components ??= {});
  components.schemas = { ...components.schemas, Error: ERROR_SCHEMA as never };
  components.responses = Object.fromEntries(
    Object.values(RESPONSES).map(({ name, ...response }) => [name, refusal(response)]),
  ) as never;
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations as Record<string, Json>)) {
      finishOperation(operation, path, method);
    }
  }
  return sorted(document as unknown as Json) as unknown as OpenAPIObject;
}

const ERROR_SCHEMA = {
  type: 'object',
  description: 'The answer to everything that did not succeed',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: { type: 'string', description: 'What is wrong, in one sentence', example: 'Booking not found' },
    details: {
      type: 'object',
      description: 'What is wrong with which field, as dotted path',
      additionalProperties: { type: 'string' },
    },
  },
};

function refusal({
  description,
  example,
  headers,
}: {
  description: string;
  example: Json;
  headers?: Record<string, string>;
}) {
  return {
    description,
    ...(headers && { headers: headersOf(headers) }),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
  };
}

function headersOf(headers: Record<string, string>): Json {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

function finishOperation(operation: Json, path: string, method: string): void {
  const isPublic = path === '/api/bookings';
  const own = (operation[REFUSALS] ?? []) as number[];
  delete operation[REFUSALS];
  if (isPublic) operation.security = [];

  const responses = operation.responses as Record<string, Json>;
  for (const [status, response] of Object.entries(responses)) {
    if (status.startsWith('2')) {
      response.headers = { ...(response.headers as Json), ...headersOf(LIMIT_HEADERS) };
    }
  }
  const statuses = [
    ...own,
    ...(isPublic ? [] : [401]),
    ...('requestBody' in operation ? [400, 413, 415] : []),
    429,
    500,
    503,
  ];
  for (const status of statuses) {
    responses[status] = { $ref: `#/components/responses/${RESPONSES[status]!.name}` };
  }
  if (method === 'post') {
    operation.parameters = [...((operation.parameters ?? []) as Json[]), IDEMPOTENCY_KEY];
  }
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same request sent again under the same key within 24 hours acts once and is answered alike, with `Idempotency-Replayed: true`',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** Components and paths by name: the order in which modules load does not show in the file. */
function sorted(document: Json): Json {
  const byName = (object: unknown) =>
    Object.fromEntries(Object.entries(object as Json).sort(([a], [b]) => (a < b ? -1 : 1)));
  const components = byName(
    Object.fromEntries(
      Object.entries(document.components as Json).map(([kind, named]) => [kind, byName(named)]),
    ),
  );
  return { ...document, paths: byName(document.paths), components };
}
