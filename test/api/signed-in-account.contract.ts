import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SignInProvider } from '../../src/calendars/domain/connection.js';
import type { CalendarConnectionView } from '../../src/calendars/reads/calendar-reads.js';
import type { BookingDetailView } from '../../src/scheduling/reads/booking-reads.js';
import { book, inDays, tryToBook } from '../support/bookings.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Owner } from '../support/owners.js';
import { runCli, type RunningServer } from '../support/server.js';
import { SignInServer } from '../support/sign-in-server.js';
import { comeBack, signInAt, signInSettings, WaitingTool } from '../support/sign-ins.js';

/** A provider's API on this machine, which takes every access token, and whose accounts have one calendar. */
export interface ProviderApi {
  readonly url: string;
  readonly calendar: string;
  /** What an event type's location says for its meetings to be held at the provider. */
  readonly meetingPlace: string;
  /** Adds an event of the owner's own. */
  keepBusy(start: string, end: string): void;
  /** When the events of the calendar begin. */
  starts(): string[];
  /** Moves the event that begins then to another half hour, as the owner does by hand. */
  move(from: string, start: string, end: string): void;
  stop(): Promise<void>;
}

/** What holds for every provider at which owners sign in, from the command line to the database. */
export function describeSignedInAccount(
  provider: SignInProvider,
  startApi: () => Promise<ProviderApi>,
): void {
  describe(`An account of ${provider} that its owner signs in to`, () => {
    let signInServer: SignInServer;
    let api: ProviderApi;
    let linktime: Installation;
    let server: RunningServer;
    let owner: Owner;
    let tools: WaitingTool[];
    beforeAll(async () => {
      [signInServer, api] = await Promise.all([SignInServer.start(), startApi()]);
      const settings = signInSettings(provider, signInServer, api.url);
      linktime = await Installation.production({ ...withoutLimits, ...settings, LOG_LEVEL: 'trace' });
      server = await linktime.startApi();
    });
    afterAll(async () => {
      await linktime?.close();
      await Promise.all([signInServer?.stop(), api?.stop()]);
    });
    beforeEach(async () => {
      signInServer.answer = () => undefined;
      tools = [];
      owner = await linktime.owners.add();
    });
    afterEach(async () => {
      await Promise.all(tools.map((tool) => tool.kill()));
      await linktime.query('delete from calendar_connections');
    });

    const begin = async (...options: string[]) => {
      const tool = await WaitingTool.start(provider, owner, linktime.settings, ...options);
      tools.push(tool);
      return tool;
    };
    const connect = async (): Promise<CalendarConnectionView> => {
      const tool = await begin();
      expect((await signInAt(tool.address, signInServer, server)).status).toBe(200);
      const { code, last } = await tool.end();
      expect(code).toBe(0);
      return JSON.parse(last) as CalendarConnectionView;
    };
    const cli = (...args: string[]) => runCli(['calendars', ...args, '--json'], linktime.settings);
    const connections = () => linktime.query<{ id: string }>('select id from calendar_connections');

    it('is connected once he comes back, and page and tool say so', async () => {
      const tool = await begin();
      const page = await signInAt(tool.address, signInServer, server);
      const text = await page.text();
      expect(page.status).toBe(200);
      expect(text).toContain('<h1>Your calendars are connected</h1>');
      expect(text).toContain('ann@example.com');
      expect(text).toContain(owner.email);

      const { code, last } = await tool.end();
      expect(code).toBe(0);
      expect(JSON.parse(last)).toMatchObject({ provider, account: 'ann@example.com', state: 'PENDING' });
    });

    it('keeps its tokens unreadable: in the database, in the log, and in what is shown', async () => {
      const { id } = await connect();
      const [row] = await linktime.query<{ text: string; credentials: Buffer }>(
        'select c::text as text, credentials from calendar_connections c where id = $1',
        [id],
      );
      const tables = await linktime.query<{ text: string }>(
        'select a::text as text from calendar_authorizations a',
      );
      const shown = [
        ...[row!.text, row!.credentials.toString('latin1'), ...tables.map(({ text }) => text)],
        ...[server.logs(), ...tools.map(({ written }) => written)],
      ].join('\n');
      expect(signInServer.given.size).toBeGreaterThan(0);
      for (const token of signInServer.given) {
        expect(shown).not.toContain(token);
        expect(shown).not.toContain(Buffer.from(token).toString('hex'));
      }
    });

    it('is connected once when he comes back twice at the same time', async () => {
      const back = await signInServer.follow((await begin()).address);
      const pages = await Promise.all([1, 2, 3].map(() => comeBack(back, server)));
      expect(pages.map(({ status }) => status).toSorted()).toEqual([200, 404, 404]);
      expect(await connections()).toHaveLength(1);
    });

    it('keeps its owner busy, shows what is booked with a meeting at the provider, and moves it when he does', async () => {
      const worker = await linktime.startWorker();
      const tool = await begin('--write', api.calendar, '--on-change', 'follow');
      await signInAt(tool.address, signInServer, server);
      const { id } = JSON.parse((await tool.end()).last) as CalendarConnectionView;
      api.keepBusy(inDays(3, '12:00'), inDays(3, '12:30'));
      expect((await cli('sync', id)).stderr).toBe('');

      const anyone = new Client(server.url);
      const offer = await linktime.owners.offer(owner, { location: api.meetingPlace });
      expect((await tryToBook(anyone, offer, inDays(3, '12:00'))).status).toBe(409);
      const booked = await book(anyone, offer, inDays(3, '10:00'));
      const client = anyone.as(owner);
      const detail = await eventually(async () => {
        const { body } = await client.get<BookingDetailView>(`/api/v1/bookings/${booked.id}`);
        return body.calendar?.state === 'MIRRORED' && body;
      }, 20_000);
      expect(detail.meetingLink).toMatch(/^https:/);
      expect(api.starts()).toEqual([inDays(3, '10:00'), inDays(3, '12:00')]);

      expect((await cli('sync', id)).stderr).toBe(''); // from now on what he does there is known to be his
      api.move(inDays(3, '10:00'), inDays(3, '15:00'), inDays(3, '15:30'));
      expect((await cli('sync', id)).stderr).toBe('');
      await eventually(async () => {
        const { body } = await client.get<BookingDetailView>(`/api/v1/bookings/${booked.id}`);
        return body.startTime === inDays(3, '15:00') && body.sequence === 1;
      }, 20_000);

      expect((await client.post(`/api/v1/bookings/${booked.id}/cancel`, {})).status).toBe(200);
      await eventually(() => api.starts().length === 1, 20_000);
      await worker.stop();
    }, 60_000);

    it('goes on as it was when he signs in once more after access was lost', async () => {
      const { id } = await connect();
      await linktime.query(
        `update calendar_connections set access_lost = true, failures = 3, last_error = 'No'`,
      );
      expect(await connect()).toMatchObject({ id, state: 'PENDING', lastError: null });
      expect(await connections()).toEqual([{ id }]);
    });

    it('is lost when the provider ends its grant, and the sentence says so', async () => {
      signInServer.answer = ({ body }) => Object.assign(body, { expires_in: 1 });
      const { id } = await connect();
      signInServer.answer = (response) =>
        Object.assign(response, { statusCode: 400, body: { error: 'invalid_grant' } });
      const { code, stderr } = await cli('sync', id);
      expect(code).toBe(1);
      expect(stderr).toContain('grants no access any more');
      const { stdout } = await cli('list', '--user', owner.email);
      expect(JSON.parse(stdout)).toMatchObject([{ id, state: 'ACCESS_LOST' }]);
    });

    it('is given back when it is removed, where the provider takes it back', async () => {
      const { id } = await connect();
      const before = signInServer.revocations.length;
      expect((await cli('remove', id)).code).toBe(0);
      expect(signInServer.revocations).toHaveLength(before + 1);
      expect(await connections()).toEqual([]);
    });
  });
}
