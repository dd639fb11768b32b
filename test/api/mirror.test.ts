import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CalendarConnectionView } from '../../src/calendars/reads/calendar-reads.js';
import type { BookingDetailView } from '../../src/scheduling/reads/booking-reads.js';
import { book, inDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import type { DavServer } from '../support/dav-servers.js';
import { eventually } from '../support/eventually.js';
import { icalendar, vevent } from '../support/icalendar.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { askRadicale, RADICALE_USER, startRadicale } from '../support/radicale.js';
import { runCli, type RunningProcess } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const MINUTE = 60_000;
const NOON = inDays(3, '12:00');
const LATER = inDays(4, '15:30');

describe("A booking in its owner's calendar", () => {
  let linktime: Installation;
  let radicale: DavServer;
  let proxy: TcpProxy;
  let anyone: Client;
  let worker: RunningProcess;
  let owner: Owner;
  let client: Client;
  let offer: Offer;
  let connectionId: string;
  beforeAll(async () => {
    [linktime, radicale] = await Promise.all([
      Installation.production({ ...withoutLimits, CALENDAR_ALLOW_PRIVATE: 'true' }),
      startRadicale(),
    ]);
    proxy = await TcpProxy.before(Number(new URL(radicale.url).port));
    [anyone, worker] = await Promise.all([linktime.startClient(), linktime.startWorker()]);
  }, MINUTE);
  afterAll(async () => {
    await linktime?.close();
    await proxy?.close();
    await radicale?.stop();
  });
  beforeEach(async () => {
    await proxy.pass();
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner, { name: '30 min' });
    await dav('MKCALENDAR', 'work/');
    await dav('MKCALENDAR', 'home/');
    connectionId = await connect();
  });
  afterEach(async () => {
    proxy.tap = () => true;
    await linktime.query('delete from calendar_connections');
    await dav('DELETE', 'work/');
    await dav('DELETE', 'home/');
  });

  const dav = (method: string, path: string, body?: string) => askRadicale(radicale, method, path, body);
  async function cli<T>(args: readonly string[], stdin = ''): Promise<T> {
    const { code, stdout, stderr } = await runCli([...args, '--json'], linktime.settings, stdin);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as T;
  }
  /** Connects the account and returns the connection's id once it has been read, so that times are offered. */
  async function connect(): Promise<string> {
    const account = ['--url', `http://127.0.0.1:${proxy.port}`, '--username', RADICALE_USER.username];
    const choice = ['--password-stdin', '--read', 'owner/work', '--write', 'owner/home'];
    const { id } = await cli<CalendarConnectionView>(
      ['calendars', 'add', 'caldav', '--user', owner.email, ...account, ...choice],
      `${RADICALE_USER.password}\n`,
    );
    await eventually(async () => (await listed()).state === 'SYNCED');
    return id;
  }
  const listed = async () =>
    (await cli<CalendarConnectionView[]>(['calendars', 'list', '--user', owner.email]))[0]!;
  /** The events of the calendar that bookings are put into: their UID and when each begins, in the order of their starts. */
  const shown = async () => {
    const events = (await dav('GET', 'home/')).split('BEGIN:VEVENT').slice(1);
    const field = (event: string, name: string) =>
      new RegExp(`^${name}[:;](.*)$`, 'm').exec(event)?.[1]?.trim();
    return events
      .map((event) => ({ uid: field(event, 'UID'), start: field(event, 'DTSTART') }))
      .toSorted((a, b) => (a.start! < b.start! ? -1 : 1));
  };
  const detail = async (id: string) => (await client.get<BookingDetailView>(`/api/v1/bookings/${id}`)).body;
  const untilCalendarIs = (id: string, state: string, withinMs = 10_000) =>
    eventually(async () => {
      const { calendar } = await detail(id);
      if (calendar?.state !== state) throw new Error(JSON.stringify(calendar));
      return calendar;
    }, withinMs);
  const eventOf = (id: string, start: string) => ({ uid: `${id}@linktime`, start: compact(start) });
  /** Lets what waits for its next attempt be due. */
  const hurry = () =>
    linktime.query(
      'update mirrored_bookings set next_attempt_at = now(), busy_until = now() where next_attempt_at is not null',
    );

  it(
    'is there, once, moves with it and goes when it is cancelled',
    async () => {
      const { id } = await book(anyone, offer, NOON, { notes: 'About the engine' });
      expect(await untilCalendarIs(id, 'MIRRORED')).toEqual({
        ...{ state: 'MIRRORED', error: null },
        mirroredAt: expect.stringMatching(/^\d{4}-.*Z$/),
      });
      expect(await shown()).toEqual([eventOf(id, NOON)]);
      const text = (await dav('GET', 'home/')).replaceAll('\r\n ', '');
      expect(text).toContain('SUMMARY:30 min with Ada Lovelace\r\n');
      expect(text).toContain('About the engine');

      await cli(['bookings', 'reschedule', id, '--start', LATER]);
      await eventually(async () => (await shown())[0]?.start === compact(LATER));
      expect(await shown()).toEqual([eventOf(id, LATER)]);

      await client.post(`/api/v1/bookings/${id}/cancel`, {});
      await eventually(async () => (await shown()).length === 0);
      expect(await untilCalendarIs(id, 'MIRRORED')).toMatchObject({ error: null });
    },
    MINUTE,
  );

  it(
    'is put there once its server answers again, and stands as booked meanwhile',
    async () => {
      await proxy.refuse();
      const { id } = await book(anyone, offer, NOON);
      const { error } = await eventually(async () => {
        const { calendar } = await detail(id);
        return calendar?.error ? calendar : null;
      });
      expect(error).toMatch(/\w+/);
      expect(await detail(id)).toMatchObject({
        status: 'CONFIRMED',
        calendar: { state: 'PENDING', mirroredAt: null },
      });
      expect((await listed()).bookings).toEqual({ mirrored: 0, pending: 1, failed: 0, lastError: error });

      await proxy.pass();
      await untilCalendarIs(id, 'MIRRORED', 30_000);
      expect(await shown()).toEqual([eventOf(id, NOON)]);
      expect((await listed()).bookings).toEqual({ mirrored: 1, pending: 0, failed: 0, lastError: null });
    },
    MINUTE,
  );

  it(
    'has failed, and says why, where the calendar is gone',
    async () => {
      await dav('DELETE', 'home/');
      const { id } = await book(anyone, offer, NOON);
      const { error } = await untilCalendarIs(id, 'FAILED');
      expect(error).toMatch(/^There is no such calendar/);
      expect((await listed()).bookings).toMatchObject({ failed: 1, lastError: error });
      await expect(cli(['calendars', 'retry', 'nonsense'])).rejects.toThrow('Calendar connection not found');

      await dav('MKCALENDAR', 'home/');
      expect(await cli(['calendars', 'retry', connectionId])).toEqual({ retried: 1 });
      await untilCalendarIs(id, 'MIRRORED');
      expect(await shown()).toEqual([eventOf(id, NOON)]);
    },
    MINUTE,
  );

  it(
    'never gets there if it was cancelled before it could be put',
    async () => {
      await proxy.refuse();
      const { id } = await book(anyone, offer, NOON);
      await eventually(async () => (await detail(id)).calendar?.error);
      expect((await client.post(`/api/v1/bookings/${id}/cancel`, {})).status).toBe(200);
      await proxy.pass();
      await eventually(async () => {
        await hurry();
        return (await detail(id)).calendar?.state === 'MIRRORED';
      });
      expect(await shown()).toEqual([]);
    },
    MINUTE,
  );

  it(
    'is there once for each of twenty that are booked at once',
    async () => {
      const starts = Array.from({ length: 20 }, (_, i) => inDays(5, `${`${i}`.padStart(2, '0')}:30`));
      const booked = await Promise.all(starts.map((start) => book(anyone, offer, start)));
      const expected = booked.map(({ id, startTime }) => eventOf(id, startTime));
      await eventually(async () => (await listed()).bookings.mirrored === 20, 30_000);
      expect(await shown()).toEqual(expected.toSorted((a, b) => (a.start < b.start ? -1 : 1)));
    },
    MINUTE,
  );

  it(
    'is there once when the worker dies between the calendar and the record',
    async () => {
      const putWasAnswered = new Promise<void>((resolve) => {
        let isPut = false;
        proxy.tap = (from, chunk) => {
          if (from === 'client') isPut = chunk.toString('latin1').startsWith('PUT ');
          if (from === 'client' || !isPut) return true;
          resolve();
          return false;
        };
      });
      const { id } = await book(anyone, offer, NOON);
      await putWasAnswered;
      await worker.kill();
      proxy.tap = () => true;
      expect(await shown()).toEqual([eventOf(id, NOON)]);
      expect((await detail(id)).calendar).toMatchObject({ state: 'PENDING', mirroredAt: null });

      worker = await linktime.startWorker();
      await hurry(); // the claim of the dead would last another two minutes
      await untilCalendarIs(id, 'MIRRORED', 30_000); // Redis gives the job of the dead to another after a while
      expect(await shown()).toEqual([eventOf(id, NOON)]);
    },
    MINUTE,
  );

  it(
    'keeps its owner no busier than the booking itself, and is what the invitation files too',
    async () => {
      const { id } = await book(anyone, offer, NOON);
      await untilCalendarIs(id, 'MIRRORED');
      await client.post(`/api/v1/bookings/${id}/cancel`, {});
      await dav(
        'PUT',
        'work/filed.ics',
        icalendar(vevent(`${id}@linktime`, `DTSTART:${compact(NOON)}`, 'DURATION:PT30M')),
      );
      await cli(['calendars', 'sync', connectionId]);
      await book(anyone, offer, NOON);
    },
    MINUTE,
  );

  it(
    'stays there when the calendar is disconnected, and nothing more is put there',
    async () => {
      const { id } = await book(anyone, offer, NOON);
      await untilCalendarIs(id, 'MIRRORED');
      await cli(['calendars', 'remove', connectionId]);
      expect((await detail(id)).calendar).toBeNull();
      await cli(['bookings', 'reschedule', id, '--start', LATER]);
      const other = await book(anyone, offer, NOON);
      await eventually(async () => (await detail(other.id)).emailLogs.length > 0);
      expect((await detail(other.id)).calendar).toBeNull();
      expect(await shown()).toEqual([eventOf(id, NOON)]);
    },
    MINUTE,
  );
});

/** As iCalendar has it: `20260302T120000Z`. */
function compact(instant: string): string {
  return instant.replace(/[-:]|\.\d+/g, '');
}
