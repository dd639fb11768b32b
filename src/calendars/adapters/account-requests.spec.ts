import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { accountOf } from '../../../test/support/calendar-account.js';
import { startOddServer, type OddServer } from '../../../test/support/odd-server.js';
import {
  CalendarAccessLost,
  CalendarGone,
  CalendarUnavailable,
  CalendarUnreadable,
} from '../domain/errors.js';
import { AccountRequests, credentialsOf, jsonOf, type Tokens } from './account-requests.js';
import { CalendarRequests } from './calendar-requests.js';

const now = Instant.parse('2026-03-02T09:00:00Z');

const tokens = (n: number, lives = 3_600): Tokens => ({
  accessToken: `access ${n}`,
  refreshToken: `refresh ${n}`,
  expiresAt: now.plusSeconds(lives),
});

describe('Requests in the name of an account', () => {
  let api: OddServer;
  let requests: CalendarRequests;
  /** The access tokens that the API takes. */
  let accepted: string[];
  /** The refresh tokens that were used, in order. */
  let used: string[];
  beforeAll(async () => {
    api = await startOddServer();
    requests = new CalendarRequests({ allowPrivate: true, timeoutMs: 1_500 });
  });
  afterAll(async () => {
    await requests.close();
    await api.close();
  });
  beforeEach(() => {
    accepted = ['access 1'];
    used = [];
    api.asked.length = 0;
    api.answer = ({ headers }, response) => {
      const isKnown = accepted.some((token) => headers.authorization === `Bearer ${token}`);
      response.writeHead(isKnown ? 200 : 401).end('{"ok":true}');
    };
  });

  /** Each refresh token is good for once, and brings the next. */
  const refresh = async (refreshToken: string): Promise<Tokens> => {
    if (used.includes(refreshToken)) throw new CalendarAccessLost('It was used already');
    used.push(refreshToken);
    await new Promise(setImmediate);
    const next = tokens(Number(refreshToken.split(' ')[1]) + 1);
    accepted = [next.accessToken];
    return next;
  };
  const by = (how = refresh) => new AccountRequests(requests, how, new FixedClock(now));
  const ask = (account: ReturnType<typeof accountOf>, how = refresh) =>
    by(how).ask(account, `${api.url}/list`, { signal: AbortSignal.timeout(5_000) });

  it('bear its access token, and JSON where there is something to send', async () => {
    const account = accountOf(credentialsOf(tokens(1)));
    const signal = AbortSignal.timeout(5_000);
    const answer = await by().ask(account, `${api.url}/list`, { method: 'POST', body: { a: 1 }, signal });
    expect(jsonOf(answer, new FixedClock(now))).toEqual({ ok: true });
    expect(api.asked[0]!.headers).toMatchObject({
      authorization: 'Bearer access 1',
      'content-type': 'application/json',
    });
    expect(used).toEqual([]);
  });

  it('renew it a minute before it ends', async () => {
    const account = accountOf(credentialsOf(tokens(1, 60)));
    expect(await ask(account)).toMatchObject({ status: 200 });
    expect(account.kept()).toEqual(credentialsOf(tokens(2)));
    expect(api.asked).toHaveLength(1);
  });

  it('go on with the renewed one, and look it up for the first of them alone', async () => {
    let looks = 0;
    const kept = accountOf(credentialsOf(tokens(1, 60)));
    const account = { ...kept, reread: () => ((looks += 1), kept.reread()) };
    const requestsOfOne = by();
    const signal = AbortSignal.timeout(5_000);
    for (let page = 0; page < 3; page += 1) await requestsOfOne.ask(account, `${api.url}/list`, { signal });
    expect(api.asked.map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 3 }, () => 'Bearer access 2'),
    );
    expect([looks, used]).toEqual([1, ['refresh 1']]);
  });

  it('renew it once if it is refused, and say that access is lost if it is refused again', async () => {
    accepted = [];
    expect(await ask(accountOf(credentialsOf(tokens(1))))).toMatchObject({ status: 200 });
    const stubborn = async () => ({ ...tokens(9), accessToken: 'never taken' });
    await expect(ask(accountOf(credentialsOf(tokens(1))), stubborn)).rejects.toThrow(CalendarAccessLost);
    expect(api.asked).toHaveLength(4);
  });

  it('take over what another has renewed meanwhile', async () => {
    const account = accountOf(credentialsOf(tokens(1, 0)));
    await account.renewed(credentialsOf(tokens(2)));
    accepted = ['access 2'];
    expect(await ask(account)).toMatchObject({ status: 200 });
    expect(used).toEqual([]);
  });

  it('lose no access when two renew at once with a token that is good for once', async () => {
    const account = accountOf(credentialsOf(tokens(1, 0)));
    const slow = async (refreshToken: string) => {
      const isFirst = used.length === 0;
      if (!isFirst) while (account.kept()['accessToken'] === 'access 1') await new Promise(setImmediate);
      return refresh(refreshToken);
    };
    const answers = await Promise.all([ask(account, slow), ask(account, slow)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(used).toEqual(['refresh 1']);
    expect(account.kept()).toEqual(credentialsOf(tokens(2)));
  });

  it('say that access is lost where it is refused and nobody else has renewed it', async () => {
    used.push('refresh 1');
    await expect(ask(accountOf(credentialsOf(tokens(1, 0))))).rejects.toThrow('It was used already');
  });

  it.each([[{}], [{ ...credentialsOf(tokens(1)), expiresAt: 'soon' }], [{ password: 'secret' }]])(
    'say that the account is to be connected anew where its credentials are none: %j',
    async (credentials) => {
      await expect(ask(accountOf(credentials))).rejects.toThrow('The account is to be connected anew');
    },
  );

  it.each([
    [404, CalendarGone],
    [410, CalendarGone],
    [403, CalendarAccessLost],
    [408, CalendarUnavailable],
    [425, CalendarUnavailable],
    [429, CalendarUnavailable],
    [503, CalendarUnavailable],
    [400, CalendarUnreadable],
    [302, CalendarUnreadable],
  ])('mean by %i what it usually means', (status, fault) => {
    const answer = { status, headers: { 'retry-after': '7' }, body: '' };
    expect(() => jsonOf(answer, new FixedClock(now))).toThrow(fault);
  });

  it('hear how long the provider wants to be left alone', () => {
    const answer = { status: 429, headers: { 'retry-after': '7' }, body: '' };
    expect(() => jsonOf(answer, new FixedClock(now))).toThrow(
      expect.objectContaining({ retryAfterSeconds: 7 }) as unknown as Error,
    );
  });

  it('take no text for JSON, and nothing for null', () => {
    const answer = (body: string) => ({ status: 200, headers: {}, body });
    expect(() => jsonOf(answer('<html>'), new FixedClock(now))).toThrow(CalendarUnreadable);
    expect(jsonOf(answer(''), new FixedClock(now))).toBeNull();
  });
});
