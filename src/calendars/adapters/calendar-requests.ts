import { Instant } from '@js-joda/core';
import { secondsAsked } from '../../kernel/retry-after.js';
import type { Resolve } from '../../platform/outgoing/names.js';
import { SafeRequests } from '../../platform/outgoing/safe-requests.js';
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

/** Methods that change nothing (RFC 9110, 9.2.1; RFC 4918 and 3253 for those of WebDAV). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'REPORT']);

/** Ports that calendar servers use, where only public addresses may be asked: 5232 is Radicale's. */
const PORTS = [443, 8443, 5232];

/**
 * Requests to servers that owners named. They reach only what may be reached, end in time whatever the server does, and take no
 * more of an answer than was said: no redirect is followed, no proxy of the environment used, nothing decompressed.
 */
export class CalendarRequests {
  private readonly requests: SafeRequests;
  private readonly timeoutMs: number;

  constructor({ timeoutMs = TIMEOUT_MS, ...options }: CalendarRequestsOptions) {
    this.timeoutMs = timeoutMs;
    this.requests = new SafeRequests({ ...options, ports: PORTS });
  }

  /** An answer of whichever status. Throws `CalendarUnavailable`, or `CalendarUnreadable` for what cannot be asked or taken. */
  async ask(url: string, { headers, ...request }: CalendarRequest): Promise<CalendarAnswer> {
    const question = {
      ...request,
      headers: { ...headers, 'user-agent': 'LinkTime' },
      timeoutMs: this.timeoutMs,
    };
    let outcome = await this.requests.ask(url, question);
    // What changes nothing is asked once more (RFC 9112, 9.3.1).
    if (outcome.kind === 'failed' && outcome.hungUpUnanswered && SAFE.has(request.method))
      outcome = await this.requests.ask(url, question);
    if (outcome.kind === 'failed') {
      if (outcome.refusedBeforeConnecting) throw new CalendarUnreadable(outcome.reason);
      throw new CalendarUnavailable(request.signal.aborted ? 'It took too long' : outcome.reason);
    }
    if ((outcome.headers['content-encoding'] ?? 'identity') !== 'identity')
      throw new CalendarUnreadable('The server compresses its answers unasked');
    if (outcome.truncated)
      throw new AnswerTooLong(`The answer is larger than ${Math.round(request.maxBytes / 1_000_000)} MB`);
    return outcome;
  }

  /** Closes connections that wait; those in use close with their request. */
  async close(): Promise<void> {
    await this.requests.close();
  }
}

/** How long a server asks to be left alone, in seconds, at most a day; null if it does not say (RFC 9110, 10.2.3). */
export function retryAfterOf({ headers }: CalendarAnswer, now: number): number | null {
  const seconds = secondsAsked(headers['retry-after']?.trim() ?? '', Instant.ofEpochMilli(now));
  return seconds === null ? null : Math.min(Math.max(Math.ceil(seconds), 1), 86_400);
}
