import { version } from './package.js';

/** What the OpenAPI document says beside its operations: the same for all of them, or of none in particular. */
export const ABOUT = {
  info: {
    title: 'LinkTime API',
    version,
    summary: 'Meeting scheduling for people who build on an API',
    description: `Every slot that is offered can be booked, and nothing else can.

**Keys.** All but the public booking needs an API key: \`Authorization: Bearer lt_live_...\`. A key acts for the user who made
it, and needs a Pro or Business plan.

**Errors.** Whatever does not succeed is answered with \`{ "error": "..." }\`; where fields are at fault, \`details\` says what
is wrong with each. What is not yours is 404, as if it were not there.

**Limits.** 60 requests in any minute for each key, 10 in any minute for each address on the public booking, unless whoever
runs the installation has set others. \`X-RateLimit-*\` tells how it stands, and a 429 says in \`Retry-After\` how long to wait.

**Retries.** Where an \`Idempotency-Key\` is taken, the same request may be sent again: within 24 hours it acts once and is
answered alike.

**Times** are UTC with milliseconds and \`Z\`. Instants that are sent carry \`Z\` or an offset.

**Lists** come in pages of \`limit\` items. A page past the end is empty and bears the true totals.

HEAD is answered like GET, without the body. Unknown fields of a body and unknown parameters are ignored.`,
    contact: { name: 'Whoever runs this installation' },
    license: {
      name: 'GNU Affero General Public License v3.0 only',
      url: 'https://www.gnu.org/licenses/agpl-3.0.html',
    },
  },
  servers: [{ url: '/', description: 'This installation' }],
  tags: [
    { name: 'Account', description: 'For whom the key acts' },
    { name: 'Event types', description: 'What the owner offers' },
    { name: 'Availability', description: 'When it can be booked' },
    {
      name: 'Public booking',
      description: 'What invitees use; no key is needed, and pages of other sites may call it',
    },
    { name: 'Bookings', description: 'Meetings that were booked' },
    { name: 'Contacts', description: 'The people the owner meets' },
    { name: 'Events', description: 'What happened, to be asked for' },
    {
      name: 'Webhooks',
      description:
        'The same events, sent to addresses of the owner’s choice; verify them with any library of Standard Webhooks',
    },
  ],
};

export const SECURITY = {
  bearerAuth: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'lt_live_...',
    description: 'An API key. It is shown once, when it is made.',
  },
};

export const API_ERROR = {
  type: 'object',
  description: 'The answer to everything that did not succeed',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: { type: 'string', description: 'What is wrong, in one sentence', example: 'Invalid request data' },
    details: {
      type: 'object',
      description:
        'What is wrong with which field, in one sentence each; a dotted path leads into lists and objects',
      additionalProperties: { type: 'string' },
      example: { email: 'Invalid email format' },
    },
  },
};

const seconds = { type: 'integer', minimum: 0 };

export const HEADERS = {
  'X-Request-Id': {
    description: 'Names the request in the log of the installation: yours, if you sent one',
    required: true,
    schema: { type: 'string', example: '1f0c6f0e-4b3a-4c52-9b6e-5d7a2f3c8e10' },
  },
  'X-RateLimit-Limit': {
    description: 'Requests in any minute; without a limit this header and its two siblings are missing',
    schema: { type: 'integer', minimum: 1, example: 60 },
  },
  'X-RateLimit-Remaining': {
    description: 'How many more are allowed now',
    schema: { type: 'integer', minimum: 0, example: 59 },
  },
  'X-RateLimit-Reset': {
    description: 'Seconds until none of them count any more',
    schema: { ...seconds, example: 60 },
  },
  'Retry-After': {
    description: 'Seconds to wait before the next try',
    required: true,
    schema: { ...seconds, minimum: 1, example: 17 },
  },
  'WWW-Authenticate': {
    description: 'How to authenticate',
    required: true,
    schema: { type: 'string', enum: ['Bearer'] },
  },
  'Idempotency-Replayed': {
    description: 'The same request was answered before: this is that answer, and nothing happened again',
    schema: { type: 'string', enum: ['true'] },
  },
};

export const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same request sent again under the same key within 24 hours acts once and is answered alike, with ' +
    '`Idempotency-Replayed: true`. Another request under the same key is a conflict. A failed answer keeps no key.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** What parts of a path mean, by name. */
export const PATH_PARAMETERS: Record<string, { description: string; example?: string }> = {
  id: { description: 'As another answer told it; opaque' },
  slug: { description: "The event type's slug", example: 'intro-call' },
};

export type RefusedStatus = 400 | 401 | 404 | 409 | 413 | 415 | 429 | 500 | 503 | 'default';

export interface Refusal {
  readonly name: string;
  readonly description: string;
  readonly headers?: readonly (keyof typeof HEADERS)[];
  readonly examples: Readonly<Record<string, { error: string; details?: Record<string, string> }>>;
}

/** Every refusal an operation may answer with. `default` is what HTTP itself refuses, whatever the operation. */
export const REFUSED: Readonly<Record<RefusedStatus, Refusal>> = {
  400: {
    name: 'BadRequest',
    description: 'The parameters or the body are not as they must be',
    examples: {
      fields: { error: 'Invalid request data', details: { email: 'Invalid email format' } },
      notJson: { error: 'Invalid JSON' },
    },
  },
  401: {
    name: 'Unauthorized',
    description: 'The API key is missing, invalid, expired or inactive',
    headers: ['WWW-Authenticate'],
    examples: {
      missing: { error: 'Missing API key' },
      invalid: { error: 'Invalid API key' },
      expired: { error: 'API key has expired' },
      inactive: { error: 'API key is inactive' },
    },
  },
  404: {
    name: 'NotFound',
    description: 'There is no such thing, or it is not yours',
    examples: {
      booking: { error: 'Booking not found' },
      contact: { error: 'Contact not found' },
      eventType: { error: 'Event type not found' },
    },
  },
  409: {
    name: 'Conflict',
    description: 'The state of things stands against it, or the Idempotency-Key was used for another request',
    examples: {
      taken: { error: 'This time slot is no longer available' },
      cancelled: { error: 'Booking is already cancelled' },
      ended: { error: 'Booking has already ended' },
      email: { error: 'A contact with this email already exists' },
      reused: { error: 'This Idempotency-Key was already used with a different request' },
      running: { error: 'A request with this Idempotency-Key is still in progress' },
    },
  },
  413: {
    name: 'PayloadTooLarge',
    description: 'The body is larger than 100 KiB',
    examples: { tooLarge: { error: 'Request body is larger than 100 KiB' } },
  },
  415: {
    name: 'UnsupportedMediaType',
    description: 'The body is not JSON in UTF-8',
    examples: { notJson: { error: 'Content-Type must be application/json' } },
  },
  429: {
    name: 'TooManyRequests',
    description: 'The limit is reached',
    headers: ['Retry-After'],
    examples: { limited: { error: 'Too many requests' } },
  },
  500: {
    name: 'InternalError',
    description: 'Our fault',
    examples: { unexpected: { error: 'Internal server error' } },
  },
  503: {
    name: 'Unavailable',
    description: 'The service is busy; the same request may succeed a little later',
    headers: ['Retry-After'],
    examples: { busy: { error: 'The service is busy, please try again' } },
  },
  default: {
    name: 'NotServed',
    description:
      'Refused before the API was asked: another method (405), too slow (408), headers too large (431)',
    examples: { tooSlow: { error: 'The request took too long to arrive' } },
  },
};
