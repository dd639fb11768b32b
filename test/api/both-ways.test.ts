import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CalendarConnectionView } from '../../src/calendars/reads/calendar-reads.js';
import type { BookingDetailView } from '../../src/scheduling/reads/booking-reads.js';
import { book, inDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import type { DavServer } from '../support/dav-servers.js';
import { eventually } from '../support/eventually.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { askRadicale, RADICALE_USER, startRadicale } from '../support/radicale.js';
import { answers, Receiver } from '../support/receivers.js';
import { runCli } from '../support/server.js';

const MINUTE = 60_000;
const NOON = inDays(3, '12:00');
const ODD_TIME = inDays(4, '03:07');
const LATER = inDays(5, '15:30');

interface Told {
  readonly event: string;
  readonly data: { readonly id: string } & Record<string, unknown>;
}

describe('An event that its owner changes in the calendar', () => {
  let linktime: Installation;
  let radicale: DavServer;
  let receiver: Receiver;
  let anyone: Client;
  let owner: Owner;
  let client: Client;
  let offer: Offer;
  let connectionId: string;
  beforeAll(async () => {
    [linktime, radicale, receiver] = await Promise.all([
      Installation.production({
        ...withoutLimits,
        CALENDAR_ALLOW_PRIVATE: 'true',
        WEBHOOK_ALLOW_PRIVATE: 'true',
      }),
      startRadicale(),
      Receiver.open(answers(200)),
    ]);
    [anyone] = await Promise.all([linktime.startClient(), linktime.startWorker()]);
  }, MINUTE);
  afterAll(async () => {
    await linktime?.close();
    await receiver?.close();
    await radicale?.stop();
  });
  beforeEach(async () => {
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner, { name: '30 min' });
    await dav('MKCALENDAR', 'work/');
    await dav('MKCALENDAR', 'home/');
    receiver.requests.length = 0;
    const events = 'booking.created,booking.rescheduled,booking.cancelled';
    await cli(['webhooks', 'create', '--user', owner.email, '--url', receiver.url, '--events', events]);
  });
  afterEach(async () => {
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
  /** Connects the account and waits until it has been read, so that times are offered. */
  async function connect(...more: string[]): Promise<void> {
    const account = ['--url', radicale.url, '--username', RADICALE_USER.username];
    const choice = ['--password-stdin', '--read', 'owner/work', '--write', 'owner/home', ...more];
    const { id } = await cli<CalendarConnectionView>(
      ['calendars', 'add', 'caldav', '--user', owner.email, ...account, ...choice],
      `${RADICALE_USER.password}\n`,
    );
    connectionId = id;
    await eventually(async () => (await listed()).state === 'SYNCED');
  }
  const listed = async () =>
    (await cli<CalendarConnectionView[]>(['calendars', 'list', '--user', owner.email]))[0]!;
  const sync = () => cli(['calendars', 'sync', connectionId]);
  const detail = async (id: string) => (await client.get<BookingDetailView>(`/api/v1/bookings/${id}`)).body;
  const until = (id: string, isSo: (booking: BookingDetailView) => boolean) =>
    eventually(async () => {
      const booking = await detail(id);
      if (!isSo(booking)) throw new Error(JSON.stringify(booking));
      return booking;
    }, 20_000);
  const isMirrored = ({ calendar }: BookingDetailView) => calendar?.state === 'MIRRORED';
  const booked = async (start: string) => {
    const { id } = await book(anyone, offer, start);
    await until(id, isMirrored);
    return id;
  };
  const pathOf = (id: string) => `home/${id}-linktime.ics`;
  const textOf = async (id: string) => (await dav('GET', pathOf(id))).replaceAll('\r\n ', '');
  const startOf = async (id: string) => /^DTSTART:(.*)$/m.exec(await textOf(id))?.[1]?.trim();
  /** Moves an event as its owner's program does: another start, another end. */
  const move = async (id: string, start: string, minutes = 30) => {
    const end = new Date(Date.parse(start) + minutes * MINUTE).toISOString();
    const text = (await dav('GET', pathOf(id)))
      .replace(/^DTSTART.*$/m, `DTSTART:${compact(start)}`)
      .replace(/^(DTEND|DURATION).*$/m, `DTEND:${compact(end)}`);
    await dav('PUT', pathOf(id), text);
  };
  const mailsOf = ({ emailLogs }: BookingDetailView) =>
    emailLogs.map(({ type, recipient }) => `${type} ${recipient}`).toSorted();
  const webhooks = (event: string, id: string) =>
    receiver.requests
      .map(({ body }) => JSON.parse(String(body)) as Told)
      .filter((told) => told.event === event && told.data.id === id);

  it(
    'takes the booking along, with all notices, to any time of his',
    async () => {
      await connect('--on-change', 'follow');
      const id = await booked(NOON);
      await move(id, ODD_TIME, 90);
      await sync();

      const booking = await until(id, (each) => mailsOf(each).length === 4 && isMirrored(each));
      expect(booking).toMatchObject({
        ...{ sequence: 1, status: 'CONFIRMED', startTime: ODD_TIME, endTime: inDays(4, '03:37') },
        calendar: { error: null },
      });
      expect(mailsOf(booking)).toContain('RESCHEDULE_CONFIRMATION ada@example.com');
      const [told] = await eventually(() => {
        const found = webhooks('booking.rescheduled', id);
        return found.length > 0 && found;
      });
      expect(told!.data).toMatchObject({ sequence: 1, startTime: ODD_TIME, previousStartTime: NOON });
      await eventually(async () => (await textOf(id)).includes(compact(inDays(4, '03:37')))); // as long as it was

      await sync();
      await sync();
      expect(await detail(id)).toMatchObject({ sequence: 1, startTime: ODD_TIME });
    },
    MINUTE,
  );

  it(
    'takes the booking with it when it is deleted',
    async () => {
      await connect('--on-change', 'follow');
      const id = await booked(NOON);
      await dav('DELETE', pathOf(id));
      await sync();

      const booking = await until(id, (each) => mailsOf(each).length === 4);
      expect(booking).toMatchObject({
        ...{ status: 'CANCELLED', cancelledBy: 'HOST' },
        cancelReason: 'The host removed the meeting from the calendar',
      });
      expect(mailsOf(booking)).toContain('CANCELLATION_CONFIRMATION ada@example.com');
      await eventually(() => webhooks('booking.cancelled', id).length === 1);
      await book(anyone, offer, NOON); // the slot is free
    },
    MINUTE,
  );

  it(
    'is put back where another booking is in its way, and its owner is told why',
    async () => {
      await connect('--on-change', 'follow');
      const [id] = [await booked(NOON), await booked(LATER)];
      await move(id, LATER);
      await sync();

      const booking = await until(id, (each) => isMirrored(each) && each.calendar!.error !== null);
      expect(booking).toMatchObject({ startTime: NOON, sequence: 0 });
      const reason = `The event was moved to ${LATER} in the calendar, but this time slot is no longer available: it was put back`;
      expect(booking.calendar).toMatchObject({ error: reason });
      expect(await listed()).toMatchObject({ onChange: 'FOLLOW', notFollowed: reason });
      expect(await startOf(id)).toBe(compact(NOON));
      expect(webhooks('booking.rescheduled', id)).toEqual([]);

      await sync();
      expect(await startOf(id)).toBe(compact(NOON));
    },
    MINUTE,
  );

  it(
    'leaves the booking alone unless he said otherwise, and is left alone',
    async () => {
      await connect();
      const id = await booked(NOON);
      const other = await booked(LATER);
      await move(id, ODD_TIME);
      await dav('DELETE', pathOf(other));
      await sync();

      expect(await cli(['calendars', 'set', connectionId, '--on-change', 'follow'])).toMatchObject({
        onChange: 'FOLLOW',
      });
      await sync(); // what was done before is let be
      const third = await booked(inDays(6, '09:00'));
      await move(third, inDays(6, '10:00'));
      await sync();
      await until(third, ({ startTime }) => startTime === inDays(6, '10:00'));
      expect(await detail(id)).toMatchObject({ startTime: NOON, sequence: 0, calendar: { error: null } });
      expect(await detail(other)).toMatchObject({ status: 'CONFIRMED' });
      expect(await startOf(id)).toBe(compact(ODD_TIME));
      await expect(startOf(other)).rejects.toThrow('404');
    },
    MINUTE,
  );

  it(
    'comes too late where the booking is cancelled at the same moment',
    async () => {
      await connect('--on-change', 'follow');
      const id = await booked(NOON);
      await move(id, ODD_TIME);
      await Promise.all([sync(), client.post(`/api/v1/bookings/${id}/cancel`, {})]);
      await until(id, (each) => each.status === 'CANCELLED' && isMirrored(each));
      await eventually(() =>
        startOf(id).then(
          () => false,
          () => true,
        ),
      );
    },
    MINUTE,
  );

  it(
    'calls nothing off by going into another calendar of his',
    async () => {
      await connect('--on-change', 'follow');
      const id = await booked(NOON);
      await dav('PUT', `work/${id}.ics`, await dav('GET', pathOf(id)));
      await dav('DELETE', pathOf(id));
      await sync();
      const { status, calendar } = await until(id, (each) => each.calendar!.error !== null);
      expect(status).toBe('CONFIRMED');
      expect(calendar!.error).toBe('The event is in another calendar now: the booking stays');
    },
    MINUTE,
  );

  it(
    'keeps him no busier than before where its calendar is only written',
    async () => {
      await connect('--on-change', 'follow');
      await dav(
        'PUT',
        'home/private.ics',
        [
          'BEGIN:VCALENDAR',
          'VERSION:2.0',
          'PRODID:x',
          'BEGIN:VEVENT',
          'UID:private',
          `DTSTAMP:${compact(NOON)}`,
        ]
          .concat([`DTSTART:${compact(NOON)}`, 'DURATION:PT1H', 'END:VEVENT', 'END:VCALENDAR', ''])
          .join('\r\n'),
      );
      await sync();
      await book(anyone, offer, NOON);
    },
    MINUTE,
  );
});

/** As iCalendar has it: `20260302T120000Z`. */
function compact(instant: string): string {
  return instant.replace(/[-:]|\.\d+/g, '');
}
