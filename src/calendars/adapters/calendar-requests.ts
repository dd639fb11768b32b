import { Agent, type Dispatcher } from 'undici';
import { checkedConnector } from '../../platform/outgoing/checked-connections.js';
import { reasonOf } from '../../platform/outgoing/failures.js';
import { bySystem, overDns, type Resolve } from '../../platform/outgoing/names.js';
import { faultOfUrl } from '../../platform/outgoing/outgoing-url.js';
import { AddressRefused, isPublicAddress } from '../../platform/outgoing/public-address.js';
import { CalendarUnavailable, CalendarUnreadable } from '../domain/errors.js';

export interface CalendarRequestsOptions {
  /** Whether servers in the same network may be asked, and by http too, as those who host their own may want. */
  readonly allowPrivate: boolean;
  /** How names are resolved; name servers where private addresses are refused, else the system. */
  readonly resolve?: Resolve;
  /** Certificate authorities (PEM) believed in place of Node's own. */
  readonly ca?: string;
  /** Limit for one request, to the last byte of its answer. */
  readonly timeoutMs?: number;
}

export interface CalendarRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | null;
  /** The longest answer that is taken, in bytes. */
  readonly maxBytes: number;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

export interface CalendarAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer is longer than asked for; what there is of it was thrown away. */
export class AnswerTooLong extends CalendarUnreadable {}

const TIMEOUT_MS = 120_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Ports that calendar servers use, where only public addresses may be asked: 5232 is Radicale's. */
const PORTS = [443, 8443, 5232];

/**
 * Requests to servers that owners named. They reach only what may be reached, end in time whatever the server does, and take no
 * more of an answer than was said: no redirect is followed, no proxy of the environment used, nothing decompressed.
 */
export class CalendarRequests {
  private readonly agent: Agent;
  private readonly timeoutMs: number;

  constructor(private readonly options: CalendarRequestsOptions) {
    const { allowPrivate, resolve, ca } = options;
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.agent = new Agent({
      connect: checkedConnector({
        mayReach: allowPrivate ? () => true : isPublicAddress,
        resolve: resolve ?? (allowPrivate ? bySystem : overDns()),
        timeoutMs: CONNECT_TIMEOUT_MS,
        ca,
      }),
      connections: 8, // per origin
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 10_000,
      maxHeaderSize: 16 * 1_024,
      headersTimeout: 0, // the limit of the whole request covers these two
      bodyTimeout: 0,
    });
  }

  /** An answer of whichever status. Throws `CalendarUnavailable`, or `CalendarUnreadable` for what cannot be asked or taken. */
  async ask(
    url: string,
    { method, headers, body, maxBytes, signal }: CalendarRequest,
  ): Promise<CalendarAnswer> {
    const fault = faultOfUrl(url, { allowPrivate: this.options.allowPrivate, ports: PORTS });
    if (fault) throw new CalendarUnreadable(fault);
    const { origin, pathname, search } = new URL(url);
    try {
      const answer = await this.agent.request({
        origin,
        path: pathname + search,
        method: method as Dispatcher.HttpMethod, // undici sends whichever
        headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'LinkTime' },
        body: body ?? null,
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]),
      });
      return {
        status: answer.statusCode,
        headers: oneLineEach(answer),
        body: await bodyOf(answer, maxBytes),
      };
    } catch (error) {
      if (error instanceof CalendarUnreadable) throw error;
      const reason = reasonOf(error, { timeoutMs: this.timeoutMs, connectTimeoutMs: CONNECT_TIMEOUT_MS });
      if (error instanceof AddressRefused) throw new CalendarUnreadable(reason);
      throw new CalendarUnavailable(signal.aborted ? 'It took too long' : reason, null, { cause: error });
    }
  }

  /** Lets requests under way finish and closes all connections; later requests fail. */
  async close(): Promise<void> {
    await this.agent.close();
  }
}

/** Leaving a body half read closes its connection. */
async function bodyOf({ headers, body }: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new CalendarUnreadable('The server compresses its answers unasked');
    length += chunk.length;
    if (length > maxBytes)
      throw new AnswerTooLong(`The answer is larger than ${Math.round(maxBytes / 1_000_000)} MB`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function oneLineEach({ headers }: Dispatcher.ResponseData): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

/** How long a server asks to be left alone, in seconds, at most a day; null if it does not say (RFC 9110, 10.2.3). */
export function retryAfterOf({ headers }: CalendarAnswer, now: number): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1_000);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 1), 86_400);
}
