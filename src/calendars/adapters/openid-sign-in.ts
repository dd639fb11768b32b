import type * as OpenId from 'openid-client';
import type { Clock } from '../../kernel/clock.js';
import { isEmailAddress, normalizeEmail } from '../../kernel/email-address.js';
import type { BaseUrl } from '../../platform/http/base-url.js';
import type { SignInProvider } from '../domain/connection.js';
import {
  AuthorizationDenied,
  CalendarAccessLost,
  CalendarUnavailable,
  CalendarUnreadable,
  isCalendarFault,
  SignInNotConfigured,
} from '../domain/errors.js';
import { SignIn, type Credentials, type OpenedAccount, type SignInSecrets } from '../ports.js';
import { AccountRequests, credentialsOf, type Tokens } from './account-requests.js';
import type { CalendarRequests } from './calendar-requests.js';
import { openIdFetch } from './openid-fetch.js';
import type { SignInSettings } from './sign-in-settings.js';

/** Where providers send owners back to, below the base URL. */
export const CALLBACK_PATH = '/calendars/callback';

interface Wish {
  /** What the owner is asked to allow, as the provider names it. */
  readonly scope: string;
  /** What else the provider wants to be told. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Without which nothing can be done: where owners may allow one thing and not another. */
  readonly needed: readonly string[];
}

const EVENTS = 'https://www.googleapis.com/auth/calendar.events';
const CALENDARS = 'https://www.googleapis.com/auth/calendar.calendarlist.readonly';

/** https://developers.google.com/identity/protocols/oauth2/web-server and https://learn.microsoft.com/graph/permissions-reference */
const WISHES: Readonly<Record<SignInProvider, Wish>> = {
  GOOGLE: {
    scope: `openid email ${EVENTS} ${CALENDARS}`,
    // Only a consent that is given anew brings a refresh token.
    parameters: { access_type: 'offline', prompt: 'consent' },
    needed: [EVENTS, CALENDARS],
  },
  MICROSOFT: {
    scope: 'openid email profile offline_access Calendars.ReadWrite',
    parameters: { prompt: 'select_account' },
    needed: [],
  },
};

/** By which people know them. */
const NAMES: Readonly<Record<SignInProvider, string>> = { GOOGLE: 'Google', MICROSOFT: 'Microsoft' };

/** For tokens whose end the provider does not tell, in seconds. */
const USUAL_LIFE = 3_600;

interface Provider {
  readonly openId: typeof OpenId;
  readonly configuration: OpenId.Configuration;
}

/** Signing in by OpenID Connect, whose addresses each provider tells by itself. The library is loaded for the first who signs in. */
export class OpenIdSignIn extends SignIn {
  private readonly discovered = new Map<SignInProvider, Promise<OpenId.Configuration>>();

  constructor(
    private readonly settings: SignInSettings,
    private readonly requests: CalendarRequests,
    private readonly baseUrl: BaseUrl,
    private readonly clock: Clock,
  ) {
    super();
  }

  async address(provider: SignInProvider, { state, verifier }: SignInSecrets): Promise<string> {
    return this.ask(provider, async ({ openId, configuration }) => {
      const { scope, parameters } = WISHES[provider];
      return openId.buildAuthorizationUrl(configuration, {
        redirect_uri: `${this.baseUrl.value}${CALLBACK_PATH}`,
        scope,
        state,
        code_challenge: await openId.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...parameters,
      }).href;
    });
  }

