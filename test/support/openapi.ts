import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { root } from './paths.js';

interface OpenApiDocument {
  readonly paths: Record<string, Record<string, { responses: Record<string, ResponseObject | Reference> }>>;
  readonly webhooks?: Record<string, { post: { requestBody: { content: Content } } }>;
  readonly components?: { readonly responses?: Record<string, ResponseObject>; [kind: string]: unknown };
}

interface ResponseObject {
  readonly headers?: Record<string, { required?: boolean; schema?: AnySchemaObject } | Reference>;
  readonly content?: Content;
}

type Content = Record<string, { schema?: AnySchemaObject; example?: unknown }>;

interface Reference {
  readonly $ref: string;
}

/** The answers of an API as its OpenAPI 3.1 document promises them. */
export class PromisedAnswers {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });
  private readonly headerAjv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: true });
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly document: OpenApiDocument;

  constructor(document: OpenApiDocument) {
    this.document = closed(document);
    addFormats(this.ajv);
    addFormats(this.headerAjv);
  }

  /**
   * Throws unless the answer is one the document promises for this operation: its status is listed, its headers and media type
   * are as described, and its body has every required field and none that is not described. Leaves the response unread and
   * resolves with the body: JSON parsed, other text as it is, undefined if empty.
   */
  async check(method: string, pathTemplate: string, response: Response): Promise<unknown> {
    const asked = method.toLowerCase();
    const operation = this.document.paths[pathTemplate]?.[asked === 'head' ? 'get' : asked];
    const where = `${method.toUpperCase()} ${pathTemplate} → ${response.status}`;
    const text = await response.clone().text();
    const fail = (fault: string): never => {
      throw new Error(`${where}: ${fault}\n${text.slice(0, 2_000)}`);
    };
    if (!operation) return fail('the operation is not documented');
    const listed = operation.responses[response.status];
    if (!listed) return fail('the status is not documented');
    const promised = this.resolve<ResponseObject>(listed);

    this.checkHeaders(where, promised, response.headers, fail);
    if (asked === 'head') return text === '' ? undefined : fail('an answer to HEAD has a body');
    return this.checkBody(where, promised, response.headers.get('content-type'), text, fail);
  }

  /**
   * Throws unless the text is what the document says that a webhook of this event is sent: every required field and none that is
   * not described. Returns it parsed.
   */
  checkWebhook(event: string, text: string): unknown {
    const schema = this.document.webhooks?.[event]?.post.requestBody.content['application/json']?.schema;
    if (!schema) throw new Error(`${event}: the event is not documented`);
    const body: unknown = JSON.parse(text);
    const validate = this.compile(this.ajv, `webhook ${event}`, schema);
    if (validate(body)) return body;
    throw new Error(`${event}: ${faultsOf(validate)}\n${text.slice(0, 2_000)}`);
  }

  private checkHeaders(where: string, promised: ResponseObject, headers: Headers, fail: Fail): void {
    for (const [name, reference] of Object.entries(promised.headers ?? {})) {
      const { required, schema } = this.resolve<{ required?: boolean; schema?: AnySchemaObject }>(reference);
      const value = headers.get(name);
      if (value === null && required) fail(`the header ${name} is missing`);
      if (value === null || !schema) continue;
      const validate = this.compile(this.headerAjv, `${where} ${name}`, {
        type: 'object',
        properties: { value: schema },
      });
      if (!validate({ value })) fail(`the header ${name} (${value}) ${faultsOf(validate)}`);
    }
  }

  private checkBody(
    where: string,
    promised: ResponseObject,
    type: string | null,
    text: string,
    fail: Fail,
  ): unknown {
    if (!promised.content) return text === '' ? undefined : fail('no body is documented');
    const mediaType = type?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const content = promised.content[mediaType];
    if (!content) return fail(`the media type ${mediaType || '(none)'} is not documented`);
    if (!/[/+]json$/.test(mediaType)) return text;
    const body: unknown = JSON.parse(text);
    if (!content.schema) return body;
    const validate = this.compile(this.ajv, `${where} ${mediaType}`, content.schema);
    return validate(body) ? body : fail(faultsOf(validate));
  }

  private compile(ajv: Ajv2020, key: string, schema: AnySchemaObject): ValidateFunction {
    const known = this.compiled.get(key);
    if (known) return known;
    // The components come along so that `#/components/...` leads to them.
    const validate = ajv.compile({ ...schema, components: this.document.components });
    this.compiled.set(key, validate);
    return validate;
  }

  private resolve<T>(object: T | Reference): T {
    if (typeof object !== 'object' || object === null || !('$ref' in object)) return object as T;
    const steps = object.$ref
      .slice(2)
      .split('/')
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    return steps.reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | undefined)?.[step],
      this.document,
    ) as T;
  }
}

type Fail = (fault: string) => never;

let promised: PromisedAnswers | undefined;

/** `PromisedAnswers.check` against openapi/openapi.json. */
export async function expectAnswerFits(
  method: string,
  pathTemplate: string,
  response: Response,
): Promise<unknown> {
  return committed().check(method, pathTemplate, response);
}

/** An event as the world is told of it. */
export interface Envelope<Data = Record<string, unknown>> {
  readonly id: string;
  readonly event: string;
  readonly timestamp: string;
  readonly data: Data;
}

/** What a webhook was sent for this event, parsed. Throws unless it is as openapi/openapi.json promises. */
export function expectPayload<Data = Record<string, unknown>>(event: string, text: string): Envelope<Data> {
  return committed().checkWebhook(event, text) as Envelope<Data>;
}

function committed(): PromisedAnswers {
  promised ??= new PromisedAnswers(
    JSON.parse(readFileSync(join(root, 'openapi/openapi.json'), 'utf8')) as OpenApiDocument,
  );
  return promised;
}

// CommonJS without a default of its own.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

/** The same, but an object that lists its fields has no others, unless it says so: what is not described is not promised. */
function closed<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closed) as T;
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed<unknown>(value)]));
  const isObjectSchema = [copy['type']].flat().includes('object') && typeof copy['properties'] === 'object';
  return (isObjectSchema ? { additionalProperties: false, ...copy } : copy) as T;
}

function faultsOf(validate: ValidateFunction): string {
  return (validate.errors ?? [])
    .map(
      ({ instancePath, message, params }) => `${instancePath || 'it'} ${message} ${JSON.stringify(params)}`,
    )
    .join('; ');
}
