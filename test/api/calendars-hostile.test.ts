import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CalendarConnectionView } from '../../src/calendars/reads/calendar-reads.js';
import { inDays } from '../support/bookings.js';
import { Client } from '../support/client.js';
import { startDavProxy, type DavProxy, type DavProxyOptions } from '../support/dav-proxy.js';
import type { DavServer } from '../support/dav-servers.js';
import { eventually } from '../support/eventually.js';
import { icalendar, vevent } from '../support/icalendar.js';
import { Installation, withoutLimits } from '../support/installation.js';
import { pour, startOddServer, type OddServer } from '../support/odd-server.js';
import type { Offer, Owner } from '../support/owners.js';
import { RADICALE_USER, startRadicale } from '../support/radicale.js';
import { runCli, type RunningServer } from '../support/server.js';

const NOON = inDays(3, '12:00');
const ONE = inDays(3, '13:00');

const compact = (instant: string) => instant.replace(/[-:]|\.\d+/g, '');
const busyAt = (instant: string, ...lines: string[]) =>
  vevent(`busy ${instant}`, `DTSTART:${compact(instant)}`, 'DURATION:PT30M', ...lines);

/** Answers with a text that never changes, as servers with entity tags do. */
function holding(text: string, etag: string): OddServer['answer'] {
  return ({ headers }, response) => {
    if (headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag, 'content-type': 'text/calendar' }).end(text);
  };
}

