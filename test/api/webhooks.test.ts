import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { WebhookDeliveryView, WebhookEndpointView } from '../../src/delivery/reads/webhook-reads.js';
import { book, inDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { answers, inTurn, Receiver, type ReceivedRequest } from '../support/receivers.js';
import { runCli, type Answer } from '../support/server.js';

const MINUTES = 120_000;
const inAnHour = { 'Retry-After': '3600' };
const unknown = '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01';

type NewEndpoint = WebhookEndpointView & { readonly secret: string };

interface Envelope {
  readonly id: string;
  readonly event: string;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
}

describe('webhooks', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let offer: Offer;
  let receiver: Receiver;
  let day = 10;
  beforeAll(async () => {
    linktime = await Installation.production({ ...withoutLimits, WEBHOOK_ALLOW_PRIVATE: 'true' });
    [anyone, receiver] = await Promise.all([linktime.startClient(), Receiver.open(answers(200))]);
    await linktime.startWorker();
    owner = await linktime.owners.add();
    offer = await linktime.owners.offer(owner);
  }, MINUTES);
  afterEach(async () => {
    await linktime.query('delete from webhook_endpoints');
    receiver.requests.length = 0;
    receiver.behave(answers(200));
  });
  afterAll(async () => {
    await linktime?.close();
    await receiver?.close();
  });

  const cli = (...args: string[]): Promise<Answer> => runCli(['webhooks', ...args], linktime.settings);
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await cli(...args, '--json');
    if (code !== 0 || stderr !== '') throw new Error(`${args.join(' ')} → ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  };
  const create = (...events: string[]) =>
    json<NewEndpoint>(
      ...['create', '--user', owner.email, '--url', receiver.url, '--events', events.join(',')],
    );
  const deliveries = (id: string, ...options: string[]) =>
    json<WebhookDeliveryView[]>('deliveries', id, ...options);
  const list = () => json<WebhookEndpointView[]>('list', '--user', owner.email);
  const received = (count: number) =>
    eventually(() => (receiver.requests.length >= count ? receiver.requests : null));
  const verified = ({ body, headers }: ReceivedRequest, secret: string) =>
    new Webhook(secret).verify(body, headers as Record<string, string>) as Envelope;
  /** Waits until so many attempts are recorded. */
  const attempted = (endpointId: string, count: number) =>
    eventually(async () => {
      const made = await linktime.query(
        `select from webhook_attempts a join webhook_deliveries d on d.id = a.delivery_id where d.endpoint_id = $1`,
        [endpointId],
      );
      return made.length === count;
    });
  const bookSomething = () =>
    book(anyone, offer, inDays((day += 1), '10:00'), { inviteeEmail: `ada-${day}@example.com` });

  it(
    'tell a receiver of a new contact, of the booking and of its cancellation, each signed',
    async () => {
      const { id, secret, ...endpoint } = await create(
        'contact.created',
        'booking.created',
        'booking.cancelled',
      );
      expect(endpoint).toMatchObject({ url: receiver.url, state: 'ENABLED', eventTypeId: null });
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);

      const booking = await bookSomething();
      await received(2);
      await anyone.as(owner).post(`/api/v1/bookings/${booking.id}/cancel`, { reason: 'Just trying' });
      const requests = await received(3);
      const told = requests.map((request) => verified(request, secret));
      expect(told.map(({ event }) => event).sort()).toEqual([
        ...['booking.cancelled', 'booking.created', 'contact.created'],
      ]);
      for (const [place, { headers }] of requests.entries()) {
        expect(headers).toMatchObject({
          'webhook-id': told[place]!.id,
          'x-linktime-event': told[place]!.event,
          'user-agent': 'LinkTime-Webhook/1.0',
        });
      }
      const dataOf = (name: string) => told.find(({ event }) => event === name)!.data;
      expect(dataOf('contact.created')).toMatchObject({ email: booking.inviteeEmail, source: 'BOOKING' });
      expect(dataOf('booking.created')).toMatchObject({
        id: booking.id,
        status: 'CONFIRMED',
        startTime: booking.startTime,
        contactId: dataOf('contact.created')['id'],
        host: { id: owner.id, email: owner.email },
      });
      expect(dataOf('booking.cancelled')).toMatchObject({
        id: booking.id,
        cancelReason: 'Just trying',
        cancelledBy: 'HOST',
      });

      await attempted(id, 3);
      const log = await deliveries(id, '--status', 'succeeded');
      expect(log).toHaveLength(3);
      expect(log[0]).toMatchObject({ event: 'booking.cancelled', attempts: 1, log: [{ statusCode: 200 }] });
      expect(await deliveries(id, '--limit', '1')).toHaveLength(1);
      expect(JSON.stringify(await list())).not.toContain('whsec_');
    },
    MINUTES,
  );

  it(
    'come again after a failure, and both attempts are in the log',
    async () => {
      const { id, secret } = await create('booking.created');
      receiver.behave(inTurn(answers(500, 'oh no', inAnHour), answers(204)));
      await bookSomething();
      await attempted(id, 1);
      const [failed] = await deliveries(id);
      expect(failed).toMatchObject({
        status: 'PENDING',
        attempts: 1,
        lastError: 'The receiver answered 500',
        nextAttemptAt: expect.any(String),
        log: [{ statusCode: 500, response: 'oh no' }],
      });
      expect((await list())[0]!.failingSince).not.toBeNull();

      await linktime.query('update webhook_deliveries set next_attempt_at = now()'); // an hour later
      await attempted(id, 2);
      const [first, second] = receiver.requests.map((request) => verified(request, secret));
      expect(second).toEqual(first);
      const [delivered] = await deliveries(id, '--status', 'succeeded');
      expect(delivered).toMatchObject({
        attempts: 2,
        nextAttemptAt: null,
        log: [{ statusCode: 500 }, { statusCode: 204 }],
      });
      expect((await list())[0]!.failingSince).toBeNull();
    },
    MINUTES,
  );

  it(
    'are sent on request: an example, one again, and signed with both secrets while they rotate',
    async () => {
      const { id, secret } = await create('booking.created');
      const example = await json<WebhookDeliveryView>('test', id, '--event', 'contact.created');
      expect(example).toMatchObject({
        endpointId: id,
        event: 'contact.created',
        isTest: true,
      });
      const [sent] = await received(1);
      expect(verified(sent!, secret)).toMatchObject({ id: example.eventId, event: 'contact.created' });

      const rotated = await json<NewEndpoint>('rotate', id);
      expect(rotated).toMatchObject({ id, previousSecretUntil: expect.any(String) });
      expect(rotated.secret).not.toBe(secret);
      await json('redeliver', example.id);
      const [, again] = await received(2);
      for (const each of [secret, rotated.secret])
        expect(verified(again!, each)).toMatchObject({ id: example.eventId });
    },
    MINUTES,
  );

  it(
    'are kept from a disabled endpoint, and recovered once it is enabled',
    async () => {
      const { id } = await create('booking.created');
      const since = new Date().toISOString();
      expect(await json('disable', id)).toMatchObject({ id, state: 'DISABLED', disabledReason: 'OWNER' });
      expect(await cli('test', id)).toEqual({
        code: 1,
        stdout: '',
        stderr: 'The webhook endpoint is disabled, enable it first.\n',
      });
      const booking = await bookSomething();
      await eventually(async () => {
        const published = await linktime.query('select from published_events where body like $1', [
          `%booking.created%${booking.id}%`,
        ]);
        return published.length === 1;
      });
      expect(await json('enable', id)).toMatchObject({ id, state: 'ENABLED', disabledReason: null });
      expect(await deliveries(id)).toEqual([]);

      expect(await json('recover', id, '--since', since)).toEqual({ recovered: 1 });
      const [request] = await received(1);
      expect(JSON.parse(request!.body)).toMatchObject({ event: 'booking.created', data: { id: booking.id } });
    },
    MINUTES,
  );

  it(
    'end at once when the receiver says 410, and follow no redirect',
    async () => {
      const elsewhere = await Receiver.open(answers(200));
      try {
        const { id } = await create('booking.created');
        receiver.behave(inTurn(answers(307, '', { Location: elsewhere.url, ...inAnHour }), answers(410)));
        await json('test', id);
        await attempted(id, 1);
        const [redirected] = await deliveries(id);
        expect(redirected!.lastError).toBe('The receiver answered 307, and redirects are not followed');
        await json('test', id);
        await attempted(id, 2);
        expect(await list()).toMatchObject([{ state: 'DISABLED', disabledReason: 'GONE' }]);
        expect(elsewhere.requests).toEqual([]);
      } finally {
        await elsewhere.close();
      }
    },
    MINUTES,
  );

  it(
    'are described to people, and refused in one sentence where something is wrong',
    async () => {
      const { stdout } = await cli(
        ...['create', '--user', owner.email, '--url', receiver.url, '--events', 'booking.created'],
      );
      expect(stdout).toMatch(/^id: +/);
      expect(stdout).toContain('Keep the secret now: it cannot be shown again.');
      expect((await cli('list', '--user', owner.email)).stdout).toMatch(/^id +url +events +state/);

      const refused = async (sentence: string, ...args: string[]) =>
        expect(await cli(...args)).toEqual({ code: 1, stdout: '', stderr: `${sentence}\n` });
      const endpoint = ['create', '--user', owner.email, '--url', 'ftp://example.com', '--events', 'x'];
      await refused(
        'Invalid data (url: Only https URLs can be used; events: events must be among booking.created, booking.cancelled, booking.rescheduled, payment.received, contact.created).',
        ...endpoint,
      );
      await refused('User not found.', 'list', '--user', 'nobody@example.com');
      await refused('Webhook endpoint not found.', 'deliveries', unknown);
      await refused('Webhook endpoint not found.', 'test', 'nonsense');
      await refused('Webhook delivery not found.', 'redeliver', unknown);
      expect((await cli('deliveries', unknown, '--limit', '0')).stderr).toContain('--limit');
      expect((await cli('deliveries', unknown, '--status', 'lost')).stderr).toContain(
        'pending, succeeded, failed',
      );
    },
    MINUTES,
  );
});
