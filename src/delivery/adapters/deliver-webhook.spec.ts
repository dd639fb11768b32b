import { Duration, Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { answers, Receiver, type Behaviour, type ReceivedRequest } from '../../../test/support/receivers.js';
import { Webhooks, type DeliveryRow } from '../../../test/support/webhooks.js';
import type { Attempted } from '../ports.js';

const ok = answers(200, 'thanks');
const broken = answers(500, 'oh no');

describe('A webhook that is due', () => {
  let webhooks: Webhooks;
  let receiver: Receiver;
  let ownerId: string;
  let endpointId: string;
  let secret: string;
  beforeAll(async () => {
    [webhooks, receiver] = await Promise.all([Webhooks.open(), Receiver.open(ok)]);
  });
  afterAll(async () => {
    await receiver.close();
    await webhooks.close();
  });
  beforeEach(async () => {
    webhooks.clock.set(Instant.ofEpochMilli(Date.now()));
    receiver.requests.length = 0;
    receiver.behave(ok);
    ownerId = await webhooks.addOwner();
    ({ id: endpointId, secret } = await webhooks.addEndpoint(ownerId, { url: receiver.url }));
  });

  const deliveries = () => webhooks.deliveriesTo(endpointId);
  const owedOne = async (): Promise<DeliveryRow> => {
    await webhooks.publish(ownerId);
    return (await deliveries()).at(-1)!;
  };
  const deliver = ({ id }: { id: string }) => webhooks.deliver(id);
  const attempts = ({ id }: { id: string }) =>
    webhooks.query(
      'select status_code, response, error from webhook_attempts where delivery_id = $1 order by id',
      [id],
    );
  const endpoint = async () =>
    (await webhooks.unitOfWork.run(() => webhooks.endpoints.read([endpointId])))[0]!.state;
  const verified = ({ body, headers }: ReceivedRequest, by = secret) =>
    new Webhook(by).verify(body, headers as Record<string, string>);
  /** One attempt at it, so long after the one before, with that answer. */
  const attempt = async (delivery: DeliveryRow, behaviour: Behaviour, after = Duration.ZERO) => {
    webhooks.clock.advance(after);
    receiver.behave(behaviour);
    await webhooks.letBeDue(endpointId);
    await deliver(delivery);
  };

  it('is posted as it was published, signed, with the headers of the contract', async () => {
    const delivery = await owedOne();
    await deliver(delivery);

    const [request] = receiver.requests;
    expect(receiver.requests).toHaveLength(1);
    expect(request).toMatchObject({
      method: 'POST',
      path: '/hook',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'LinkTime-Webhook/1.0',
        'x-linktime-event': 'booking.created',
        'webhook-id': delivery.eventId,
      },
    });
    expect(verified(request!)).toMatchObject({
      id: delivery.eventId,
      event: 'booking.created',
      data: { host: { id: ownerId } },
    });
    expect(await deliveries()).toMatchObject([{ status: 'SUCCEEDED', attempts: 1, lastError: null }]);
    expect(await attempts(delivery)).toEqual([{ status_code: 200, response: 'thanks', error: null }]);
  });

  it('is posted once by six workers that are rung at once, and never again', async () => {
    const delivery = await owedOne();
    await Promise.all(Array.from({ length: 6 }, () => deliver(delivery)));
    await deliver(delivery);
    expect(receiver.requests).toHaveLength(1);
  });

  it('takes what its endpoint is owed after it along, eight in a row at most', async () => {
    const owed: DeliveryRow[] = [];
    for (let count = 0; count < 10; count += 1) owed.push(await owedOne());
    const attempts = await deliver(owed[0]!);
    expect(attempts).toHaveLength(8);
    const posted = receiver.requests.map(({ headers }) => headers['webhook-id']);
    expect(posted).toEqual(owed.slice(0, 8).map(({ eventId }) => eventId));
    expect((await deliveries()).map(({ status }) => status)).toEqual([
      ...Array.from({ length: 8 }, () => 'SUCCEEDED'),
      ...['PENDING', 'PENDING'],
    ]);
  });

  it('takes nothing along when its receiver was slow, or failed', async () => {
    const [first, second] = [await owedOne(), await owedOne(), await owedOne()];
    receiver.behave((response, request) => setTimeout(() => ok(response, request), 260));
    expect(await deliver(first)).toMatchObject([{ outcome: 'succeeded' }]);
    receiver.behave(broken);
    expect(await deliver(second)).toMatchObject([{ outcome: 'retry' }]);
    expect(receiver.requests).toHaveLength(2);
  });

  it('is counted though one that it took along could not be recorded', async () => {
    const [first] = [await owedOne(), await owedOne()];
    receiver.behave(async (response, request) => {
      if (receiver.requests.length === 2)
        await webhooks.query('alter table webhook_attempts rename to attempts_away');
      ok(response, request);
    });
    const counted: Attempted[] = [];
    const work = webhooks.deliverWebhook.execute({ deliveryId: first.id }, (attempted) =>
      counted.push(attempted),
    );
    try {
      await expect(work).rejects.toThrow('webhook_attempts');
    } finally {
      await webhooks.query('alter table attempts_away rename to webhook_attempts');
    }
    expect(counted).toMatchObject([{ outcome: 'succeeded' }]);
  });

  it("is posted once where six workers at once take each other's along", async () => {
    const owed: DeliveryRow[] = [];
    for (let count = 0; count < 24; count += 1) owed.push(await owedOne());
    await Promise.all(owed.slice(0, 6).map(deliver));
    await Promise.all(owed.slice(6).map(deliver));
    const posted = receiver.requests.map(({ headers }) => headers['webhook-id']);
    expect(posted.sort()).toEqual(owed.map(({ eventId }) => eventId).sort());
  });

  it('is signed with both secrets while they rotate', async () => {
    const next = await webhooks.rotateSecret.execute({ endpointId });
    await deliver(await owedOne());
    for (const one of [secret, next]) expect(verified(receiver.requests[0]!, one)).toBeTruthy();
  });

  it('keeps its id over retries, each signed with its own time', async () => {
    const delivery = await owedOne();
    await attempt(delivery, broken);
    await attempt(delivery, ok, Duration.ofMinutes(2));
    const [first, second] = receiver.requests;
    expect(first!.headers['webhook-id']).toBe(second!.headers['webhook-id']);
    expect(first!.body).toBe(second!.body);
    const [before, after] = [first, second].map((request) => Number(request!.headers['webhook-timestamp']));
    expect(after! - before!).toBe(120);
    expect(verified(second!)).toBeTruthy();
    expect(await deliveries()).toMatchObject([{ status: 'SUCCEEDED', attempts: 2 }]);
    expect((await endpoint()).failingSince).toBeNull();
  });

  it('is tried ten times as the schedule says and has then failed', async () => {
    const delivery = await owedOne();
    const waits: number[] = [];
    for (let made = 1; made <= 10; made += 1) {
      await attempt(delivery, broken);
      const [{ status, seconds, attempts: count }] = (await deliveries()) as [DeliveryRow];
      expect({ status, count }).toEqual({ status: made < 10 ? 'PENDING' : 'FAILED', count: made });
      if (made < 10) waits.push(seconds);
    }
    const hours = [2, 5, 10, 14, 20, 24].map((hour) => hour * 3_600);
    for (const [place, scheduled] of [5, 300, 1_800, ...hours].entries()) {
      expect(waits[place]).toBeGreaterThan(scheduled * 0.9 - 1);
      expect(waits[place]).toBeLessThan(scheduled * 1.1);
    }
    expect(receiver.requests).toHaveLength(10);
  });

  it('waits for as long as its receiver asks', async () => {
    const delivery = await owedOne();
    await attempt(delivery, answers(429, '', { 'Retry-After': '600' }));
    const [{ seconds }] = (await deliveries()) as [DeliveryRow];
    expect(Math.round(seconds)).toBe(600);
  });

  it('goes nowhere else when it is redirected', async () => {
    const elsewhere = await Receiver.open(ok);
    try {
      const delivery = await owedOne();
      await attempt(delivery, answers(302, '', { Location: elsewhere.url }));
      expect(elsewhere.requests).toEqual([]);
      expect(await deliveries()).toMatchObject([
        { status: 'PENDING', lastError: 'The receiver answered 302, and redirects are not followed' },
      ]);
    } finally {
      await elsewhere.close();
    }
  });

  it('leaves two kilobytes of the answer in the log', async () => {
    const delivery = await owedOne();
    await attempt(delivery, answers(500, `\0${'x'.repeat(5_000)}`));
    const [{ response }] = (await attempts(delivery)) as [{ response: string }];
    expect(response.length).toBeLessThanOrEqual(2_048);
    expect(response).toMatch(/x{2000}$/);
  });

  it('fails in words when nobody answers', async () => {
    const { id } = await webhooks.addEndpoint(ownerId, { url: 'http://127.0.0.1:1/' });
    await webhooks.publish(ownerId);
    const [delivery] = await webhooks.deliveriesTo(id);
    await deliver(delivery!);
    expect(await attempts(delivery!)).toEqual([
      { status_code: null, response: null, error: expect.stringMatching(/^Could not connect/) },
    ]);
  });

  it('is the last when its receiver says 410, and those that wait are given up', async () => {
    const delivery = await owedOne();
    await owedOne();
    await attempt(delivery, answers(410));
    expect((await endpoint()).disabled).toEqual({ at: webhooks.clock.now(), reason: 'GONE' });
    expect(await deliveries()).toMatchObject([
      { status: 'FAILED', lastError: 'The receiver answered 410' },
      { status: 'FAILED', lastError: 'The endpoint was disabled, as the receiver answered 410' },
    ]);
    await owedOne();
    expect(await deliveries()).toHaveLength(2);
    expect(receiver.requests).toHaveLength(1);
  });

  it('is not sent any more when its endpoint was disabled meanwhile, nor is what waits behind it', async () => {
    const [delivery] = [await owedOne(), await owedOne()];
    await webhooks.query(
      `update webhook_endpoints set state = 'DISABLED', disabled_at = now(), disabled_reason = 'OWNER' where id = $1`,
      [endpointId],
    );
    await deliver(delivery);
    const givenUp = { status: 'FAILED', attempts: 0, lastError: 'The endpoint was disabled by its owner' };
    expect(await deliveries()).toMatchObject([givenUp, givenUp]);
    expect(receiver.requests).toEqual([]);
  });

  it('disables its endpoint after five days of nothing but failure, and its owner is mailed once', async () => {
    const mails = () =>
      webhooks.query<{ content: object }>(
        'select type, recipient, status, content from email_logs where owner_id = $1',
        [ownerId],
      );
    const [delivery, other] = [await owedOne(), await owedOne()];
    const since = webhooks.clock.now();
    await attempt(delivery, broken);
    expect((await endpoint()).failingSince).toEqual(since);
    await attempt(other, broken, Duration.ofDays(5).minusSeconds(1));
    expect(await mails()).toEqual([]);

    await attempt(other, broken, Duration.ofSeconds(1));
    expect((await endpoint()).disabled).toEqual({ at: since.plus(Duration.ofDays(5)), reason: 'FAILING' });
    expect((await deliveries()).map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
    expect(await mails()).toEqual([
      {
        type: 'WEBHOOK_DISABLED',
        recipient: `ann-${ownerId}@example.com`,
        status: 'QUEUED',
        content: expect.objectContaining({
          endpoint: { id: endpointId, url: receiver.url },
          since: since.toString(),
          lastError: 'The receiver answered 500',
        }),
      },
    ]);
  });

  it('lets a success between failures begin the five days anew', async () => {
    const [delivery, other] = [await owedOne(), await owedOne()];
    await attempt(delivery, broken);
    await attempt(other, ok, Duration.ofDays(4));
    await attempt(delivery, broken, Duration.ofDays(2));
    expect(await endpoint()).toMatchObject({ disabled: null, failingSince: webhooks.clock.now() });
  });
});

describe('Webhooks on request', () => {
  let webhooks: Webhooks;
  let receiver: Receiver;
  let ownerId: string;
  beforeAll(async () => {
    [webhooks, receiver] = await Promise.all([Webhooks.open(), Receiver.open(ok)]);
    ownerId = await webhooks.addOwner();
  });
  afterAll(async () => {
    await receiver.close();
    await webhooks.close();
  });

  const request = (endpointId: string, eventName: string | null = null) =>
    webhooks.sendTestEvent.execute({ endpointId, eventName });

  it('are made for URLs that may be asked and for event types of their owner only', async () => {
    await expect(webhooks.addEndpoint(ownerId, { url: 'ftp://example.com' })).rejects.toMatchObject({
      details: { url: 'Only https URLs can be used' },
    });
    const strangers = await webhooks.addEventType(await webhooks.addOwner());
    for (const eventTypeId of [strangers, webhooks.ids.next(), 'nonsense']) {
      await expect(webhooks.addEndpoint(ownerId, { eventTypeId })).rejects.toMatchObject({
        details: { eventTypeId: 'eventTypeId must be one of your event types' },
      });
    }
    const eventTypeId = await webhooks.addEventType(ownerId);
    const { id } = await webhooks.addEndpoint(ownerId, { eventTypeId });
    const state = (await webhooks.unitOfWork.run(() => webhooks.endpoints.read([id])))[0]!.state;
    expect(state).toMatchObject({ ownerId, eventTypeId, disabled: null, previousSecret: null });
  });

  it('send an example of an event to one endpoint and to no other', async () => {
    const { id, secret } = await webhooks.addEndpoint(ownerId, { url: receiver.url });
    const { id: other } = await webhooks.addEndpoint(ownerId, { url: receiver.url });
    for (const name of ['payment.received', null]) {
      await webhooks.deliver(await request(id, name));
    }
    const events = receiver.requests.map(({ body, headers }) =>
      new Webhook(secret).verify(body, headers as Record<string, string>),
    );
    expect(events).toMatchObject([{ event: 'payment.received' }, { event: 'booking.created' }]);
    expect(await webhooks.deliveriesTo(other)).toEqual([]);
    await expect(request(id, 'booking.moved')).rejects.toMatchObject({
      details: { event: expect.stringMatching(/^event must be one of booking.created, /) },
    });
  });

  it('send nothing to an endpoint that is disabled or unknown', async () => {
    const { id: endpointId } = await webhooks.addEndpoint(ownerId, { url: receiver.url });
    const deliveryId = await request(endpointId);
    await webhooks.switchEndpoint.execute({ endpointId, to: 'disabled' });
    const since = webhooks.clock.now();
    const disabled = 'The webhook endpoint is disabled, enable it first';
    await expect(request(endpointId)).rejects.toThrow(disabled);
    await expect(webhooks.redeliver.execute({ deliveryId })).rejects.toThrow(disabled);
    await expect(webhooks.recover.execute({ endpointId, since })).rejects.toThrow(disabled);

    for (const unknown of ['nonsense', webhooks.ids.next()]) {
      const command = { endpointId: unknown };
      const missing = 'Webhook endpoint not found';
      await expect(request(unknown)).rejects.toThrow(missing);
      await expect(webhooks.recover.execute({ ...command, since })).rejects.toThrow(missing);
      await expect(webhooks.rotateSecret.execute(command)).rejects.toThrow(missing);
      await expect(webhooks.switchEndpoint.execute({ ...command, to: 'enabled' })).rejects.toThrow(missing);
      await expect(webhooks.redeliver.execute({ deliveryId: unknown })).rejects.toThrow(
        'Webhook delivery not found',
      );
    }
  });
});
