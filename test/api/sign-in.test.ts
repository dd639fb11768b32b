import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Owner } from '../support/owners.js';
import { runCli, type RunningServer } from '../support/server.js';
import { SignInServer } from '../support/sign-in-server.js';
import { comeBack, signInAt, signInSettings, WaitingTool } from '../support/sign-ins.js';

const NOWHERE = 'http://127.0.0.1:1';

describe('Signing in at a provider of calendars', () => {
  let provider: SignInServer;
  let linktime: Installation;
  let server: RunningServer;
  let owner: Owner;
  let tool: WaitingTool;
  beforeAll(async () => {
    provider = await SignInServer.start();
    const settings = signInSettings('GOOGLE', provider, NOWHERE);
    linktime = await Installation.production({ ...withoutLimits, ...settings, LOG_LEVEL: 'trace' });
    server = await linktime.startApi();
  });
  afterAll(async () => {
    await linktime?.close();
    await provider?.stop();
  });
  beforeEach(async () => {
    provider.error = null;
    provider.answer = () => undefined;
    owner = await linktime.owners.add();
    tool = await WaitingTool.start('GOOGLE', owner, linktime.settings);
  });
  afterEach(() => tool.kill());

  const callback = (query: string) => comeBack(new URL(`https://x/calendars/callback${query}`), server);
  const expectPage = async (answer: Response, status: number, title: string): Promise<string> => {
    const page = await answer.text();
    expect({ status: answer.status, title: /<h1>(.*)<\/h1>/.exec(page)?.[1] }).toEqual({ status, title });
    return page;
  };
  const connections = () => linktime.query('select from calendar_connections');

  it('shows one page whatever comes, which loads and runs nothing and is kept nowhere', async () => {
    const answer = await callback('?state=<script>alert(1)</script>&error=<b>&code=<i>');
    const page = await expectPage(answer, 404, 'This sign-in is over');
    expect(page).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(page).toContain('<main>');
    for (const sent of ['<script', 'alert', '<b>', '<i>']) expect(page).not.toContain(sent);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  it('says so, and tells the tool, when the owner did not allow it', async () => {
    provider.error = 'access_denied';
    const answer = await signInAt(tool.address, provider, server);
    await expectPage(answer, 403, 'Access was not allowed');
    expect(await tool.end()).toEqual({ code: 1, last: 'Access to the calendars was not allowed.' });
    expect(await connections()).toEqual([]);
  });

  it('is good for once', async () => {
    const back = await provider.follow(tool.address);
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    const pages = await Promise.all([1, 2, 3].map(() => comeBack(back, server)));
    expect(pages.map(({ status }) => status).toSorted()).toEqual([403, 404, 404]);
    await expectPage(await comeBack(back, server), 404, 'This sign-in is over');
  });

  it('is used by nothing but a GET', async () => {
    const back = await provider.follow(tool.address);
    for (const method of ['HEAD', 'POST', 'OPTIONS']) {
      const { status } = await fetch(`${server.url}${back.pathname}${back.search}`, { method });
      expect({ method, status }).toEqual({ method, status: method === 'OPTIONS' ? 204 : 405 });
    }
    const [{ used }] = (await linktime.query(
      'select verifier is null as used from calendar_authorizations where owner_id = $1',
      [owner.id],
    )) as [{ used: boolean }];
    expect(used).toBe(false);
  });

  it('is over after ten minutes, for the browser and for the tool', async () => {
    const back = await provider.follow(tool.address);
    await linktime.query('update calendar_authorizations set expires_at = now()');
    await expectPage(await comeBack(back, server), 404, 'This sign-in is over');
    expect(await tool.end()).toEqual({
      code: 1,
      last: 'Nobody has signed in within ten minutes: begin anew.',
    });
    expect(provider.asked).toEqual([]);
  });

  it.each(['', '?state=', '?state=unknown&code=1', '?code=1', '?state=a&state=b', '?%'])(
    'means nothing that never began: "%s"',
    async (query) => {
      await expectPage(await callback(query), 404, 'This sign-in is over');
    },
  );

  it('says so, and tells the tool, when the provider does not stand by its answer', async () => {
    provider.answer = (response) =>
      Object.assign(response, { statusCode: 400, body: { error: 'invalid_grant' } });
    await expectPage(await signInAt(tool.address, provider, server), 502, 'The account could not be opened');
    expect(await tool.end()).toEqual({ code: 1, last: 'Google grants no access any more.' });
    expect(await connections()).toEqual([]);
  });

  it('can be broken off with Ctrl-C', async () => {
    expect(await tool.interrupt()).toEqual({ code: 1, last: 'The command was interrupted.' });
  });

  it('leaves nothing secret in the log', async () => {
    const back = await provider.follow(tool.address);
    await comeBack(back, server);
    await tool.end();
    await eventually(() => server.logs().includes('"route":"/calendars/callback"'));
    expect(provider.given.size).toBeGreaterThan(0);
    const { code, state } = Object.fromEntries(back.searchParams);
    for (const secret of [code!, state!, 'client-secret', ...provider.given]) {
      expect(server.logs()).not.toContain(secret);
      if (secret !== state) expect(tool.written).not.toContain(secret);
    }
  });

  it('is not begun for a provider that is not set up, and the sentence says what to set', async () => {
    const args = ['calendars', 'add', 'microsoft', '--user', owner.email];
    const { code, stdout, stderr } = await runCli(args, linktime.settings);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Accounts of Microsoft need settings: MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET.\n',
    });
  });
});
