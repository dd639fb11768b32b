import { Duration } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhooks } from '../../../test/support/webhooks.js';
import type { ClaimedDelivery, EndedAttempt, WebhookAttempt } from '../ports.js';

describe('Deliveries of webhooks', () => {
  let webhooks: Webhooks;
  let ownerId: string;
  beforeAll(async () => {
    webhooks = await Webhooks.open();
  });
  afterAll(() => webhooks.close());
  beforeEach(async () => {
    ownerId = await webhooks.addOwner();
  });

  const eventIds = async (endpointId: string) =>
    (await webhooks.deliveriesTo(endpointId)).map(({ eventId }) => eventId);
  const claim = async (id: string) =>
    (await webhooks.unitOfWork.run(() => webhooks.deliveries.claim([id])))[0] ?? null;
  const attempt = (error: string | null = null): WebhookAttempt => ({
    startedAt: webhooks.clock.now(),
    tookMs: 12,
    statusCode: error ? 500 : 200,
    response: 'thanks',
    error,
  });
  const record = async (ended: EndedAttempt) =>
    (await webhooks.unitOfWork.run(() => webhooks.deliveries.record([ended]))).has(ended.claim.id);
  const succeed = (claim: ClaimedDelivery) =>
    record({ claim, attempt: attempt(), outcome: { kind: 'succeeded' }, goesOn: false });
  const fail = (claim: ClaimedDelivery) =>
    record({ claim, attempt: attempt('No'), outcome: { kind: 'retry', afterSeconds: 300 }, goesOn: false });
  const endClaim = (id: string) =>
    webhooks.query(`update webhook_deliveries set busy_until = now() where id = $1`, [id]);
  const onlyDelivery = async () => {
    const { id: endpointId } = await webhooks.addEndpoint(ownerId);
    await webhooks.publish(ownerId);
    return (await webhooks.deliveriesTo(endpointId))[0]!;
  };

  describe('are owed', () => {
    it("to each enabled endpoint of the event's owner that listens for it, and to no other", async () => {
      const { id: bookings } = await webhooks.addEndpoint(ownerId, { events: ['booking.created'] });
      const { id: contacts } = await webhooks.addEndpoint(ownerId, { events: ['contact.created'] });
      const { id: disabled } = await webhooks.addEndpoint(ownerId);
      await webhooks.switchEndpoint.execute({ endpointId: disabled, to: 'disabled' });
      const { id: strangers } = await webhooks.addEndpoint(await webhooks.addOwner());

      const booked = await webhooks.publish(ownerId, 'booking.created');
      const known = await webhooks.publish(ownerId, 'contact.created');
      expect(await eventIds(bookings)).toEqual([booked]);
      expect(await eventIds(contacts)).toEqual([known]);
      expect(await eventIds(disabled)).toEqual([]);
      expect(await eventIds(strangers)).toEqual([]);
    });

    it('for one event type only where that is asked for; events about none are not left out', async () => {
      const eventTypeId = await webhooks.addEventType(ownerId);
      const { id } = await webhooks.addEndpoint(ownerId, { eventTypeId });
      const booked = await webhooks.publish(ownerId, 'booking.created', eventTypeId);
      await webhooks.publish(ownerId, 'booking.created', webhooks.ids.next());
      const known = await webhooks.publish(ownerId, 'contact.created');
      expect(await eventIds(id)).toEqual([booked, known]);
    });

    it('once, however often they are asked for', async () => {
      const { id } = await webhooks.addEndpoint(ownerId);
      const eventId = await webhooks.publish(ownerId);
      const again = () => webhooks.unitOfWork.run(() => webhooks.deliveries.fanOut([eventId]));
      await Promise.all([again(), again(), again()]);
      expect(await webhooks.deliveriesTo(id)).toHaveLength(1);
    });
  });

  describe('are claimed', () => {
    it('by one of six who try at once, and by another when that one has taken too long', async () => {
      const { id, eventId } = await onlyDelivery();
      const claims = await Promise.all(Array.from({ length: 6 }, () => claim(id)));
      expect(claims.filter(Boolean)).toEqual([
        expect.objectContaining({ id, eventId, eventName: 'booking.created', attempts: 0, turn: 1 }),
      ]);
      expect(await claim(id)).toBeNull();

      await endClaim(id);
      expect(await claim(id)).toMatchObject({ turn: 2 });
    });

    it('with the text that was published, to the byte', async () => {
      const { id, eventId } = await onlyDelivery();
      const [{ body }] = (await webhooks.query('select body from published_events where id = $1', [
        eventId,
      ])) as [{ body: string }];
      expect(await claim(id)).toMatchObject({ body });
    });

    it('not before they are due, and not once they are done with', async () => {
      const { id, endpointId } = await onlyDelivery();
      await fail((await claim(id))!);
      expect(await claim(id)).toBeNull();
      await webhooks.letBeDue(endpointId);
      await succeed((await claim(id))!);
      expect(await claim(id)).toBeNull();
      expect(await claim('nonsense')).toBeNull();
      expect(await claim(webhooks.ids.next())).toBeNull();
    });
  });

  describe('are recorded', () => {
    it('with each attempt, and put off by the time the schedule says', async () => {
      const { id, endpointId } = await onlyDelivery();
      await fail((await claim(id))!);
      const [failed] = await webhooks.deliveriesTo(endpointId);
      expect(failed).toMatchObject({ status: 'PENDING', attempts: 1, lastError: 'No' });
      expect(Math.round(failed!.seconds)).toBe(300);

      await webhooks.letBeDue(endpointId);
      expect(await succeed((await claim(id))!)).toBe(true);
      const [delivered] = await webhooks.deliveriesTo(endpointId);
      expect(delivered).toMatchObject({ status: 'SUCCEEDED', attempts: 2, lastError: null });
      const attempts = await webhooks.query(
        'select status_code, took_ms, response, error from webhook_attempts where delivery_id = $1 order by id',
        [id],
      );
      expect(attempts).toEqual([
        { status_code: 500, took_ms: 12, response: 'thanks', error: 'No' },
        { status_code: 200, took_ms: 12, response: 'thanks', error: null },
      ]);
    });

    it('by whoever claimed last: one who was too slow changes nothing', async () => {
      const { id, endpointId } = await onlyDelivery();
      const slow = (await claim(id))!;
      await endClaim(id);
      const quick = (await claim(id))!;

      expect(await fail(slow)).toBe(false);
      expect(await succeed(quick)).toBe(true);
      expect(await fail(slow)).toBe(false);
      expect(await webhooks.deliveriesTo(endpointId)).toMatchObject([{ status: 'SUCCEEDED', attempts: 1 }]);
      expect(await webhooks.query('select from webhook_attempts where delivery_id = $1', [id])).toHaveLength(
        1,
      );
    });

    it('not by one whose delivery was begun anew meanwhile', async () => {
      const { id, endpointId } = await onlyDelivery();
      const claimed = (await claim(id))!;
      await webhooks.redeliver.execute({ deliveryId: id });
      expect(await fail(claimed)).toBe(false);
      expect(await webhooks.deliveriesTo(endpointId)).toMatchObject([
        { status: 'PENDING', attempts: 0, lastError: null },
      ]);
    });
  });

  it('are given up when their endpoint is disabled, but for one that is under way', async () => {
    const { id: endpointId } = await webhooks.addEndpoint(ownerId);
    await webhooks.publish(ownerId);
    await webhooks.publish(ownerId);
    const [first] = await webhooks.deliveriesTo(endpointId);
    const underWay = (await claim(first!.id))!;

    await webhooks.switchEndpoint.execute({ endpointId, to: 'disabled' });
    expect(await webhooks.deliveriesTo(endpointId)).toMatchObject([
      { status: 'PENDING' },
      { status: 'FAILED', lastError: 'The endpoint was disabled by its owner' },
    ]);
    expect(await succeed(underWay)).toBe(true);
  });

  describe('are recovered', () => {
    it('if they failed, wait or were missed since that time, in the order of the events; not if they were received', async () => {
      const { id: endpointId } = await webhooks.addEndpoint(ownerId);
      const names = ['before', 'received', 'failed', 'waiting', 'missed'] as const;
      const ids = {} as Record<(typeof names)[number], string>;
      ids.before = await webhooks.publish(ownerId);
      webhooks.clock.advance(Duration.ofMinutes(1));
      const since = webhooks.clock.now();
      for (const name of ['received', 'failed', 'waiting'] as const)
        ids[name] = await webhooks.publish(ownerId);
      const [, received, failed, waiting] = await webhooks.deliveriesTo(endpointId);
      await succeed((await claim(received!.id))!);
      await fail((await claim(waiting!.id))!);
      await webhooks.query(`update webhook_deliveries set status = 'FAILED', attempts = 10 where id = $1`, [
        failed!.id,
      ]);
      await webhooks.query(`update webhook_deliveries set status = 'FAILED' where event_id = $1`, [
        ids.before,
      ]);
      await webhooks.switchEndpoint.execute({ endpointId, to: 'disabled' });
      ids.missed = await webhooks.publish(ownerId);
      await webhooks.publish(ownerId, 'booking.cancelled'); // not listened for
      await webhooks.switchEndpoint.execute({ endpointId, to: 'enabled' });

      expect(await webhooks.recover.execute({ endpointId, since })).toBe(3);
      expect(await webhooks.deliveriesTo(endpointId)).toMatchObject([
        { eventId: ids.before, status: 'FAILED' },
        { eventId: ids.received, status: 'SUCCEEDED' },
        ...['failed', 'waiting', 'missed'].map((name) => ({
          eventId: ids[name as 'failed'],
          status: 'PENDING',
          attempts: 0,
          lastError: null,
        })),
      ]);
      const rung = await webhooks.due.takeDue(100);
      const inOrder = (await webhooks.deliveriesTo(endpointId)).slice(2).map(({ id }) => id);
      expect(rung.map(({ id }) => id).filter((id) => inOrder.includes(id))).toEqual(inOrder);
    });

    it('all of them, however many', async () => {
      const { id: endpointId } = await webhooks.addEndpoint(ownerId);
      await webhooks.query(
        `insert into published_events (id, owner_id, name, body, is_test, published_at)
         select $1 || n, $2, 'booking.created', '{}', false, $3 from generate_series(1, 4001) n`,
        [`evt_${ownerId}_`, ownerId, webhooks.clock.now().toString()],
      );
      const recover = () => webhooks.recover.execute({ endpointId, since: webhooks.clock.now() });
      expect(await recover()).toBe(4_001);
      expect(await webhooks.deliveriesTo(endpointId)).toHaveLength(4_001);
      expect(await recover()).toBe(4_001);
    });

    it('without test events, and without what is under way', async () => {
      const { id: endpointId } = await webhooks.addEndpoint(ownerId);
      const since = webhooks.clock.now();
      const testDelivery = await webhooks.sendTestEvent.execute({ endpointId, eventName: null });
      await fail((await claim(testDelivery))!);
      await webhooks.publish(ownerId);
      const [, underWay] = await webhooks.deliveriesTo(endpointId);
      const claimed = (await claim(underWay!.id))!;

      expect(await webhooks.recover.execute({ endpointId, since })).toBe(0);
      expect(await succeed(claimed)).toBe(true);
    });
  });
});
