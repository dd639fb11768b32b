import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import PostalMime, { type Email } from 'postal-mime';
import type { BookingDetailView, EmailLogView } from '../../src/scheduling/reads/booking-reads.js';
import { book, inDays } from '../support/bookings.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation, withoutLimits } from '../support/installation.js';
import { MailServer, type ArrivedMail, type Refusal } from '../support/mail-server.js';
import type { Offer, Owner } from '../support/owners.js';
import { runCli, type Settings } from '../support/server.js';

const MINUTES = 120_000;
const guests = ['charles@example.com'];

let nextDay = 2;
/** A time that no other test has booked. */
const someTime = () => inDays((nextDay += 1), '10:00');

async function cli<Value>(settings: Settings, ...args: string[]): Promise<Value> {
  const { code, stdout, stderr } = await runCli([...args, '--json'], settings);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Value;
}

/** The booking's log of e-mails, once all that `isSo` asks for is so. */
function emailLogs(
  client: Client,
  id: string,
  isSo: (logs: EmailLogView[]) => boolean,
): Promise<EmailLogView[]> {
  return eventually(async () => {
    const { body } = await client.get<BookingDetailView>(`/api/v1/bookings/${id}`);
    if (!isSo(body.emailLogs)) throw new Error(JSON.stringify(body.emailLogs, null, 1));
    return body.emailLogs;
  }, 20_000);
}

const allSent = (count: number) => (logs: EmailLogView[]) =>
  logs.length === count && logs.every(({ status }) => status === 'SENT');

const methods = (mail: Email) =>
  mail.attachments.flatMap(({ mimeType, method }) => (mimeType === 'text/calendar' ? [method] : []));

