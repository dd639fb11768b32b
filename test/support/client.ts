import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAnswerFits } from './openapi.js';
import { root } from './paths.js';

export interface ErrorBody {
  readonly error: string;
  readonly details?: Readonly<Record<string, string>>;
}

export interface HttpAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

interface Sent {
  /** Text and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks one LinkTime over HTTP. Every answer is checked against what all answers promise and against the OpenAPI document. */
export class Client {
  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** The same with this API key. */
  as({ key }: { readonly key: string }): Client {
    return this.with({ Authorization: `Bearer ${key}` });
  }

  /** The same with these headers in every request. */
  with(headers: Readonly<Record<string, string>>): Client {
    return new Client(this.url, { ...this.headers, ...headers });
  }

  get<Body = ErrorBody>(path: string, query: QueryParameters = {}): Promise<HttpAnswer<Body>> {
    return this.request('GET', `${path}${queryText(query)}`);
  }

  post<Body = ErrorBody>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<HttpAnswer<Body>> {
    return this.request('POST', path, { body, ...(headers && { headers }) });
  }

  patch<Body = ErrorBody>(path: string, body?: unknown): Promise<HttpAnswer<Body>> {
    return this.request('PATCH', path, { body });
  }

  delete<Body = ErrorBody>(path: string): Promise<HttpAnswer<Body>> {
    return this.request('DELETE', path);
  }

  async request<Body = ErrorBody>(method: string, path: string, sent: Sent = {}): Promise<HttpAnswer<Body>> {
    const { body, headers = {} } = sent;
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...this.headers,
        ...headers,
      },
      ...(body !== undefined && {
        body:
          typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
      }),
    });
    return checkedAnswer<Body>(method, path, response);
  }
}

type QueryParameters = Readonly<Record<string, string | number | readonly string[]>>;

function queryText(query: QueryParameters): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, String(each)]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

/** The answer, or a complaint about what every answer must be: also of paths and methods that no document knows. */
export async function checkedAnswer<Body>(
  method: string,
  path: string,
  response: Response,
): Promise<HttpAnswer<Body>> {
  const { status, headers } = response;
  const text = await response.clone().text();
  const fail = (fault: string): never => {
    throw new Error(`${method} ${path} → ${status}: ${fault}\n${text.slice(0, 2_000)}`);
  };
  if (status >= 500) fail('a fault of the server');
  if (!headers.get('x-request-id')) fail('there is no X-Request-Id');
  if (path.startsWith('/api/v1/') && headers.get('cache-control') !== 'no-store') fail('it may be cached');
  checkLimitHeaders(status, headers, fail);

  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (status >= 400 && method !== 'HEAD' && !isErrorBody(body)) fail('an error is { error, details? }');
  const oddTime = status < 400 && timesIn(body).find((time) => !UTC_MILLISECONDS.test(time));
  if (oddTime) fail(`${oddTime} is not UTC in milliseconds`);
  const template = templateOf(method, path);
  if (template) await expectAnswerFits(method, template, response);
  return { status, headers, body: body as Body };
}

function checkLimitHeaders(status: number, headers: Headers, fail: (fault: string) => never): void {
  const told = ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`));
  const isWhole = (value: string | null) => value !== null && /^\d+$/.test(value);
  if (!told.every((value) => value === null) && !told.every(isWhole)) fail('limits are told in part');
  if (status !== 429) return;
  if (!told.every(isWhole)) fail('a 429 tells its limit');
  if (!/^[1-9]\d*$/.test(headers.get('retry-after') ?? '')) fail('Retry-After is a whole number from 1');
}

const UTC_MILLISECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** All that stands under names such as `startTime` and `createdAt`. */
function timesIn(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    typeof value === 'string' && /[a-z](Time|At)$/.test(name) ? [value] : timesIn(value),
  );
}

export function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null) return false;
  const { error, details, ...more } = body as Record<string, unknown>;
  const sentences = details === undefined ? [] : Object.values(details as object);
  return (
    typeof error === 'string' &&
    error !== '' &&
    Object.keys(more).length === 0 &&
    sentences.every((sentence) => typeof sentence === 'string')
  );
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the API promises. */
export const promisedPaths = (
  JSON.parse(readFileSync(join(root, 'openapi/openapi.json'), 'utf8')) as Document
).paths;

const patterns = Object.keys(promisedPaths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/?]+')}(?:\\?|$)`),
}));

/** The operation's path in the document; null if the document does not know it. */
function templateOf(method: string, path: string): string | null {
  const template = patterns.find(({ pattern }) => pattern.test(path))?.template;
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  return template !== undefined && asked in promisedPaths[template]! ? template : null;
}
