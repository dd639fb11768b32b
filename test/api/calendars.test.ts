import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CalendarConnectionView } from '../../src/calendars/reads/calendar-reads.js';
import { inDays, tryToBook } from '../support/bookings.js';
import type { Client, ErrorBody } from '../support/client.js';
import type { DavServer } from '../support/dav-servers.js';
import { eventually } from '../support/eventually.js';
import { icalendar, vevent } from '../support/icalendar.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { askRadicale, RADICALE_USER, startRadicale } from '../support/radicale.js';
import { runCli, runCliOnTerminal, type Answer } from '../support/server.js';

interface Availability extends ErrorBody {
  data: { startTime: string }[];
  unavailable?: { startTime: string; reason: string }[];
}

const NOON = inDays(3, '12:00');
const HALF_PAST_NOON = inDays(3, '12:30');

describe('A calendar that its owner has connected', () => {
  let linktime: Installation;
  let radicale: DavServer;
  let anyone: Client;
  let owner: Owner;
  let client: Client;
  let offer: Offer;
  beforeAll(async () => {
    [linktime, radicale] = await Promise.all([
      Installation.production({ ...withoutLimits, CALENDAR_ALLOW_PRIVATE: 'true' }),
      startRadicale(),
    ]);
    anyone = await linktime.startClient();
  });
  afterAll(async () => {
    await linktime?.close();
    await radicale?.stop();
  });
  beforeEach(async () => {
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner, { bufferBefore: 30 });
    await dav('MKCALENDAR', 'work/');
    await dav('MKCALENDAR', 'home/');
  });
  afterEach(async () => {
    await linktime.query('delete from calendar_connections');
    await dav('DELETE', 'work/');
    await dav('DELETE', 'home/');
  });

  const dav = (method: string, path: string, body?: string) => askRadicale(radicale, method, path, body);
  const lunch = (uid = 'lunch') =>
    icalendar(vevent(uid, `DTSTART:${compact(NOON)}`, `DTEND:${compact(HALF_PAST_NOON)}`));
  const addCalendar = (...args: string[]): Promise<Answer> => {
    const account = ['--url', radicale.url, '--username', RADICALE_USER.username, '--password-stdin'];
    const command = ['calendars', 'add', 'caldav', '--user', owner.email, ...account, ...args, '--json'];
    return runCli(command, linktime.settings, `${RADICALE_USER.password}\n`);
  };
  const calendars = async (...args: string[]): Promise<CalendarConnectionView> => {
    const { code, stdout, stderr } = await runCli(['calendars', ...args, '--json'], linktime.settings);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as CalendarConnectionView;
  };
  const added = async (...args: string[]) => {
    const { stdout, stderr } = await addCalendar(...args);
    expect(stderr).toBe('');
    return (JSON.parse(stdout) as CalendarConnectionView).id;
  };
  const looked = (query = {}) =>
    client.get<Availability>(`/api/v1/availability/${offer.slug}`, {
      ...{ timezone: 'UTC', startDate: NOON.slice(0, 10), endDate: NOON.slice(0, 10) },
      ...query,
    });
  const isOffered = async (start: string) =>
    (await looked()).body.data.some(({ startTime }) => startTime === start);

  it('takes what is in it off what is offered, and gives it back when it is removed', async () => {
    await dav('PUT', 'work/lunch.ics', lunch());
    const id = await added('--read', 'owner/work', '--write', 'owner/home');
    expect((await looked()).body.data).toEqual([]);
    expect((await looked()).headers.get('x-calendar-stale')).toBe('true');

    expect(await calendars('sync', id)).toMatchObject({
      provider: 'CALDAV',
      account: `owner at ${new URL(radicale.url).host}`,
      state: 'SYNCED',
      isStale: false,
      calendars: [
        { name: 'owner/home', read: false, write: true, events: 0 },
        { name: 'owner/work', read: true, write: false, events: 1 },
      ],
    });
    expect((await looked()).headers.get('x-calendar-stale')).toBeNull();
    expect(await isOffered(inDays(3, '11:30'))).toBe(true);
    expect(await isOffered(NOON)).toBe(false);
    expect(await isOffered(HALF_PAST_NOON)).toBe(false); // its own buffer before would reach into lunch
    expect(await isOffered(inDays(3, '13:00'))).toBe(true);

    await dav('DELETE', 'work/lunch.ics');
    await calendars('sync', id);
    expect(await isOffered(NOON)).toBe(true);
  });

  it('is why a time is not offered, and cannot be booked', async () => {
    await dav('PUT', 'work/lunch.ics', lunch());
    await calendars('sync', await added());

    const { body } = await looked({ explain: 'true' });
    const why = body.unavailable!.find(({ startTime }) => startTime === NOON);
    expect(why).toMatchObject({ reason: 'busy' });
    const refused = await tryToBook(anyone, offer, NOON);
    expect(refused.status).toBe(409);
    expect(refused.body).toEqual({ error: 'This time slot is no longer available' });
    expect((await tryToBook(anyone, offer, inDays(3, '15:00'))).status).toBe(201);
  });

  it('does not count what LinkTime itself has put into it', async () => {
    await dav('PUT', 'work/own.ics', lunch('01982f4e-9c1b-7d3a-8e55-3f1c2b7a9d11@linktime'));
    await calendars('sync', await added());

    expect(await isOffered(NOON)).toBe(true);
  });

  it('stops all offers of its owner, and of nobody else, once it has been unreadable for too long', async () => {
    const id = await added();
    await calendars('sync', id);
    expect((await looked()).body.data).not.toEqual([]);
    await linktime.query(`update calendar_connections set stale_at = now() where id = $1`, [id]);

    const { body, headers } = await looked();
    expect(body.data).toEqual([]);
    expect(headers.get('x-calendar-stale')).toBe('true');
    const explained = await looked({ explain: 'true' });
    expect(new Set(explained.body.unavailable!.map(({ reason }) => reason))).toEqual(new Set(['busy']));
    expect((await tryToBook(anyone, offer, NOON)).status).toBe(409);
    const other = await linktime.owners.add();
    const others = await linktime.owners.offer(other);
    expect((await tryToBook(anyone, others, NOON)).status).toBe(201);

    await calendars('sync', id);
    expect(await isOffered(NOON)).toBe(true);
  });

  it('is not connected with a wrong password, and the sentence says so', async () => {
    const account = ['--url', radicale.url, '--username', RADICALE_USER.username, '--password-stdin'];
    const { code, stdout, stderr } = await runCli(
      ['calendars', 'add', 'caldav', '--user', owner.email, ...account],
      linktime.settings,
      'wrong\n',
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]*(password|credentials)[^\n]*\.\n$/i);
    expect(await linktime.query('select from calendar_connections')).toEqual([]);
  });

  it('says which calendars there are when another was named', async () => {
    const { code, stderr } = await addCalendar('--read', 'wrok');
    expect(code).toBe(1);
    expect(stderr).toBe(
      'Invalid data (read: There is no calendar "wrok", only "owner/work", "owner/home").\n',
    );
  });

  it('keeps its password unreadable, in the database and in what is shown', async () => {
    const id = await added();
    const [row] = await linktime.query<{ text: string; credentials: Buffer }>(
      'select c::text as text, credentials from calendar_connections c where id = $1',
      [id],
    );
    const shown = JSON.stringify(await calendars('list', '--user', owner.email));
    for (const text of [row!.text, row!.credentials.toString('latin1'), row!.credentials.toString(), shown])
      expect(text).not.toContain(RADICALE_USER.password);
  });

  it('says what is wrong when it was kept under another key, and works again under the right one', async () => {
    const id = await added();
    const another = { ...linktime.settings, SECRETS_KEY: Buffer.alloc(32, 7).toString('base64url') };
    const { code, stderr } = await runCli(['calendars', 'sync', id], another);
    expect(code).toBe(1);
    expect(stderr).toContain('kept under another key');
    expect(await calendars('list', '--user', owner.email)).toMatchObject([{ state: 'ACCESS_LOST' }]);

    expect(await calendars('sync', id)).toMatchObject({ state: 'SYNCED' });
  });

  it('is told of by doctor while it cannot be read', async () => {
    const id = await added();
    await linktime.query('update calendar_connections set failures = 3, last_error = $2 where id = $1', [
      id,
      'The server answered 500',
    ]);
    const { code, stdout } = await runCli(['doctor', '--json'], linktime.settings);
    expect(code).toBe(1);
    const checks = JSON.parse(stdout) as { check: string; ok: boolean; found: string; cure: string }[];
    const calendarCheck = checks.find(({ check }) => check === 'calendars');
    expect(calendarCheck).toMatchObject({ ok: false });
    expect(calendarCheck!.found).toContain('The server answered 500');
    expect(calendarCheck!.cure).toContain(`linktime calendars sync ${id}`);
  });

  it('is forgotten with all it said when it is removed', async () => {
    await dav('PUT', 'work/lunch.ics', lunch());
    const id = await added();
    await calendars('sync', id);
    expect(await isOffered(NOON)).toBe(false);

    expect(await calendars('remove', id)).toMatchObject({ id });
    expect(await isOffered(NOON)).toBe(true);
    expect(await linktime.query('select from busy_times')).toEqual([]);
    await expect(calendars('remove', id)).rejects.toThrow('Calendar connection not found');
    await expect(calendars('sync', id)).rejects.toThrow('Calendar connection not found');
  });

  it('shows on a terminal how far its first reading has come, and nowhere else', async () => {
    const events = Array.from({ length: 210 }, (_, n): [string, string] => [
      `${n}.ics`,
      icalendar(vevent(`${n}`, `DTSTART:${compact(inDays(n, '12:00'))}`, 'DURATION:PT1H')),
    ]);
    await radicale.lay('owner/work', new Map(events));
    const id = await added('--read', 'owner/work');
    const seen = await runCliOnTerminal(['calendars', 'sync', id], linktime.settings);
    const lines = seen.split('\r\x1b[K'); // each is written over the one before, and the answer over the last
    const progress = ['owner/work: 200 of 210 events', 'owner/work: 210 of 210 events'];
    expect(lines.slice(0, -1)).toEqual(['', ...progress]);
    expect(lines.at(-1)).toMatch(/^id: /);

    await linktime.query('update calendars set cursor = null');
    const { stdout, stderr } = await runCli(['calendars', 'sync', id, '--json'], linktime.settings);
    expect({ value: JSON.parse(stdout), stderr }).toMatchObject({ value: { id }, stderr: '' });
    expect(stdout.trimEnd()).not.toContain('\n');
  }, 60_000);

  it('is read by the worker without anybody asking', async () => {
    await dav('PUT', 'work/lunch.ics', lunch());
    await linktime.startWorker();
    await added();
    await eventually(async () => (await looked()).headers.get('x-calendar-stale') === null);
    expect(await isOffered(NOON)).toBe(false);
    await dav('DELETE', 'work/lunch.ics');

    await linktime.query('update calendar_connections set next_sync_at = now()');
    await eventually(() => isOffered(NOON));
  });
});

/** As iCalendar has it: `20260302T120000Z`. */
function compact(instant: string): string {
  return instant.replace(/[-:]|\.\d+/g, '');
}