describe('A feed that an owner has subscribed to', () => {
  let linktime: Installation;
  let server: RunningServer;
  let anyone: Client;
  let feeds: OddServer;
  let radicale: DavServer;
  const manners: Record<string, OddServer['answer']> = {};
  beforeAll(async () => {
    [linktime, feeds, radicale] = await Promise.all([
      Installation.embedded({ ...withoutLimits, CALENDAR_ALLOW_PRIVATE: 'true' }),
      startOddServer(),
      startRadicale(),
    ]);
    feeds.answer = (request, response) => manners[request.url!]!(request, response);
    server = await linktime.startApi();
    anyone = new Client(server.url);
  });
  afterAll(async () => {
    await Promise.all([linktime?.close(), feeds?.close(), radicale?.stop()]);
  });

  /** An owner with a connection that was read once. */
  async function subscriber(path: string): Promise<{ owner: Owner; offer: Offer; id: string }> {
    manners[path] = holding(icalendar(busyAt(NOON)), '"1"');
    return connected(['ics', '--url', feeds.url + path]);
  }
  async function connected(args: string[], input = '') {
    const owner = await linktime.owners.add();
    const offer = await linktime.owners.offer(owner);
    const command = ['calendars', 'add', ...args, '--user', owner.email, '--json'];
    const { stdout, stderr } = await runCli(command, linktime.settings, input);
    expect(stderr).toBe('');
    const { id } = JSON.parse(stdout) as CalendarConnectionView;
    await eventually(async () => (await read(id)).synced_at !== null);
    return { owner, offer, id };
  }
  interface Row {
    synced_at: string | null;
    last_error: string | null;
    failures: number;
    synced_again: boolean;
  }
  const read = async (id: string) => {
    const [row] = await linktime.query<Row>(
      `select synced_at::text, last_error, failures, synced_at > created_at + interval '1 hour' as synced_again
       from calendar_connections where id = $1`,
      [id],
    );
    return row!;
  };
  /** Has the server read these connections now, as if they had been made and read an hour ago. */
  const readAgain = (...ids: string[]) =>
    linktime.query(
      `update calendar_connections set next_sync_at = now(), busy_until = null, failures = 0, last_error = null,
         created_at = now() - interval '2 hours', synced_at = now() - interval '2 hours' where id = any($1)`,
      [ids],
    );
  const synced = (id: string) => eventually(async () => (await read(id)).synced_again);
  const failed = (id: string, withinMs?: number) =>
    eventually(async () => (await read(id)).last_error, withinMs);
  const isOffered = async ({ owner, offer }: { owner: Owner; offer: Offer }, start: string) => {
    const day = start.slice(0, 10);
    const { body } = await anyone
      .as(owner)
      .get<{ data: { startTime: string }[] }>(`/api/v1/availability/${offer.slug}`, {
        ...{ timezone: 'UTC', startDate: day, endDate: day },
      });
    return body.data.some(({ startTime }) => startTime === start);
  };

  it('keeps its owner busy, and is not sent again while nothing changes', async () => {
    const ann = await subscriber('/ann.ics');
    expect([await isOffered(ann, NOON), await isOffered(ann, ONE)]).toEqual([false, true]);

    feeds.asked.length = 0;
    await readAgain(ann.id);
    await synced(ann.id);
    expect(feeds.asked.map(({ headers }) => headers['if-none-match'])).toEqual(['"1"']);
    expect([await isOffered(ann, NOON), await isOffered(ann, ONE)]).toEqual([false, true]);

    manners['/ann.ics'] = holding(icalendar(busyAt(ONE)), '"2"');
    await readAgain(ann.id);
    await synced(ann.id);
    expect([await isOffered(ann, NOON), await isOffered(ann, ONE)]).toEqual([true, false]);
  });

  describe('and that turns hostile', () => {
    let ann: Awaited<ReturnType<typeof subscriber>>;
    let bob: Awaited<ReturnType<typeof subscriber>>;
    beforeAll(async () => {
      [ann, bob] = await Promise.all([subscriber('/hostile.ics'), subscriber('/bob.ics')]);
    });

    const bomb = gzipSync(Buffer.alloc(50_000_000, 'A'));
    const unending = Array.from({ length: 3_000 }, (_, n) =>
      vevent(`${n}`, 'DTSTART:20200101T000000Z', 'RRULE:FREQ=SECONDLY;BYMONTHDAY=30;BYMONTH=2'),
    );
    it.each<[string, OddServer['answer'], RegExp]>([
      ['endless', (_, response) => pour(response, Buffer.alloc(1 << 16, 'A'), 1e9), /larger than 20 MB/],
      [
        'a zip bomb',
        (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
        /compresses/,
      ],
      [
        'a web page',
        (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
        /calendar/i,
      ],
      ['cut off', ({ socket }) => socket.destroy(), /./],
    ])(
      'is reported with its connection when it is %s, and the others are read',
      async (_, answer, reason) => {
        manners['/hostile.ics'] = answer;
        await readAgain(ann.id, bob.id);
        expect(await failed(ann.id)).toMatch(reason);
        await synced(bob.id);
        expect(await isOffered(ann, NOON)).toBe(false);
        expect(server.process.exitCode).toBeNull();
      },
    );

    it('holds up nobody with thousands of rules that never come to an end', async () => {
      manners['/hostile.ics'] = holding(icalendar(...unending, busyAt(ONE)), '"3"');
      await readAgain(ann.id, bob.id);
      await synced(bob.id);
      await anyone.as(bob.owner).get('/api/v1/me');
      await eventually(async () => {
        const { synced_again, last_error } = await read(ann.id);
        return synced_again || last_error;
      }, 60_000);
      expect(await isOffered(bob, NOON)).toBe(false);
      expect(server.process.exitCode).toBeNull();
    });

    it('holds up nobody while it drips, and is reported once it ends', async () => {
      let end = () => {};
      manners['/hostile.ics'] = (_, response) => {
        const drip = setInterval(() => response.write('B'), 50);
        end = () => response.destroy();
        response.on('close', () => clearInterval(drip));
      };
      feeds.asked.length = 0;
      await readAgain(ann.id);
      await eventually(() => feeds.asked.length > 0);
      await readAgain(bob.id);
      await synced(bob.id);
      expect((await read(ann.id)).last_error).toBeNull();

      end();
      expect(await failed(ann.id)).not.toBeNull();
    });
  });

  it('is as harmless when it is a CalDAV server that turns hostile with entities', async () => {
    const manner: { instead?: DavProxyOptions['instead'] } = {};
    const proxy: DavProxy = await startDavProxy(radicale.url, {
      instead: (asked) => manner.instead?.(asked) ?? null,
    });
    try {
      const { username, password } = RADICALE_USER;
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      await fetch(`${radicale.url}/owner/work/`, { method: 'MKCALENDAR', headers: { authorization } });
      const account = ['caldav', '--url', proxy.url, '--username', username, '--password-stdin'];
      const ann = await connected(account, `${password}\n`);
      const entities = Array.from(
        { length: 12 },
        (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`,
      ).join('');
      manner.instead = () => ({
        status: 207,
        body: `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "lol">${entities}<!ENTITY f SYSTEM "file:///etc/passwd">]>
          <d:multistatus xmlns:d="DAV:"><d:sync-token>&l12;&f;</d:sync-token></d:multistatus>`,
      });
      await readAgain(ann.id);
      expect(await failed(ann.id)).toMatch(/document type/);

      manner.instead = undefined;
      await readAgain(ann.id);
      await synced(ann.id);
    } finally {
      await proxy.close();
    }
  });
});
