import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { Webhooks } from '../../../test/support/webhooks.js';
import type { PublishedEvent } from '../ports.js';

describe('Events that the world is told of', () => {
  let webhooks: Webhooks;
  beforeAll(async () => {
    webhooks = await Webhooks.open();
  });
  afterAll(() => webhooks.close());

  const event = (id: string, ownerId: string): PublishedEvent => ({
    id,
    ownerId,
    name: 'contact.created',
    eventTypeId: null,
    body: '{"name":"Zoë  \\u0041"}',
    isTest: false,
    at: webhooks.clock.now(),
  });
  const idsOf = async (ownerId: string) =>
    (
      await webhooks.query<{ id: string }>(
        'select id from published_events where owner_id = $1 order by position',
        [ownerId],
      )
    ).map(({ id }) => id);

  it('are published one after another if they are of one owner, and those of another do not wait', async () => {
    const [ann, bob] = [await webhooks.addOwner(), await webhooks.addOwner()];
    const other = webhooks.elsewhere();
    const publish = (id: string, ownerId: string) =>
      other.unitOfWork.run(() => other.publishedEvents.publish([event(id, ownerId)]));
    let second: Promise<void>;
    await webhooks.unitOfWork.run(async () => {
      await webhooks.publishedEvents.publish([event('evt_1', ann)]);
      second = publish('evt_2', ann);
      await publish('evt_3', bob);
      await eventually(async () => {
        const waiting = await webhooks.query(
          `select from pg_locks l join pg_database d on d.oid = l.database
           where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
        );
        return waiting.length === 1;
      });
      expect(await idsOf(ann)).toEqual([]);
      expect(await idsOf(bob)).toEqual(['evt_3']);
    });
    await second!;
    expect(await idsOf(ann)).toEqual(['evt_1', 'evt_2']);
  });

  it('stay in the order in which they are published together', async () => {
    const ownerId = await webhooks.addOwner();
    const ids = ['evt_c', 'evt_a', 'evt_b'];
    await webhooks.unitOfWork.run(() =>
      webhooks.publishedEvents.publish(ids.map((id) => event(id, ownerId))),
    );
    expect(await idsOf(ownerId)).toEqual(ids);
  });

  it('stay as they were when they are published again', async () => {
    const ownerId = await webhooks.addOwner();
    const first = event('evt_4', ownerId);
    for (const body of [first.body, '{}']) {
      await webhooks.unitOfWork.run(() => webhooks.publishedEvents.publish([{ ...first, body }]));
    }
    expect(await webhooks.query(`select body from published_events where id = 'evt_4'`)).toEqual([
      { body: first.body },
    ]);
  });
});
