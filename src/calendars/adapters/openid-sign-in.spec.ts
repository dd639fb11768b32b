import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { accountOf } from '../../../test/support/calendar-account.js';
import { startOddServer, type OddServer } from '../../../test/support/odd-server.js';
import { SignInServer } from '../../../test/support/sign-in-server.js';
import { BaseUrl } from '../../platform/http/base-url.js';
import {
  AuthorizationDenied,
  CalendarAccessLost,
  CalendarUnavailable,
  CalendarUnreadable,
  SignInNotConfigured,
} from '../domain/errors.js';
import { CalendarRequests } from './calendar-requests.js';
import { OpenIdSignIn } from './openid-sign-in.js';
import { SignInSettings, type ProviderSettings } from './sign-in-settings.js';

const now = Instant.parse('2026-03-02T09:00:00Z');
const secrets = { state: 's'.repeat(43), verifier: 'v'.repeat(43) };

describe('Signing in by OpenID Connect', () => {
  let server: SignInServer;
  let api: OddServer;
  let requests: CalendarRequests;
  let impatient: CalendarRequests;
  let signIn: OpenIdSignIn;
  beforeAll(async () => {
    [server, api] = await Promise.all([SignInServer.start(), startOddServer()]);
    requests = new CalendarRequests({ allowPrivate: true });
    impatient = new CalendarRequests({ allowPrivate: true, timeoutMs: 300 });
  });
  afterAll(async () => {
    await Promise.all([requests.close(), impatient.close()]);
    await Promise.all([server.stop(), api.close()]);
  });
  beforeEach(() => {
    server.claims = { email: 'Ann@Example.com' };
    server.error = null;
    server.answer = () => undefined;
    server.asked.length = 0;
    server.revocations.length = 0;
    signIn = signInAt(server.url);
  });

  const signInAt = (
    issuerUrl: string,
    given: Partial<ProviderSettings> = {},
    allowHttp = true,
    by = requests,
  ) => {
    const client = { id: 'linktime', secret: 'client-secret' };
    const settings = { client, issuerUrl, apiUrl: api.url, ...given };
    return new OpenIdSignIn(
      new SignInSettings({ GOOGLE: settings, MICROSOFT: settings }, allowHttp),
      by,
      new BaseUrl('https://time.example.com'),
      new FixedClock(now),
    );
  };
  const answered = async (provider: 'GOOGLE' | 'MICROSOFT' = 'GOOGLE') =>
    (await server.follow(await signIn.address(provider, secrets))).search.slice(1);
  const opened = async (provider: 'GOOGLE' | 'MICROSOFT' = 'GOOGLE') =>
    signIn.complete(provider, await answered(provider), secrets);

  it('sends owners to their provider with a challenge and a state, and asks for no more than is needed', async () => {
    const google = new URL(await signIn.address('GOOGLE', secrets));
    expect(google.origin).toBe(server.url);
    expect(Object.fromEntries(google.searchParams)).toEqual({
      client_id: 'linktime',
      response_type: 'code',
      redirect_uri: 'https://time.example.com/calendars/callback',
      state: secrets.state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      scope:
        'openid email https://www.googleapis.com/auth/calendar.events https://www.googleapis.com/auth/calendar.calendarlist.readonly',
      access_type: 'offline',
      prompt: 'consent',
    });
    const microsoft = new URL(await signIn.address('MICROSOFT', secrets));
    expect(microsoft.searchParams.get('scope')).toBe(
      'openid email profile offline_access Calendars.ReadWrite',
    );
  });

  it('opens the account with the code, the verifier and the secret of the client', async () => {
    const { account, credentials } = await opened();
    expect(account).toBe('ann@example.com');
    expect(credentials).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresAt: '2026-03-02T10:00:00.000Z',
    });
    expect(server.asked).toMatchObject([
      {
        grant_type: 'authorization_code',
        code_verifier: secrets.verifier,
        client_secret: 'client-secret',
        redirect_uri: 'https://time.example.com/calendars/callback',
      },
    ]);
  });

  it('knows a work account without a mailbox by the name that it signs in with', async () => {
    server.claims = { preferred_username: 'ann@corp.onmicrosoft.com' };
    expect((await opened('MICROSOFT')).account).toBe('ann@corp.onmicrosoft.com');
    server.claims = { preferred_username: '+49 170 1234567' };
    await expect(opened('MICROSOFT')).rejects.toThrow(CalendarUnreadable);
  });

  it('takes no answer with another state or another verifier, nor the answer of another server', async () => {
    const query = await answered();
    for (const wrong of [
      { ...secrets, state: 'x' },
      { ...secrets, verifier: 'w'.repeat(43) },
    ])
      await expect(signIn.complete('GOOGLE', query, wrong)).rejects.toThrow(
        /^Google (answered what cannot be used|refuses to give access)/,
      );
    await expect(
      signIn.complete('GOOGLE', `${await answered()}&iss=https://evil.example`, secrets),
    ).rejects.toThrow(CalendarUnreadable);
  });

  it('tells a refusal of the owner from other faults of the provider, and repeats nothing that was sent', async () => {
    server.error = 'access_denied';
    await expect(opened()).rejects.toThrow(AuthorizationDenied);
    server.error = 'temporarily_unavailable';
    await expect(opened()).rejects.toThrow(CalendarUnavailable);
    server.error = '<script>alert(1)</script>';
    await expect(opened()).rejects.toThrow(new CalendarUnreadable('Google refused the sign-in'));
  });

  it('takes no access that does not last, or that leaves out the calendars', async () => {
    server.answer = ({ body }) => Object.assign(body, { refresh_token: undefined });
    await expect(opened()).rejects.toThrow('Google gave no lasting access');
    server.answer = ({ body }) => Object.assign(body, { scope: 'openid email' });
    await expect(opened()).rejects.toThrow('leave every box ticked');
  });

  it('says that it is not set up where there is no client, and asks nobody', async () => {
    signIn = signInAt('http://127.0.0.1:1', { client: null });
    await expect(signIn.address('GOOGLE', secrets)).rejects.toThrow(
      new SignInNotConfigured('Accounts of Google need settings: GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET'),
    );
    await expect(signIn.revoke('GOOGLE', { refreshToken: 'token' })).rejects.toThrow(CalendarUnavailable);
  });

  it('asks a provider whose addresses could not be had once more the next time', async () => {
    api.answer = (_, response) => void response.writeHead(503, { 'retry-after': '120' }).end();
    signIn = signInAt(api.url);
    await expect(signIn.address('GOOGLE', secrets)).rejects.toThrow(
      new CalendarUnavailable('The provider answered 503', 120),
    );
    api.answer = (_, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          issuer: api.url,
          authorization_endpoint: `${api.url}/authorize`,
          token_endpoint: `${api.url}/token`,
        }),
      );
    expect(await signIn.address('GOOGLE', secrets)).toContain(`${api.url}/authorize?`);
  });

  it.each([
    ['{"issuer":"https://another.example"}', 'application/json'],
    ['{}', 'application/json'],
    ['<html>', 'text/html'],
    ['x'.repeat(300_000), 'application/json'],
  ])('takes nothing else for the addresses of a provider: %.20s', async (text, type) => {
    api.answer = (_, response) => void response.writeHead(200, { 'content-type': type }).end(text);
    await expect(signInAt(api.url).address('GOOGLE', secrets)).rejects.toThrow(CalendarUnreadable);
  });

  it('asks no provider by http where that is not allowed', async () => {
    const strict = signInAt(server.url, {}, false);
    await expect(strict.address('GOOGLE', secrets)).rejects.toThrow(CalendarUnreadable);
  });

  it('gives back what opened an account, where the provider takes it', async () => {
    const { credentials } = await opened();
    await signIn.revoke('GOOGLE', credentials);
    expect(server.revocations).toHaveLength(1);

    api.answer = (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ issuer: api.url, token_endpoint: `${api.url}/token` }));
    api.asked.length = 0;
    await signInAt(api.url).revoke('MICROSOFT', credentials);
    expect(api.asked.map(({ url }) => url)).toEqual(['/.well-known/openid-configuration']);
  });

  describe('refreshing', () => {
    /** The API knows the access token that it was told of last. */
    const old = { accessToken: 'old', refreshToken: 'refresh 1', expiresAt: '2026-03-02T09:00:30.000Z' };
    const ask = (account: ReturnType<typeof accountOf>) =>
      signIn
        .requestsOf('GOOGLE')
        .ask(account, `${api.url}/calendars`, { signal: AbortSignal.timeout(5_000) });
    beforeEach(() => {
      api.asked.length = 0;
      api.answer = (_, response) => void response.writeHead(200).end('{}');
    });

    it('keeps the new tokens, and the old refresh token where no other is given', async () => {
      const account = accountOf(old);
      await ask(account);
      const { accessToken, refreshToken } = account.kept();
      expect(server.asked).toMatchObject([{ grant_type: 'refresh_token', refresh_token: 'refresh 1' }]);
      expect(refreshToken).not.toBe('refresh 1');
      expect(api.asked[0]!.headers.authorization).toBe(`Bearer ${accessToken}`);

      server.answer = ({ body }) => Object.assign(body, { refresh_token: undefined });
      const kept = accountOf(old);
      await ask(kept);
      expect(kept.kept()).toMatchObject({ refreshToken: 'refresh 1' });
      expect(kept.kept()['accessToken']).not.toBe('old');
    });

    it('means that access is lost where the grant is over, and changes nothing', async () => {
      server.answer = (response) =>
        Object.assign(response, { statusCode: 400, body: { error: 'invalid_grant' } });
      const account = accountOf(old);
      await expect(ask(account)).rejects.toThrow(CalendarAccessLost);
      expect(account.kept()).toBe(old);
      expect(api.asked).toEqual([]);
    });

    it.each([
      [500, {}],
      [429, { error: 'slow_down' }],
      [401, { error: 'invalid_client' }],
    ])('means to come again where the provider answers %i', async (statusCode, body) => {
      server.answer = (response) => Object.assign(response, { statusCode, body });
      await expect(ask(accountOf(old))).rejects.toThrow(CalendarUnavailable);
    });

    it('means to come again where the provider is silent', async () => {
      api.answer = () => undefined;
      signIn = signInAt(api.url, {}, true, impatient);
      await expect(ask(accountOf(old))).rejects.toThrow(CalendarUnavailable);
    });
  });
});
