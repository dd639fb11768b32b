import { davRequest, type DAVRequest, type DAVResponse } from 'tsdav';
import {
  CalendarAccessLost,
  CalendarGone,
  CalendarUnavailable,
  CalendarUnreadable,
} from '../domain/errors.js';
import { parseUrl } from '../../kernel/url.js';
import { retryAfterOf, type CalendarAnswer, type CalendarRequests } from './calendar-requests.js';
import { faultOfXml } from './xml-check.js';

/** What opens a CalDAV account. */
export interface DavCredentials {
  /** The server, or some place on it. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** One item of a multistatus (RFC 4918, 13) as tsdav reads it: local names in camel case. */
export type DavItem = Pick<DAVResponse, 'href' | 'status'> & {
  readonly props: Readonly<Record<string, unknown>>;
};

export interface Multistatus {
  /** Where it was found, after redirects. */
  readonly url: string;
  readonly items: readonly DavItem[];
  /** Of the multistatus itself (RFC 6578, 6.4). */
  readonly syncToken: string | null;
}

/** A condition was not met that the request or the server set: the body says which (RFC 4918, 16). */
export class PreconditionFailed extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`The server answered ${status}`);
  }
}

/** The server has a fault of its own, which may lie in what it was asked. */
export class ServerBroke extends CalendarUnavailable {}

const MAX_BYTES = 16_000_000;
const MOST_REDIRECTS = 5;

/** Providers that keep accounts on many hosts and send their clients there. */
const SPREAD_OVER_HOSTS = ['icloud.com'];

/**
 * Requests of one call to a CalDAV server: in one account's name, and all within one limit of time. The password goes to the host
 * that the owner named and to hosts below it, whatever a redirect or a link says, and never from https to http.
 */
export class DavSession {
  private readonly authorization: string;

  constructor(
    private readonly requests: CalendarRequests,
    private readonly credentials: DavCredentials,
    private readonly signal: AbortSignal,
  ) {
    const { username, password } = credentials;
    this.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`; // UTF-8: RFC 7617, 2.1
  }

  /** A PROPFIND or REPORT; `request` is as tsdav has it. Throws the port's errors, and `PreconditionFailed`. */
  async multistatus(url: string, request: DAVRequest): Promise<Multistatus> {
    let landed = url;
    const responses = await davRequest({
      url,
      init: request,
      fetch: async (_url, init) => {
        const { url: last, answer } = await this.follow(url, { ...init, maxBytes: MAX_BYTES } as DavQuestion);
        landed = last;
        refuseFailure(answer);
        const fault = faultOfXml(answer.body);
        if (fault) throw new CalendarUnreadable(fault);
        return new Response(answer.body || null, {
          status: answer.status,
          headers: { 'content-type': answer.headers['content-type'] ?? '' },
        });
      },
    });
    const raw = responses[0]?.raw as { multistatus?: { syncToken?: unknown } } | undefined;
    if (typeof raw !== 'object' || !raw.multistatus)
      throw new CalendarUnreadable('The server does not speak CalDAV');
    const items = responses.filter((response) => typeof response.href === 'string' && response.href !== '');
    const { syncToken } = raw.multistatus;
    return {
      url: landed,
      items: items.map(({ href, status, props }) => ({ href: href!, status, props: props ?? {} })),
      syncToken: textIn(syncToken),
    };
  }

  /** Any other request. Throws the port's errors, `CalendarGone` for 404 and 410, and `PreconditionFailed`. */
  async ask(
    url: string,
    method: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<CalendarAnswer> {
    const { answer } = await this.follow(url, { method, headers, body, maxBytes: MAX_BYTES });
    refuseFailure(answer.status === 207 ? { ...answer, status: statusWithin(answer.body) } : answer);
    return answer;
  }

  private async follow(
    url: string,
    { method, headers, body, maxBytes }: DavQuestion,
  ): Promise<{ url: string; answer: CalendarAnswer }> {
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      this.refuseForeign(url);
      const answer = await this.requests.ask(url, {
        method,
        headers: { ...headers, authorization: this.authorization },
        body,
        maxBytes,
        signal: this.signal,
      });
      const location = [301, 302, 307, 308].includes(answer.status) ? answer.headers['location'] : undefined;
      const next: URL | null = location ? parseUrl(location, url) : null;
      if (!next) return { url, answer };
      url = next.href;
    }
    throw new CalendarUnreadable('The server redirects without end');
  }

  private refuseForeign(text: string): void {
    const url = new URL(text);
    const named = new URL(this.credentials.url);
    if (named.protocol === 'https:' && url.protocol !== 'https:')
      throw new CalendarUnreadable('The server leads away from https');
    if (!isSameOrBelow(url.hostname, named.hostname))
      throw new CalendarUnreadable(
        `The server leads to another one, ${url.hostname}: connect that one instead`,
      );
  }
}

interface DavQuestion {
  method: string;
  headers: Record<string, string>;
  body?: string;
  maxBytes: number;
}

function isSameOrBelow(host: string, named: string): boolean {
  const above = SPREAD_OVER_HOSTS.find((spread) => named === spread || named.endsWith(`.${spread}`)) ?? named;
  return host === above || host.endsWith(`.${above}`);
}

/** A multistatus in place of an answer, as Xandikos gives it, says inside what became of the request. */
function statusWithin(body: string): number {
  return Number(/HTTP\/[\d.]+ ([45]\d\d)/.exec(body)?.[1] ?? 207);
}

function refuseFailure(answer: CalendarAnswer): void {
  const { status, body } = answer;
  if (status < 300) return;
  if (status === 401) throw new CalendarAccessLost('The server does not accept the user name and password');
  if (status === 404 || status === 410)
    throw new CalendarGone('There is no such calendar or event on the server');
  if (status === 500) throw new ServerBroke('The server answered 500');
  if (status === 408 || status === 429 || status >= 500)
    throw new CalendarUnavailable(`The server answered ${status}`, retryAfterOf(answer, Date.now()));
  throw new PreconditionFailed(status, body);
}

/** The text of an element as tsdav gives it; null if it has none. Some servers write it as CDATA, and tsdav makes numbers of digits. */
export function textIn(element: unknown): string | null {
  if (typeof element === 'string' || typeof element === 'number' || typeof element === 'boolean')
    return String(element);
  const cdata = (element as { _cdata?: unknown } | null | undefined)?._cdata;
  if (Array.isArray(cdata)) return cdata.join('');
  return typeof cdata === 'string' ? cdata : null;
}