  async complete(
    provider: SignInProvider,
    query: string,
    { state, verifier }: SignInSecrets,
  ): Promise<OpenedAccount> {
    return this.ask(provider, async ({ openId, configuration }) => {
      const answer = new URL(`${this.baseUrl.value}${CALLBACK_PATH}`);
      answer.search = query;
      const given = await openId.authorizationCodeGrant(configuration, answer, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        idTokenExpected: true,
      });
      const allowed = given.scope?.split(' ') ?? [];
      if (given.scope !== undefined && !WISHES[provider].needed.every((scope) => allowed.includes(scope)))
        throw new CalendarAccessLost(
          `Not all that is needed was allowed: sign in once more and leave every box ticked`,
        );
      if (given.refresh_token === undefined)
        throw new CalendarAccessLost(`${NAMES[provider]} gave no lasting access`);
      return {
        account: accountOf(given.claims()),
        credentials: credentialsOf(this.tokensOf(given, given.refresh_token)),
      };
    });
  }

  async revoke(provider: SignInProvider, { refreshToken }: Credentials): Promise<void> {
    if (refreshToken === undefined) return;
    await this.askLater(provider, async ({ openId, configuration }) => {
      if (configuration.serverMetadata().revocation_endpoint === undefined) return;
      await openId.tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' });
    });
  }

  /** Requests to the provider's API in the name of its accounts. */
  requestsOf(provider: SignInProvider): AccountRequests {
    return new AccountRequests(this.requests, (token) => this.refresh(provider, token), this.clock);
  }

  private refresh(provider: SignInProvider, refreshToken: string): Promise<Tokens> {
    return this.askLater(provider, async ({ openId, configuration }) => {
      const given = await openId.refreshTokenGrant(configuration, refreshToken);
      return this.tokensOf(given, given.refresh_token ?? refreshToken);
    });
  }

  private tokensOf(
    { access_token: accessToken, expires_in: life = USUAL_LIFE }: OpenId.TokenEndpointResponse,
    refreshToken: string,
  ): Tokens {
    return { accessToken, refreshToken, expiresAt: this.clock.now().plusSeconds(Math.floor(life)) };
  }

  /** As `ask`, for an account that was opened when all was configured, and may be again. */
  private async askLater<T>(
    provider: SignInProvider,
    question: (provider: Provider) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.ask(provider, question);
    } catch (error) {
      if (error instanceof SignInNotConfigured)
        throw new CalendarUnavailable(error.message, null, { cause: error });
      throw error;
    }
  }

  private async ask<T>(provider: SignInProvider, question: (provider: Provider) => Promise<T>): Promise<T> {
    const openId = await import('openid-client');
    try {
      return await question({ openId, configuration: await this.discover(provider, openId) });
    } catch (error) {
      throw meaningOf(error, NAMES[provider], openId);
    }
  }

  private discover(provider: SignInProvider, openId: typeof OpenId): Promise<OpenId.Configuration> {
    const { client, issuerUrl } = this.settings.providers[provider];
    if (!client)
      throw new SignInNotConfigured(
        `Accounts of ${NAMES[provider]} need settings: ${provider}_CLIENT_ID and ${provider}_CLIENT_SECRET`,
      );
    const discovered =
      this.discovered.get(provider) ??
      openId.discovery(new URL(issuerUrl), client.id, client.secret, undefined, {
        [openId.customFetch]: openIdFetch(this.requests),
        execute: this.settings.allowHttp ? [openId.allowInsecureRequests] : [],
      });
    this.discovered.set(provider, discovered);
    discovered.catch(() => this.discovered.delete(provider)); // it is asked again next time
    return discovered;
  }
}

function accountOf(claims: OpenId.IDToken | undefined): string {
  // Of work accounts without a mailbox Microsoft tells only the name to sign in with, which looks like an address.
  const told = claims?.['email'] ?? claims?.['preferred_username'];
  const account = typeof told === 'string' ? normalizeEmail(told) : '';
  if (!isEmailAddress(account))
    throw new CalendarUnreadable('The provider does not tell whose account it is');
  return account;
}

/**
 * What went wrong, in our words. Errors of the library are not passed on as causes: they bear whole answers, and so tokens; and of what
 * visitors may have written nothing is repeated.
 */
function meaningOf(error: unknown, name: string, openId: typeof OpenId): unknown {
  if (error instanceof openId.ClientError) {
    if (isCalendarFault(error.cause)) return error.cause;
    return new CalendarUnreadable(`${name} answered what cannot be used: ${error.message}`);
  }
  if (error instanceof openId.AuthorizationResponseError) {
    if (error.error === 'access_denied') return new AuthorizationDenied();
    const isPassing = ['temporarily_unavailable', 'server_error'].includes(error.error);
    return isPassing
      ? new CalendarUnavailable(`${name} cannot sign anybody in now`)
      : new CalendarUnreadable(`${name} refused the sign-in`);
  }
  if (error instanceof openId.ResponseBodyError) {
    if (error.error === 'invalid_grant') return new CalendarAccessLost(`${name} grants no access any more`);
    const code = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'no reason is given';
    return new CalendarUnavailable(`${name} refuses to give access: ${code}`);
  }
  if (error instanceof openId.WWWAuthenticateChallengeError)
    return new CalendarUnavailable(`${name} refuses to give access: invalid_client`);
  return error;
}
