import type { Client, Dispatcher } from 'undici';
import { unless, within } from '../within.js';
import type { Clients } from './clients.js';
import { CLOSED_EARLY, reasonOf } from './failures.js';
import { bySystem, overDns, type Resolve } from './names.js';
import { faultOfUrl, type OutgoingRules } from './outgoing-url.js';
import { AddressRefused, isPublicAddress } from './public-address.js';

/** What became of a request. */
export type Outcome = Answered | Failed;

/** A whole answer, of whichever status; redirects too, for none is followed. */
export interface Answered {
  kind: 'answered';
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The beginning of the answer as well-formed text without NUL; what was no UTF-8 is U+FFFD. */
  body: string;
  /** Whether there was more, which nobody read. */
  truncated: boolean;
  tookMs: number;
}

export interface Failed {
  kind: 'failed';
  /** One sentence. */
  reason: string;
  tookMs: number;
  /** Whether the URL or its address may not be asked, so that nobody was. */
  refusedBeforeConnecting: boolean;
  /** Whether the other side hung up before it began to answer, as servers do that end a connection just when it is used again. */
  hungUpUnanswered: boolean;
}

export interface SafeRequestsOptions extends OutgoingRules {
  /** How names are resolved; name servers where private addresses are refused, else the system. */
  resolve?: Resolve;
  /** Limit for name, connection and TLS handshake together. */
  connectTimeoutMs?: number;
  /** Certificate authorities (PEM) believed in place of Node's own. */
  ca?: string;
}

export interface Post {
  /** Sent as they are. */
  headers: Readonly<Record<string, string>>;
  /** Sent as UTF-8. */
  body: string;
  /** Limit for all of it, to the last byte that is read. */
  timeoutMs?: number;
}

export interface Question {
  method: string;
  /** Sent as they are. */
  headers: Readonly<Record<string, string>>;
  /** Sent as UTF-8. */
  body?: string | null;
  /** How much of the answer is read. */
  maxBytes: number;
  /** Limit for all of it, to the last byte that is read. */
  timeoutMs?: number;
  /** Ends it before its time. */
  signal?: AbortSignal;
}

const TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
const POST_MAX_BYTES = 2_048;

/**
 * Requests to URLs that strangers chose. They reach only what may be reached, end in time whatever the other side does, and cost
 * no more memory than is asked for: no redirect is followed, no proxy of the environment used, nothing decompressed, and what goes
 * beyond the limit of bytes is left unread. An outcome is always given, and nothing thrown.
 */
export class SafeRequests {
  private clients: Promise<Clients> | null = null;
  private readonly connectTimeoutMs: number;

  constructor(private readonly options: SafeRequestsOptions) {
    this.connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  }

  /** Why this is never asked, as a sentence; null if it may be. */
  faultOf(url: string): string | null {
    return faultOfUrl(url, this.options);
  }

  /** Posts a text; 2 KB of the answer are read. */
  post(url: string, { headers, body, timeoutMs }: Post): Promise<Outcome> {
    return this.ask(url, { method: 'POST', headers, body, maxBytes: POST_MAX_BYTES, timeoutMs });
  }

  /** Asks in whichever way. */
  async ask(text: string, question: Question): Promise<Outcome> {
    const begun = performance.now();
    const fault = this.faultOf(text);
    if (fault)
      return {
        kind: 'failed',
        reason: fault,
        tookMs: 0,
        refusedBeforeConnecting: true,
        hungUpUnanswered: false,
      };

    const { timeoutMs = TIMEOUT_MS, signal } = question;
    const url = new URL(text);
    const clients = await (this.clients ??= this.openClients());
    const client = clients.take(url.origin);
    let answer: Answer | null = null;
    let hasBegun = false;
    const exchanged = () => exchange(client, url, question, () => (hasBegun = true));
    try {
      answer = await within(timeoutMs, signal ? unless(signal, exchanged) : exchanged());
      return { kind: 'answered', ...answer, tookMs: since(begun) };
    } catch (error) {
      const reason = reasonOf(error, { timeoutMs, connectTimeoutMs: this.connectTimeoutMs });
      return {
        kind: 'failed',
        reason,
        tookMs: since(begun),
        hungUpUnanswered: !hasBegun && reason === CLOSED_EARLY,
        refusedBeforeConnecting: error instanceof AddressRefused && error.beforeConnecting,
      };
    } finally {
      clients.putBack(url.origin, client, answer !== null && !answer.truncated);
    }
  }

  /** Closes connections that wait; those in use close with their request. */
  async close(): Promise<void> {
    (await this.clients)?.close();
  }

  // undici is loaded for the first request: a process that makes none does without its 17 MB.
  private async openClients(): Promise<Clients> {
    const [{ Clients }, { checkedConnector }] = await Promise.all([
      import('./clients.js'),
      import('./checked-connections.js'),
    ]);
    const { allowPrivate, resolve, ca } = this.options;
    return new Clients({
      connect: checkedConnector({
        mayReach: allowPrivate ? () => true : isPublicAddress,
        resolve: resolve ?? (allowPrivate ? bySystem : overDns()),
        timeoutMs: this.connectTimeoutMs,
        ca,
      }),
      keepAliveTimeout: 4_000, // below what servers allow, so that they seldom hang up on a request
      keepAliveMaxTimeout: 10_000,
      maxRequestsPerClient: 100, // then its name is resolved anew
      maxHeaderSize: 16 * 1_024,
      headersTimeout: 0, // the limit of the whole request covers these two
      bodyTimeout: 0,
    });
  }
}

type Answer = Omit<Answered, 'kind' | 'tookMs'>;

async function exchange(
  client: Client,
  url: URL,
  { method, headers, body = null, maxBytes }: Question,
  onBegin: () => void,
): Promise<Answer> {
  const answer = await client.request({
    path: url.pathname + url.search,
    method: method as Dispatcher.HttpMethod, // undici sends whichever
    headers: { ...headers, 'accept-encoding': 'identity' },
    body,
  });
  onBegin();
  return {
    status: answer.statusCode,
    headers: oneLineEach(answer.headers),
    ...(await beginningOf(answer.body, maxBytes)),
  };
}

async function beginningOf(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ body: string; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) break;
  }
  const truncated = length > maxBytes;
  const bytes = Buffer.concat(chunks).subarray(0, maxBytes);
  const text = new TextDecoder().decode(bytes, { stream: truncated }); // a stream's last, halved character is left out
  return { body: text.replaceAll('\0', '\ufffd'), truncated };
}

function oneLineEach(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

function since(begun: number): number {
  return Math.round(performance.now() - begun);
}