describe('E-mails, with a mail server', () => {
  let installation: Installation;
  let server: MailServer;
  let owner: Owner;
  let offer: Offer;
  let client: Client;
  let judge: ((mail: ArrivedMail) => Refusal | null) | null = null;

  beforeAll(async () => {
    server = await MailServer.open({ judgeMail: (mail) => judge?.(mail) ?? null });
    installation = await Installation.production({
      ...withoutLimits,
      SMTP_URL: server.url,
      MAIL_FROM: 'LinkTime <time@example.com>',
      BASE_URL: 'https://time.example.com',
    });
    owner = await installation.owners.add({ email: 'grace@example.com' });
    offer = await installation.owners.offer(owner, { name: 'Lesson' });
    const api = await installation.startClient();
    await installation.startWorker();
    client = api.as(owner);
  }, MINUTES);
  afterAll(async () => {
    await installation.close();
    await server.close();
  }, MINUTES);
  afterEach(() => {
    judge = null;
  });

  const mailsTo = (address: string, bookingId: string) =>
    server.arrived.filter(({ to, source }) => to.includes(address) && sourceNames(source, bookingId));

  it(
    'tell invitee, guest and owner of a booking, of its new time and of its end, with an invitation each',
    async () => {
      const { id } = await book(client, offer, someTime(), { guests });
      const confirmed = await emailLogs(client, id, allSent(3));
      expect(confirmed.map(({ type, recipient }) => [type, recipient]).sort()).toEqual([
        ['BOOKING_CONFIRMATION', 'ada@example.com'],
        ['BOOKING_CONFIRMATION', 'charles@example.com'],
        ['BOOKING_NOTIFICATION', 'grace@example.com'],
      ]);
      for (const { attempts, error, sentAt } of confirmed) {
        expect({ attempts, error, sentAt }).toEqual({ attempts: 1, error: null, sentAt: expect.any(String) });
      }

      await cli(installation.settings, 'bookings', 'reschedule', id, '--start', someTime());
      await emailLogs(client, id, allSent(6));
      expect((await client.post(`/api/v1/bookings/${id}/cancel`, { reason: 'Ill' })).status).toBe(200);
      const logs = await emailLogs(client, id, allSent(9));

      const toInvitee = mailsTo('ada@example.com', id).map(({ mail }) => mail);
      expect(toInvitee.map(methods)).toEqual([['REQUEST'], ['REQUEST'], ['CANCEL']]);
      expect(toInvitee[0]!.text).toContain(`https://time.example.com/bookings/${id}/cancel?token=`);
      expect(toInvitee[0]!.from).toEqual({ name: 'Grace Hopper via LinkTime', address: 'time@example.com' });
      expect(toInvitee.map(({ subject }) => subject)).toEqual(
        logs.filter(({ recipient }) => recipient === 'ada@example.com').map(({ subject }) => subject),
      );
      expect(mailsTo('charles@example.com', id)).toHaveLength(3);
      expect(mailsTo('charles@example.com', id)[0]!.source).not.toContain('token');
      expect(mailsTo('grace@example.com', id)).toHaveLength(3);
    },
    MINUTES,
  );

  it(
    'that are refused for good are FAILED with the server’s words, until they are tried again by hand',
    async () => {
      judge = ({ to }) => (to[0] === 'nobody@example.com' ? { code: 550, words: 'No such user' } : null);
      const { id } = await book(client, offer, someTime(), { inviteeEmail: 'nobody@example.com' });
      const logs = await emailLogs(
        client,
        id,
        (all) => all.length === 2 && all.every(({ status }) => status !== 'QUEUED'),
      );

      expect(logs.find(({ recipient }) => recipient === owner.email)?.status).toBe('SENT');
      const failed = logs.find(({ recipient }) => recipient === 'nobody@example.com')!;
      expect(failed).toMatchObject({ status: 'FAILED', attempts: 1, sentAt: null });
      expect(failed.error).toMatch(/550.*No such user/);

      expect(await cli(installation.settings, 'emails', 'list', '--status', 'failed')).toMatchObject([
        { id: failed.id, user: owner.email, bookingId: id, recipient: 'nobody@example.com', attempts: 1 },
      ]);
      judge = null;
      expect(await cli(installation.settings, 'emails', 'retry', failed.id)).toMatchObject({
        status: 'QUEUED',
      });
      const [sent] = (await emailLogs(client, id, allSent(2))).filter((log) => log.id === failed.id);
      expect(sent).toMatchObject({ attempts: 1, error: null });
    },
    MINUTES,
  );

  it(
    'that failed are tried again all together, since a time',
    async () => {
      const since = new Date().toISOString();
      const unreachable = ['one@example.com', 'two@example.com'];
      judge = ({ to }) => (unreachable.includes(to[0]!) ? { code: 554, words: 'Go away' } : null);
      const [inviteeEmail, guest] = unreachable;
      const { id } = await book(client, offer, someTime(), { inviteeEmail, guests: [guest] });
      await emailLogs(client, id, (all) => all.filter(({ status }) => status === 'FAILED').length === 2);

      judge = null;
      const retry = ['emails', 'retry', '--all-failed', '--since'];
      expect(await cli(installation.settings, ...retry, since)).toEqual({ retried: 2 });
      await emailLogs(client, id, allSent(3));
      expect(await cli(installation.settings, ...retry, since)).toEqual({ retried: 0 });
    },
    MINUTES,
  );

  it(
    'are not tried again by hand unless one that failed is named, or a time',
    async () => {
      const faultOf = async (...args: string[]) =>
        (await runCli(['emails', ...args], installation.settings)).stderr.trim();
      const usage = 'Name the id of one mail, or --all-failed with --since.';
      const latest = ['list', '--status', 'sent', '--limit', '1'];
      const [sent] = await cli<{ id: string }[]>(installation.settings, 'emails', ...latest);

      expect(await faultOf('retry')).toBe(usage);
      expect(await faultOf('retry', '--all-failed')).toBe(usage);
      expect(await faultOf('retry', 'unknown')).toBe('E-mail not found.');
      expect(await faultOf('retry', sent!.id)).toBe(
        'This e-mail has not failed: it was sent, or is still to be sent.',
      );
      expect(await faultOf('list', '--user', 'nobody@example.com')).toBe('User not found.');
      expect(await faultOf('list', '--limit', '0')).toBe('--limit must be a whole number from 1 to 1000.');
    },
    MINUTES,
  );

  it(
    'that are put off stay QUEUED with the server’s words, and are sent later under the same Message-ID',
    async () => {
      const ids: (string | undefined)[] = [];
      judge = ({ to, mail }) => {
        if (to[0] !== 'slow@example.com') return null;
        ids.push(mail.messageId);
        return ids.length === 1 ? { code: 451, words: 'Greylisted' } : null;
      };
      const { id } = await book(client, offer, someTime(), { inviteeEmail: 'slow@example.com' });
      const putOff = await emailLogs(client, id, (all) => all.some(({ error }) => error !== null));
      expect(putOff.find(({ error }) => error !== null)).toMatchObject({
        recipient: 'slow@example.com',
        status: 'QUEUED',
        attempts: 1,
        error: expect.stringContaining('Greylisted'),
      });

      await installation.query(`update email_logs set next_attempt_at = now() where status = 'QUEUED'`);
      const logs = await emailLogs(client, id, allSent(2));
      expect(logs.find(({ recipient }) => recipient === 'slow@example.com')).toMatchObject({ attempts: 2 });
      expect(ids).toHaveLength(2);
      expect(ids[0]).toBe(ids[1]);
    },
    MINUTES,
  );

  it(
    'remind those who are invited, when it is time',
    async () => {
      const { id } = await book(client, offer, someTime(), { guests });
      await emailLogs(client, id, allSent(3));
      await installation.query(`update reminders set due_at = now() where booking_id = $1`, [id]);
      const logs = await emailLogs(client, id, allSent(5));

      expect(
        logs
          .filter(({ type }) => type === 'REMINDER')
          .map(({ recipient }) => recipient)
          .sort(),
      ).toEqual(['ada@example.com', 'charles@example.com']);
      expect(await installation.query('select from reminders where booking_id = $1', [id])).toEqual([]);
    },
    MINUTES,
  );

  it(
    'remind nobody of a meeting that was called off',
    async () => {
      const { id } = await book(client, offer, someTime());
      await emailLogs(client, id, allSent(2));
      expect(await installation.query('select from reminders where booking_id = $1', [id])).toHaveLength(2);
      await client.post(`/api/v1/bookings/${id}/cancel`, {});
      await emailLogs(client, id, allSent(4));

      expect(await installation.query('select from reminders where booking_id = $1', [id])).toEqual([]);
    },
    MINUTES,
  );
});

