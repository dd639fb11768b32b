import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CalendarConnectionView } from '../../src/calendars/reads/calendar-reads.js';
import { DerivedSecrets } from '../../src/platform/derived-secrets.js';
import { eventually } from '../support/eventually.js';
import { icalendar } from '../support/icalendar.js';
import { Installation, withoutLimits } from '../support/installation.js';
import { startOddServer, type OddServer } from '../support/odd-server.js';
import { runCli, type RunningServer } from '../support/server.js';

const SECRETS_KEY = Buffer.alloc(32, 7).toString('base64url');

describe('A provider that tells of a change', () => {
  let feed: OddServer;
  let linktime: Installation;
  let server: RunningServer;
  let id: string;
  let secret: string;
  beforeAll(async () => {
    feed = await startOddServer();
    feed.answer = (_, response) => void response.writeHead(200).end(icalendar());
    linktime = await Installation.production({
      ...withoutLimits,
      ...{ SECRETS_KEY, CALENDAR_ALLOW_PRIVATE: 'true' },
    });
    server = await linktime.startApi();
    const { email } = await linktime.owners.add();
    const args = ['calendars', 'add', 'ics', '--user', email, '--url', feed.url, '--json'];
    ({ id } = JSON.parse((await runCli(args, linktime.settings)).stdout) as CalendarConnectionView);
    const secrets = new DerivedSecrets(async () => Buffer.from(SECRETS_KEY, 'base64url'));
    secret = await secrets.of('calendar-push', id);
  });
  afterAll(async () => {
    await linktime?.close();
    await feed?.close();
  });
  beforeEach(() => linktime.query('update calendar_connections set has_news = false'));

  const push = (query: string, init: RequestInit = {}, to = id) =>
    fetch(`${server.url}/calendars/push/${to}${query}`, { method: 'POST', ...init });
  const google = (token: string, to = id) =>
    // Google's own spelling, which is no media type.
    push('', { headers: { 'X-Goog-Channel-Token': token, 'Content-Type': 'application/json; utf-8' } }, to);
  const microsoft = (...states: unknown[]) =>
    push('', {
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ value: states.map((clientState) => ({ clientState, changeType: 'updated' })) }),
    });
  const hasNews = async () => {
    const [row] = await linktime.query<{ has_news: boolean }>('select has_news from calendar_connections');
    return row!.has_news;
  };

  it('is believed with the right secret, in the way of Google and of Microsoft', async () => {
    for (const tell of [() => google(secret), () => microsoft(secret), () => microsoft(secret, secret)]) {
      await linktime.query('update calendar_connections set has_news = false');
      const answer = await tell();
      expect([answer.status, await answer.text()]).toEqual([202, '']);
      expect(await hasNews()).toBe(true);
    }
  });

  it('learns nothing without it, nor of what is not there', async () => {
    const answers = [
      await google(''),
      await google(secret.slice(1)),
      await google(secret, '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01'),
      await google(secret, 'nonsense'),
      await microsoft(),
      await microsoft(secret, 'wrong'),
      await microsoft(null),
      await microsoft({ secret }),
      await push(''),
      await push('', { body: '{"value":[null]}' }),
      await push('', { body: '<xml/>', headers: { 'Content-Type': 'text/xml' } }),
    ];
    for (const answer of answers)
      expect([answer.status, await answer.json()]).toEqual([404, { error: 'Not found' }]);
    expect(await hasNews()).toBe(false);
  });

  it('gets back the token with which Microsoft asks whether it is us, as plain text', async () => {
    const token = 'Validation: <b>opaque</b> 1%';
    for (const type of ['text/plain; charset=utf-8', 'application/json']) {
      const answer = await push(`?validationToken=${encodeURIComponent(token)}`, {
        headers: { 'Content-Type': type },
      });
      expect([answer.status, await answer.text()]).toEqual([200, token]);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'",
      });
    }
    for (const query of [`?validationToken=${'x'.repeat(1_025)}`, '?validationToken=a&validationToken=b'])
      expect((await push(query)).status).toBe(400);
    expect(await hasNews()).toBe(false);
  });

  it('is heard no longer than its turn takes: what is too long, or no POST, is refused', async () => {
    expect((await push('', { body: 'x'.repeat(110_000) })).status).toBe(413);
    const { status, headers } = await push('', { method: 'GET' });
    expect([status, headers.get('allow')]).toEqual([405, 'OPTIONS, POST']);
  });

  it('has it read at once', async () => {
    await linktime.startWorker();
    await eventually(() => feed.asked.length === 2); // when it was connected, and its first sync
    await eventually(async () => (await synced()) === 0);
    expect((await google(secret)).status).toBe(202);
    await eventually(() => feed.asked.length === 3);
  });

  /** How many connections wait for a sync that is due. */
  const synced = async () =>
    (await linktime.query('select from calendar_connections where next_sync_at <= now() or under_way'))
      .length;
});
