import { sampleEvents, sampleHost } from '../delivery/domain/sample-events.js';
import { webhookEventNames, type WebhookEventName } from '../delivery/domain/webhook-endpoint.js';
import { envelopeOf } from '../delivery/domain/webhook-payload.js';
import type { OpenApiDocument, Schema } from './openapi-document.js';

interface Described {
  /** Of the schema; the schema of its data has the same name and "Data". */
  readonly schema: string;
  readonly summary: string;
  readonly data: Readonly<Record<string, Schema>>;
}

const text = { type: 'string' };
const line = { type: ['string', 'null'] };
const time = { type: 'string', format: 'date-time' };
const named = (name: string, description?: string): Schema & { description?: string } => {
  const $ref = `#/components/schemas/${name}`;
  return description === undefined ? { $ref } : { description, allOf: [{ $ref }] };
};
const amount = { type: 'integer', minimum: 0, description: "In the currency's minor units" };
const orNull = (name: string) => ({ anyOf: [named(name), { type: 'null' }] });
const object = (properties: Readonly<Record<string, Schema>>, description: string) => ({
  type: 'object',
  description,
  required: Object.keys(properties),
  properties,
});

const BOOKING = {
  id: text,
  status: named('BookingStatus'),
  sequence: { type: 'integer', minimum: 0, description: 'How often the booking was moved' },
  eventType: named('BookedEventType', 'Name and duration as they were at booking time'),
  startTime: time,
  endTime: time,
  invitee: named('EventInvitee'),
  host: named('EventHost'),
  contactId: line,
  location: line,
  meetingLink: line,
  notes: line,
  answers: { type: 'object', additionalProperties: true, description: "Keyed by the question's id" },
  price: orNull('EventPrice'),
  createdAt: time,
  updatedAt: time,
};

const PARTS: Readonly<Record<string, Schema>> = {
  EventInvitee: object(
    { name: text, email: text, timezone: text, phone: line, guests: { type: 'array', items: text } },
    'Who booked, and whose addresses they invited besides',
  ),
  EventHost: object({ id: text, name: text, email: text, timezone: text }, 'Whose booking it is'),
  EventPrice: object({ amount, currency: text }, 'What the meeting costs'),
};

const EVENTS: Readonly<Record<WebhookEventName, Described>> = {
  'booking.created': { schema: 'BookingCreated', summary: 'A meeting was booked', data: BOOKING },
  'booking.cancelled': {
    schema: 'BookingCancelled',
    summary: 'A booking was called off',
    data: { ...BOOKING, cancelReason: line, cancelledAt: time, cancelledBy: named('CancelledBy') },
  },
  'booking.rescheduled': {
    schema: 'BookingRescheduled',
    summary: 'A booking was moved; it keeps its id',
    data: { ...BOOKING, previousStartTime: time, previousEndTime: time },
  },
  'payment.received': {
    schema: 'PaymentReceived',
    summary: 'A booking was paid for',
    data: { payment: named('Payment'), booking: named('BookingCreatedData', 'As it is once paid') },
  },
  'contact.created': {
    schema: 'ContactCreated',
    summary: 'Somebody became a contact',
    data: {
      id: text,
      name: text,
      email: text,
      phone: line,
      company: line,
      notes: line,
      source: named('ContactSource'),
      createdAt: time,
      updatedAt: time,
    },
  },
};

const HEADERS = {
  WebhookId: header('webhook-id', 'The id of the event, the same however often it is sent', text),
  WebhookTimestamp: header('webhook-timestamp', 'When it is sent, in seconds since 1970', {
    type: 'string',
    pattern: '^[0-9]+$',
  }),
  WebhookSignature: header(
    'webhook-signature',
    'After Standard Webhooks: `v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body with dots between, by the ' +
      "endpoint's secret; several with spaces between while a secret is being replaced",
    text,
  ),
  WebhookEvent: header('X-LinkTime-Event', 'The name of the event', {
    type: 'string',
    enum: webhookEventNames,
  }),
};

const RESPONSES = {
  '2XX': { description: 'It was received; the body of the answer is only kept in the log' },
  '410': { description: 'Nothing more is wanted: the endpoint is disabled at once' },
  default: {
    description:
      'It is sent again, with the same id: after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, or when a ' +
      '`Retry-After` says. No answer within 15 s and a redirect count as failures too',
  },
};

/** Adds what is sent to webhooks and told by the feed: each event with its schema, its headers and an example. */
export function addWebhooks(document: OpenApiDocument): void {
  const { components } = document;
  Object.assign(components.schemas, PARTS, { Event: anyEvent() });
  components['parameters'] = { ...components['parameters'], ...HEADERS };
  document.webhooks = Object.fromEntries(
    webhookEventNames.map((name) => {
      const { schema, summary, data } = EVENTS[name];
      components.schemas[schema] = envelope(name);
      components.schemas[`${schema}Data`] = object(data, `What \`${name}\` tells`);
      return [name, { post: operation(schema, summary, exampleOf(name)) }];
    }),
  );
}

function operation(schema: string, summary: string, example: unknown) {
  return {
    operationId: `on${schema}`,
    summary,
    tags: ['Webhooks'],
    security: [],
    parameters: Object.keys(HEADERS).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    requestBody: { required: true, content: { 'application/json': { schema: named(schema), example } } },
    responses: RESPONSES,
  };
}

function envelope(name: WebhookEventName): Schema {
  const { schema, summary } = EVENTS[name];
  const properties = {
    id: { type: 'string', description: 'The same however often the event is told: act once for each' },
    event: { type: 'string', enum: [name] },
    timestamp: { ...time, description: 'When it happened' },
    data: named(`${schema}Data`),
  };
  return object(properties, summary);
}

function anyEvent(): Schema {
  const schemas = webhookEventNames.map((name) => [name, named(EVENTS[name].schema)] as const);
  return {
    description: 'Something that happened, as webhooks send it',
    oneOf: schemas.map(([, schema]) => schema),
    discriminator: {
      propertyName: 'event',
      mapping: Object.fromEntries(schemas.map(([name, { $ref }]) => [name, $ref])),
    },
    example: exampleOf('booking.created'),
  } as Schema;
}

function exampleOf(name: WebhookEventName): unknown {
  const id = `evt_00000000-0000-7000-8000-00000000010${webhookEventNames.indexOf(name)}`;
  return JSON.parse(envelopeOf(id, sampleEvents[name], sampleHost));
}

function header(name: string, description: string, schema: object) {
  return { name, in: 'header', required: true, description, schema };
}
