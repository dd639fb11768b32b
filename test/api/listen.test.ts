import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { book, inDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation } from '../support/installation.js';
import { expectPayload } from '../support/openapi.js';
import type { Offer, Owner } from '../support/owners.js';
import { answers, inTurn, neverAnswers, Receiver, resetsAfter } from '../support/receivers.js';
import { runCli, startCli, type RunningProcess } from '../support/server.js';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

describe('linktime listen', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let client: Client;
  let offer: Offer;
  let receiver: Receiver;
  let listener: RunningProcess | null;
  let count = 0;

  beforeAll(async () => {
    linktime = await Installation.production();
    [anyone] = await Promise.all([linktime.startClient(), linktime.startWorker()]);
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner);
  });
  afterAll(() => linktime.close());
  beforeEach(async () => {
    listener = null;
    receiver = await Receiver.open(answers(200));
  });
  afterEach(async () => {
    await listener?.kill();
    await receiver.close();
  });

  /** What has been printed so far, line by line. */
  const lines = () => listener!.logs().trimEnd().split('\n');
  const listen = async (...options: string[]) => {
    const args = ['listen', '--user', owner.email, '--forward-to', receiver.url, ...options];
    listener = await startCli(args, linktime.settings, /whsec_/);
  };
  /** Ctrl-C. Resolves with the exit status and the last line. */
  const interrupt = async () => {
    await listener!.kill('SIGINT');
    const last = await eventually(() => lines().find((line) => /^Events: |^\{"events":\d/.test(line)));
    return { code: listener!.process.exitCode, last };
  };
  const addContact = () =>
    client.post<{ id: string }>('/api/v1/contacts', {
      name: 'Ada',
      email: `heard-${(count += 1)}@example.com`,
    });
  const received = (requests: number) =>
    eventually(() => receiver.requests.length >= requests && receiver.requests.slice(0, requests));

  it('forwards what happens from now on, signed as webhooks are by the secret it prints', async () => {
    const { body: earlier } = await addContact();
    await eventually(async () =>
      (await linktime.query('select body from published_events')).some(({ body }) =>
        String(body).includes(earlier.id),
      ),
    );
    await listen();
    const secret = /whsec_\S+/.exec(listener!.logs())![0];
    const { id } = await book(anyone, offer, inDays(3, '10:00'), { inviteeEmail: 'listen@example.com' });

    const requests = await received(2);
    const events = requests.map(({ headers, body }) => {
      const name = String(headers['x-linktime-event']);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'user-agent': 'LinkTime-Webhook/1.0',
      });
      const event = expectPayload(name, body);
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event);
      expect(headers['webhook-id']).toBe(event.id);
      return event;
    });
    expect(events.map(({ event }) => event).toSorted()).toEqual(['booking.created', 'contact.created']);
    expect(events.find(({ event }) => event === 'booking.created')!.data['id']).toBe(id);

    const printed = await eventually(() => lines().length >= 5 && lines());
    for (const { id: eventId, event } of events) {
      expect(printed.find((line) => line.includes(eventId))).toMatch(
        new RegExp(`^${event} +${eventId}  200  \\d+ ms$`),
      );
    }
    expect(await interrupt()).toEqual({ code: 0, last: 'Events: 2, of which 2 succeeded and 0 failed.' });
    expect(receiver.requests).toHaveLength(2);
  });

  it('goes on whatever the target answers, if it answers at all', async () => {
    receiver.behave(
      inTurn(answers(500), resetsAfter(''), answers(302, '', { location: '/x' }), answers(204)),
    );
    await listen('--json', '--secret', SECRET);
    for (let n = 1; n <= 4; n += 1) {
      await addContact();
      await received(n); // one by one, so that the answers come in this order
    }

    const { code, last } = await interrupt();
    const values = lines().map((line) => JSON.parse(line) as Record<string, unknown>);
    const outcome = (status: number | null, fault: unknown = null) => ({
      event: 'contact.created',
      id: expect.stringMatching(/^evt_/),
      status,
      fault,
      ms: expect.any(Number),
    });
    expect(values).toEqual([
      { user: owner.email, events: expect.any(Array), forwardTo: receiver.url, secret: SECRET },
      outcome(500),
      outcome(null, 'The connection was closed before the answer was complete'),
      outcome(302),
      outcome(204),
      { events: 4, succeeded: 1, failed: 3 },
    ]);
    expect({ code, last }).toEqual({ code: 0, last: '{"events":4,"succeeded":1,"failed":3}' });
  });

  it('goes on while nobody listens at the target', async () => {
    await listen();
    await receiver.close();
    receiver = await Receiver.open(answers(200)); // elsewhere
    for (let n = 1; n <= 2; n += 1) {
      await addContact();
      await eventually(() => listener!.logs().split('Could not connect: ECONNREFUSED').length > n);
    }
    expect(await interrupt()).toEqual({ code: 0, last: 'Events: 2, of which 0 succeeded and 2 failed.' });
  });

  it('forwards only the events it is asked for', async () => {
    await listen('--events', 'booking.cancelled, contact.created', '--secret', SECRET);
    const { id } = await book(anyone, offer, inDays(4, '10:00'), { inviteeEmail: 'some@example.com' });
    await client.post(`/api/v1/bookings/${id}/cancel`);

    const names = (await received(2)).map(({ headers }) => headers['x-linktime-event']);
    expect(names.toSorted()).toEqual(['booking.cancelled', 'contact.created']);
  });

  it('ends at once, even while the target keeps it waiting', async () => {
    receiver.behave(neverAnswers);
    await listen();
    await addContact();
    await received(1);

    const begun = performance.now();
    expect(await interrupt()).toEqual({ code: 0, last: 'Events: 0, of which 0 succeeded and 0 failed.' });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('leaves webhook endpoints and deliveries alone', async () => {
    await listen();
    await addContact();
    await received(1);
    await interrupt();

    const [{ endpoints, deliveries }] = (await linktime.query(
      `select (select count(*)::int from webhook_endpoints) as endpoints,
         (select count(*)::int from webhook_deliveries) as deliveries`,
    )) as [{ endpoints: number; deliveries: number }];
    expect({ endpoints, deliveries }).toEqual({ endpoints: 0, deliveries: 0 });
  });

  it('says that there is no such user', async () => {
    const args = ['listen', '--user', 'nobody@example.com', '--forward-to', receiver.url];
    expect(await runCli(args, linktime.settings)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'User not found.\n',
    });
  });
});
