import { randomBytes } from 'node:crypto';
import { Duration, Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { CalendarRequests } from '../../src/calendars/adapters/calendar-requests.js';
import { IcsFeed } from '../../src/calendars/adapters/ics-feed.js';
import type { RemoteEvent } from '../../src/calendars/domain/remote-event.js';
import type { FeedStateView } from '../../src/calendars/reads/feed-reads.js';
import { accountOf } from '../support/calendar-account.js';
import { book, inDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { runCli } from '../support/server.js';

const BASE_URL = 'https://time.example.com';
const START = inDays(3, '12:00');

describe("An owner's bookings, published as a feed", () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let offer: Offer;
  let path: string;
  let visitors = 0;
  beforeAll(async () => {
    const settings = { BASE_URL, LIMIT_PREAUTH_PER_MINUTE: '5', TRUST_PROXY: '127.0.0.1' };
    linktime = await Installation.production({ ...withoutLimits, ...settings });
    anyone = await linktime.startClient();
  });
  afterAll(() => linktime?.close());
  beforeEach(async () => {
    owner = await linktime.owners.add();
    offer = await linktime.owners.offer(owner);
    path = await published();
    visitors += 1;
  });

  const calendars = (...args: string[]) => runCli(['calendars', ...args, '--json'], linktime.settings);
  const published = async () => {
    const { stdout, stderr } = await calendars('publish', '--user', owner.email);
    expect(stderr).toBe('');
    const { url } = JSON.parse(stdout) as { url: string };
    expect(url.startsWith(`${BASE_URL}/calendars/feeds/`)).toBe(true);
    return new URL(url).pathname;
  };
  const state = async () =>
    JSON.parse((await calendars('published', '--user', owner.email)).stdout) as FeedStateView | null;
  /** Each test asks from an address of its own, so that none spends another's guesses. */
  const ask = (at = path, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(anyone.url + at, { method, headers: { 'X-Forwarded-For': `203.0.113.${visitors}`, ...headers } });
  const events = async () =>
    ICAL.Component.fromString(await (await ask()).text()).getAllSubcomponents('vevent');
  const told = async (...names: string[]) =>
    (await events()).map((event) => names.map((name) => String(event.getFirstPropertyValue(name))));

  it('tells calendars what they need of each booking, as one meeting with that of the invitation', async () => {
    const guests = ['grace@example.com'];
    const booking = await book(anyone, offer, START, {
      guests,
      notes: 'One\nTwo, "three"; 😀',
      phone: '+1 23',
    });
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    expect(answer.headers.get('x-robots-tag')).toBe('noindex');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();

    const text = await answer.text();
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text).toContain('\r\nMETHOD:PUBLISH\r\n');
    expect(text).toContain('\r\nREFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n');
    const [event, ...more] = ICAL.Component.fromString(text).getAllSubcomponents('vevent');
    expect(more).toEqual([]);
    const value = (name: string) => String(event!.getFirstPropertyValue(name));
    expect(value('uid')).toBe(`${booking.id}@linktime`);
    expect(value('status')).toBe('CONFIRMED');
    expect(Date.parse(value('dtstart'))).toBe(Date.parse(START));
    expect(Date.parse(value('dtend'))).toBe(Date.parse(booking.endTime));
    expect(value('organizer')).toBe(`mailto:${owner.email}`);
    expect(value('description')).toBe(
      'Ada Lovelace <ada@example.com>\n+1 23\ngrace@example.com\n\nOne\nTwo, "three"; 😀',
    );
    expect(text).not.toContain(new URL(booking.cancelUrl).searchParams.get('token')!);
  });

  it('is read by the feeds of LinkTime itself', async () => {
    await book(anyone, offer, START);
    const requests = new CalendarRequests({ allowPrivate: true });
    const feed = new IcsFeed(requests);
    const account = accountOf({ url: anyone.url + path });
    try {
      expect(await feed.calendars(account)).toMatchObject([{ name: expect.stringContaining('Bookings of') }]);
      const now = Instant.now();
      const window = { start: now.minus(Duration.ofDays(1)), end: now.plus(Duration.ofDays(30)) };
      const read: RemoteEvent[] = [];
      const changes = feed.changes(account, 'feed', null, window, 'UTC');
      let next = await changes.next();
      for (; !next.done; next = await changes.next()) read.push(...next.value.changed);
      expect(read.map(({ time }) => time!.start.toString())).toEqual([Instant.parse(START).toString()]);

      const again = await feed.changes(account, 'feed', next.value, window, 'UTC').next();
      expect(again.value).toMatchObject({ fromScratch: false, changed: [] });
    } finally {
      await requests.close();
    }
  });

  it('stays the same until a booking changes, and is not sent again to who has it', async () => {
    await book(anyone, offer, START);
    const first = await ask();
    const text = await first.text();
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"/);
    const known = await ask(path, { 'If-None-Match': `"other", ${etag}` });
    expect([known.status, known.headers.get('etag'), await known.text()]).toEqual([304, etag, '']);
    const head = await ask(path, {}, 'HEAD');
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(await (await ask()).text()).toBe(text);

    await book(anyone, offer, inDays(4, '12:00'));
    expect((await ask(path, { 'If-None-Match': etag })).status).toBe(200);
    expect(await events()).toHaveLength(2);
  });

  it('moves a booking that was moved, and says of a cancelled one that it is, for 30 days', async () => {
    const { id } = await book(anyone, offer, START);
    const moved = inDays(3, '15:00');
    await runCli(['bookings', 'reschedule', id, '--start', moved], linktime.settings);
    const compact = moved.replace('.000Z', 'Z');
    expect(await told('sequence', 'status', 'dtstart')).toEqual([['1', 'CONFIRMED', compact]]);

    await anyone.as(owner).post(`/api/v1/bookings/${id}/cancel`, { reason: 'Rain' });
    expect(await told('sequence', 'status', 'dtstart')).toEqual([['2', 'CANCELLED', compact]]);
    expect((await told('description'))[0]![0]).toMatch(/^Cancelled: Rain\n\n/);

    await linktime.query(
      `update bookings set cancelled_at = now() - interval '30 days 1 second' where id = $1`,
      [id],
    );
    expect(await events()).toEqual([]);
  });

  it('tells of the last 30 days, and of nobody else', async () => {
    const booking = await book(anyone, offer, START);
    const other = await linktime.owners.add();
    await book(anyone, await linktime.owners.offer(other), START);
    expect(await told('uid')).toEqual([[`${booking.id}@linktime`]]);
    await linktime.moveBooking(booking.id, inDays(-29, '12:00'));
    expect(await events()).toHaveLength(1);
    await linktime.moveBooking(booking.id, inDays(-31, '12:00'));
    expect(await events()).toEqual([]);
  });

  it('ends at its address when it is published anew or no longer, as if it never had been', async () => {
    const former = path;
    path = await published();
    expect((await ask()).status).toBe(200);
    const never = await ask(`/calendars/feeds/${randomBytes(32).toString('base64url')}.ics`);
    const expected = { status: 404, body: '{"error":"Calendar feed not found"}' };
    const seen = async (answer: Response) => ({ status: answer.status, body: await answer.text() });
    expect(await seen(never)).toEqual(expected);
    expect(await seen(await ask(former))).toEqual(expected);
    expect(await seen(await ask(former.replace('.ics', '')))).toEqual(expected);

    expect((await calendars('unpublish', '--user', owner.email)).code).toBe(0);
    expect(await seen(await ask())).toEqual(expected);
    expect(await state()).toBeNull();
    const again = await calendars('unpublish', '--user', owner.email);
    expect(again).toMatchObject({ code: 1, stderr: 'Calendar feed not found.\n' });
  });

  it('shows its owner since when it is there and when it was last read, which is noted once a minute', async () => {
    expect(await state()).toEqual({ publishedAt: expect.stringMatching(/Z$/), lastReadAt: null });
    await ask();
    const { lastReadAt } = (await state())!;
    expect(lastReadAt).not.toBeNull();
    await ask();
    expect((await state())!.lastReadAt).toBe(lastReadAt);
  });

  it('keeps the secret of its address nowhere', async () => {
    const token = /([\w-]{43})\.ics$/.exec(path)![1]!;
    const [row] = await linktime.query<{ text: string; hash: Buffer }>(
      'select f::text as text, token_hash as hash from calendar_feeds f where owner_id = $1',
      [owner.id],
    );
    for (const text of [row!.text, row!.hash.toString('latin1'), JSON.stringify(await state())])
      expect(text).not.toContain(token);
  });

  it('cannot be guessed at for long from one address, which locks out neither others nor keys', async () => {
    const guess = () => ask(`/calendars/feeds/${randomBytes(32).toString('base64url')}.ics`);
    const statuses = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await guess()).status);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429]);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await ask(path, { 'X-Forwarded-For': '198.51.100.1' })).status).toBe(200);
    const me = await ask('/api/v1/me', { Authorization: `Bearer ${owner.key}` });
    expect(me.status).toBe(200);
  });

  it('tells of no more than 2,000 bookings, those that start latest', async () => {
    const { id } = await book(anyone, offer, START);
    await linktime.query(
      `insert into bookings select (json_populate_record(b, json_build_object('id', gen_random_uuid(),
         'starts_at', b.starts_at + n * interval '1 hour', 'ends_at', b.ends_at + n * interval '1 hour',
         'blocked', tstzrange(b.starts_at + n * interval '1 hour', b.ends_at + n * interval '1 hour')))).*
       from bookings b, generate_series(1, 2000) n where b.id = $1`,
      [id],
    );
    const uids = (await told('uid')).flat();
    expect(uids).toHaveLength(2_000);
    expect(uids).not.toContain(`${id}@linktime`);
  });
});
