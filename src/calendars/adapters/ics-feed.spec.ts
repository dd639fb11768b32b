import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { accountOf } from '../../../test/support/calendar-account.js';
import { icalendar, vevent } from '../../../test/support/icalendar.js';
import { pour, startOddServer, type OddServer } from '../../../test/support/odd-server.js';
import {
  CalendarAccessLost,
  CalendarGone,
  CalendarUnavailable,
  CalendarUnreadable,
} from '../domain/errors.js';
import type { RemoteEvent } from '../domain/remote-event.js';
import { CalendarRequests } from './calendar-requests.js';
import { IcsFeed } from './ics-feed.js';

const event = (uid: string, ...lines: string[]) =>
  vevent(uid, 'DTSTART:20260105T100000Z', 'DURATION:PT1H', ...lines);
const window = { start: Instant.parse('2026-01-01T00:00:00Z'), end: Instant.parse('2027-01-01T00:00:00Z') };

const bomb = gzipSync(Buffer.alloc(50_000_000, 'A'));

describe('IcsFeed', () => {
  let server: OddServer;
  let requests: CalendarRequests;

  beforeAll(async () => {
    server = await startOddServer();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    requests = new CalendarRequests({ allowPrivate: true, timeoutMs: 1_500 });
    server.asked.length = 0;
  });
  afterEach(() => requests.close());

  const accountAt = (url: string) => accountOf({ url });
  const sync = async (cursor: string | null = null, url = `${server.url}/secret.ics`, by = requests) => {
    const pages = new IcsFeed(by).changes(accountAt(url), 'feed', cursor, window, 'Europe/Berlin');
    const all = { events: [] as RemoteEvent[], skipped: 0, fromScratch: false };
    for (;;) {
      const { done, value } = await pages.next();
      if (done) return { ...all, cursor: value };
      all.events.push(...value.changed);
      all.skipped += value.skipped ?? 0;
      all.fromScratch = value.fromScratch;
    }
  };
  const holds = (text: string, headers: Record<string, string> = {}) => {
    server.answer = ({ headers: { 'if-none-match': known } }, response) => {
      if (known && known === headers['etag']) response.writeHead(304).end();
      else response.writeHead(200, headers).end(text);
    };
  };

  it('has one calendar, which cannot be written to and whose id tells no secret', async () => {
    holds(icalendar('X-WR-CALNAME:Home', event('a')));
    const feed = new IcsFeed(requests);
    expect(await feed.calendars(accountAt(`${server.url}/secret.ics`))).toEqual([
      { id: 'feed', name: 'Home', writable: false, primary: true },
    ]);
    await expect(feed.put()).rejects.toThrow(CalendarUnreadable);
    await expect(feed.remove()).rejects.toThrow(CalendarUnreadable);
  });

  it('tells all of it anew when it changed, by etag, and nothing when it did not', async () => {
    holds(icalendar(event('a'), event('b', 'STATUS:CANCELLED')), { etag: '"1"' });
    const first = await sync();
    expect([first.fromScratch, first.events.map(({ uid }) => uid)]).toEqual([true, ['a']]);

    const second = await sync(first.cursor);
    expect([second.fromScratch, second.events]).toEqual([false, []]);
    expect(server.asked.at(-1)!.headers['if-none-match']).toBe('"1"');

    holds(icalendar(event('c')), { etag: '"2"' });
    const third = await sync(second.cursor);
    expect([third.fromScratch, third.events.map(({ uid }) => uid)]).toEqual([true, ['c']]);
  });

  it('knows by itself that nothing changed where the server does not say', async () => {
    holds(icalendar(event('a')));
    const { cursor } = await sync();
    expect(await sync(cursor)).toEqual({ events: [], skipped: 0, fromScratch: false, cursor });
    expect((await sync('nonsense')).fromScratch).toBe(true);
  });

  it('tells of an empty feed that there is nothing', async () => {
    holds(icalendar());
    expect(await sync()).toMatchObject({ fromScratch: true, events: [] });
  });

  it('follows redirects, but not without end', async () => {
    server.answer = ({ url }, response) => {
      if (url === '/new.ics') response.end(icalendar(event('a')));
      else response.writeHead(302, { location: url === '/secret.ics' ? '/new.ics' : url }).end();
    };
    expect((await sync()).events).toHaveLength(1);
    await expect(sync(null, `${server.url}/round`)).rejects.toThrow('redirects without end');
  });

  it.each([
    [401, CalendarAccessLost],
    [403, CalendarAccessLost],
    [404, CalendarGone],
    [410, CalendarGone],
    [429, CalendarUnavailable],
    [503, CalendarUnavailable],
    [418, CalendarUnreadable],
  ])('says what is wrong when the server answers %i', async (status, error) => {
    server.answer = (_, response) => void response.writeHead(status, { 'retry-after': '120' }).end();
    const failure = await sync().catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(error);
    if (failure instanceof CalendarUnavailable) expect(failure.retryAfterSeconds).toBe(120);
  });

  it.each<[string, OddServer['answer']]>([
    ['100 MB', (_, response) => pour(response, Buffer.alloc(1 << 16, 'A'), 100_000_000)],
    ['a web page', (_, response) => void response.end('<!DOCTYPE html><html></html>')],
    ['bytes', (_, response) => void response.end(Buffer.from([0, 255, 254, 0, 128, 13, 10]))],
    ['a gzip bomb', (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)],
    [
      'a redirect to a file',
      (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    ],
    ['a redirect to nowhere', (_, response) => void response.writeHead(302).end()],
  ])('is unreadable if it is %s', async (_, answer) => {
    server.answer = answer;
    await expect(sync()).rejects.toThrow(CalendarUnreadable);
  });

  it.each<[string, OddServer['answer']]>([
    ['never answers', () => undefined],
    ['hangs up', ({ socket }) => socket.destroy()],
    [
      'drips',
      (_, response) => {
        const drip = setInterval(() => response.write('B'), 100);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('is unavailable within its time if the server %s', async (_, answer) => {
    server.answer = answer;
    const began = performance.now();
    await expect(sync()).rejects.toThrow(CalendarUnavailable);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('passes over what repeats without end, and tells the rest', async () => {
    holds(icalendar(event('endless', 'RRULE:FREQ=SECONDLY'), event('a')));
    const { events, skipped } = await sync();
    expect([events.map(({ uid }) => uid), skipped]).toEqual([['a'], 1]);
  });

  it('tells of a large feed in pages', async () => {
    holds(
      icalendar(...Array.from({ length: 5_000 }, (_, n) => event(`${n}`, `X-NOTE:${'A'.repeat(1_000)}`))),
    );
    expect((await sync()).events).toHaveLength(5_000);
  });

  it('asks no private address, unless it is told that it may', async () => {
    const careful = new CalendarRequests({ allowPrivate: false });
    const inside = new CalendarRequests({ allowPrivate: false, resolve: async () => ['10.0.0.1'] });
    try {
      await expect(sync(null, server.url, careful)).rejects.toThrow(CalendarUnreadable);
      await expect(sync(null, 'https://127.1/a.ics', careful)).rejects.toThrow('The address is private');
      await expect(sync(null, 'webcal://feeds.example.com/a.ics', inside)).rejects.toThrow(
        'The address is private',
      );
      expect(server.asked).toEqual([]);
    } finally {
      await Promise.all([careful.close(), inside.close()]);
    }
  });
});