describe('E-mails, without a mail server', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await Installation.embedded();
  }, MINUTES);
  afterAll(() => installation.close(), MINUTES);

  it(
    'are files in the data directory, and a line in the log that names nobody',
    async () => {
      const owner = await installation.owners.add();
      const offer = await installation.owners.offer(owner);
      const api = await installation.startApi();
      const client = new Client(api.url).as(owner);
      const { id } = await book(client, offer, someTime(), { inviteeName: 'Emmy Noether', guests });
      const logs = await emailLogs(client, id, allSent(3));

      const folder = join(installation.dataDir, 'mail');
      const files = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
      expect(files).toHaveLength(3);
      const mails = await Promise.all(
        files.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))),
      );
      expect(mails.flatMap(({ to }) => to!.map(({ address }) => address)).sort()).toEqual(
        logs.map(({ recipient }) => recipient).sort(),
      );
      expect(mails.flatMap(methods)).toEqual(['REQUEST', 'REQUEST', 'REQUEST']);
      expect(
        mails.some(({ text }) =>
          text!.includes(`${api.url.replace('127.0.0.1', 'localhost')}/bookings/${id}/`),
        ),
      ).toBe(true);

      for (const { id: emailId } of logs) expect(api.logs()).toContain(emailId);
      expect(api.logs()).not.toMatch(/Emmy|Noether|ada@example|charles@example/);
    },
    MINUTES,
  );
});

/** Whether a mail is about a booking: its invitation, or a link in it, names the id. Long lines of a mail are folded. */
function sourceNames(source: string, bookingId: string): boolean {
  return source.replace(/=\r\n|\r\n[ \t]?/g, '').includes(bookingId);
}
