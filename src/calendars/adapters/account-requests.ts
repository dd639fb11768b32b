import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import { parseInstant, formatInstant } from '../../kernel/instant-text.js';
import {
  CalendarAccessLost,
  CalendarGone,
  CalendarUnavailable,
  CalendarUnreadable,
} from '../domain/errors.js';
import type { CalendarAccount, Credentials } from '../ports.js';
import { retryAfterOf, type CalendarAnswer, type CalendarRequests } from './calendar-requests.js';

/** What opens an account by OAuth 2.0 (RFC 6749), as its credentials. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Instant;
}

/**
 * Fresh tokens for a refresh token. Throws `CalendarAccessLost` if the provider will not have it, `CalendarUnavailable` if it cannot
 * answer.
 */
export type RefreshTokens = (refreshToken: string) => Promise<Tokens>;

export interface AccountRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** Tokens this close to their end are renewed first: clocks differ, and requests take their time. */
const EARLY_SECONDS = 60;
const MAX_BYTES = 10_000_000;

/**
 * Requests to a provider's JSON API in an owner's name: with the account's access token, renewed when it ends or is refused. Two who
 * renew at once do no harm: who comes second takes over what the first was given.
 */
export class AccountRequests {
  /** By account as it was opened, for as long as somebody works with it. */
  private readonly renewed = new WeakMap<CalendarAccount, Tokens>();

  constructor(
    private readonly requests: CalendarRequests,
    private readonly refresh: RefreshTokens,
    private readonly clock: Clock,
  ) {}

  /** An answer of whichever status but 401. Throws `CalendarAccessLost`, `CalendarUnavailable` or `CalendarUnreadable`. */
  async ask(account: CalendarAccount, url: string, request: AccountRequest): Promise<CalendarAnswer> {
    const tokens = this.renewed.get(account) ?? tokensOf(account.credentials);
    const isOld = !this.clock.now().plusSeconds(EARLY_SECONDS).isBefore(tokens.expiresAt);
    const first = isOld ? await this.renewAndNote(account, tokens) : tokens;
    const answer = await this.askWith(first, url, request);
    if (answer.status !== 401) return answer;

    const again = await this.askWith(await this.renewAndNote(account, first), url, request);
    if (again.status === 401) throw new CalendarAccessLost('The provider refuses the access it has given');
    return again;
  }

  /** Noted, so that the next request of the same work begins with them. */
  private async renewAndNote(account: CalendarAccount, refused: Tokens): Promise<Tokens> {
    const tokens = await this.renew(account, refused);
    this.renewed.set(account, tokens);
    return tokens;
  }

  private askWith(
    { accessToken }: Tokens,
    url: string,
    { method = 'GET', headers, body, signal }: AccountRequest,
  ): Promise<CalendarAnswer> {
    const hasBody = body !== undefined;
    return this.requests.ask(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(hasBody && { 'content-type': 'application/json' }),
        ...headers,
        authorization: `Bearer ${accessToken}`,
      },
      body: hasBody ? JSON.stringify(body) : null,
      maxBytes: MAX_BYTES,
      signal,
    });
  }

  private async renew(account: CalendarAccount, refused: Tokens): Promise<Tokens> {
    const kept = tokensOf(await account.reread());
    if (kept.accessToken !== refused.accessToken) return kept;
    try {
      const fresh = await this.refresh(kept.refreshToken);
      await account.renewed(credentialsOf(fresh));
      return fresh;
    } catch (error) {
      if (!(error instanceof CalendarAccessLost)) throw error;
      // Where a refresh token is good for once, another may have used it meanwhile.
      const renewed = tokensOf(await account.reread());
      if (renewed.accessToken === kept.accessToken) throw error;
      return renewed;
    }
  }
}

export function credentialsOf({ accessToken, refreshToken, expiresAt }: Tokens): Credentials {
  return { accessToken, refreshToken, expiresAt: formatInstant(expiresAt) };
}

function tokensOf({ accessToken, refreshToken, expiresAt }: Credentials): Tokens {
  const until = expiresAt === undefined ? null : parseInstant(expiresAt);
  if (accessToken === undefined || refreshToken === undefined || !until)
    throw new CalendarAccessLost('The account is to be connected anew');
  return { accessToken, refreshToken, expiresAt: until };
}

/**
 * The JSON of an answer that is a success. Throws what another status means: `CalendarGone` for 404 and 410, `CalendarAccessLost` for
 * 403, `CalendarUnavailable` for 408, 425, 429 and 5xx, otherwise `CalendarUnreadable`. Where a provider means something else by a
 * status, its adapter looks first.
 */
export function jsonOf(answer: CalendarAnswer, clock: Clock): unknown {
  const { status, body } = answer;
  if (status === 404 || status === 410) throw new CalendarGone('The provider knows it no longer');
  if (status === 403) throw new CalendarAccessLost('The provider does not permit this');
  if ([408, 425, 429].includes(status) || status >= 500)
    throw new CalendarUnavailable(
      `The provider answered ${status}`,
      retryAfterOf(answer, clock.now().toEpochMilli()),
    );
  if (status < 200 || status > 299) throw new CalendarUnreadable(`The provider refuses: ${status}`);
  if (body === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    throw new CalendarUnreadable('The provider answered no JSON');
  }
}
