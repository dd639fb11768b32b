import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { Webhooks } from '../../../test/support/webhooks.js';
import type { Job } from '../../kernel/job-queue.js';

const HEALTHY = 8;

describe('Deliveries that are due', () => {
  let webhooks: Webhooks;
  beforeAll(async () => {
    webhooks = await Webhooks.open();
  });
  afterAll(() => webhooks.close());
  beforeEach(() => webhooks.query('delete from webhook_endpoints'));

  const take = async (limit = 100) => (await webhooks.due.takeDue(limit)).map(({ id }) => id);
  const claim = async (id: string) =>
    (await webhooks.unitOfWork.run(() => webhooks.deliveries.claim([id])))[0] ?? null;
  const endLease = (ids: readonly string[]) =>
    webhooks.query('update webhook_deliveries set busy_until = now() where id = any($1)', [ids]);
  /** An endpoint of an owner of its own that is owed so many deliveries. */
  const endpointOwed = async (count: number) => {
    const owner = await webhooks.addOwner();
    const { id } = await webhooks.addEndpoint(owner);
    await webhooks.query(
      `with p as (
         insert into published_events (id, owner_id, name, body, is_test, published_at)
         select $1 || n, $2::uuid, 'booking.created', '{}', false, now() from generate_series(1, $3::int) n returning id, position)
       insert into webhook_deliveries (id, event_id, endpoint_id, status, next_attempt_at, created_at)
       select gen_random_uuid(), id, $4, 'PENDING', now() - interval '1 hour' + position * interval '1 ms', now() from p`,
      [`evt_${id}_`, owner, count, id],
    );
    return { id, ids: (await webhooks.deliveriesTo(id)).map((delivery) => delivery.id) };
  };
  const done = (ids: readonly string[]) =>
    webhooks.query(
      `update webhook_deliveries set status = 'SUCCEEDED', busy_until = null, under_way = false where id = any($1)`,
      [ids],
    );

  it('are none where nothing is owed', async () => {
    expect(await take()).toEqual([]);
  });

  it('are rung for once, and again when the ring was lost', async () => {
    const { ids } = await endpointOwed(2);
    expect(await take()).toEqual(ids);
    expect(await take()).toEqual([]);
    await endLease([ids[0]!]);
    expect(await take()).toEqual([ids[0]]);
  });

  it('are rung for again when whoever claimed one has gone silent, and can then be claimed', async () => {
    const { ids } = await endpointOwed(1);
    await take();
    await claim(ids[0]!);
    expect(await take()).toEqual([]);
    await endLease(ids);
    expect(await take()).toEqual(ids);
    expect(await claim(ids[0]!)).toMatchObject({ turn: 2 });
  });

  it('are at most eight of an endpoint at a time, whether rung for or under way', async () => {
    const { ids } = await endpointOwed(20);
    expect(await take()).toEqual(ids.slice(0, HEALTHY));
    for (const id of ids.slice(0, 3)) await claim(id);
    expect(await take()).toEqual([]);
    await done(ids.slice(0, 2));
    expect(await take()).toEqual(ids.slice(HEALTHY, HEALTHY + 2));
  });

  it('are one at a time of an endpoint that fails', async () => {
    const { id, ids } = await endpointOwed(20);
    await webhooks.query('update webhook_endpoints set failing_since = now() where id = $1', [id]);
    expect(await take()).toEqual(ids.slice(0, 1));
    expect(await take()).toEqual([]);
    await done(ids.slice(0, 1));
    expect(await take()).toEqual(ids.slice(1, 2));
  });

  it('are of all endpoints in turn, however many one of them is owed', async () => {
    const [many, few, one] = [await endpointOwed(1_000), await endpointOwed(2), await endpointOwed(1)];
    const taken = await take(6);
    expect(new Set(taken.slice(0, 3))).toEqual(new Set([many.ids[0], few.ids[0], one.ids[0]]));
    expect(taken.slice(3)).toEqual([many.ids[1], few.ids[1], many.ids[2]]);
  });

  it('are first of those endpoints that are owed least, and no more than forty wait for a worker', async () => {
    for (let count = 0; count < 10; count += 1) await endpointOwed(8);
    const late = await endpointOwed(1);
    const taken = await take(1);
    expect(taken).toEqual(late.ids);
    expect(await take()).toHaveLength(39);
    expect(await take()).toEqual([]);
    await claim(late.ids[0]!);
    expect(await take()).toHaveLength(1);
  });

  it('are taken by one of several relays that look at once, and are no more for it', async () => {
    const { ids } = await endpointOwed(100);
    for (let round = 1; round <= 5; round += 1) {
      const taken = (await Promise.all(Array.from({ length: 6 }, () => take()))).flat();
      expect(new Set(taken).size).toBe(taken.length);
      expect(taken).toEqual(ids.slice((round - 1) * HEALTHY, round * HEALTHY));
      await done(taken);
    }
  });

  it('are no more of an endpoint when one that is due for longer turns up while another relay looks', async () => {
    const { ids } = await endpointOwed(HEALTHY + 1);
    const [late, ...others] = ids;
    const letBeDue = (when: string) =>
      webhooks.query(`update webhook_deliveries set next_attempt_at = now() + $2::interval where id = $1`, [
        late,
        when,
      ]);
    await letBeDue('1 day');
    let second: Promise<Job[]>;
    await webhooks.unitOfWork.run(async () => {
      expect(await take()).toEqual(others);
      await letBeDue('-1 day');
      second = webhooks.elsewhere().due.takeDue(10);
      await eventually(async () => {
        const waiting = await webhooks.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
    });
    expect(await second!).toEqual([]);
  });

  it('are due at once when nobody could be rung, but for those under way by then', async () => {
    const { ids } = await endpointOwed(2);
    const jobs = await webhooks.due.takeDue(10);
    await claim(ids[0]!);
    await webhooks.due.giveBack(jobs);
    expect(await take()).toEqual([ids[1]]);
  });

  it('are taken although somebody holds their endpoint', async () => {
    const { id, ids } = await endpointOwed(1);
    await webhooks.unitOfWork.run(async () => {
      await webhooks.endpoints.find(id);
      expect(await webhooks.elsewhere().due.takeDue(10)).toEqual([{ name: 'deliver-webhook', id: ids[0] }]);
    });
  });

  it('are found without reading the twenty thousand that an endpoint is owed', async () => {
    await endpointOwed(20_000);
    const rowsRead = async () => {
      const [row] = await webhooks.session.query<{ read: string }>(
        `select seq_tup_read + coalesce(idx_tup_fetch, 0) as read
         from pg_stat_xact_user_tables where relname = 'webhook_deliveries'`,
      );
      return Number(row!.read);
    };
    await webhooks.unitOfWork.run(async () => {
      const before = await rowsRead();
      expect(await take()).toHaveLength(HEALTHY);
      expect((await rowsRead()) - before).toBeLessThan(100);
    });
  });

  it('are forgotten with their events after thirty days, but for the newest event of an owner, which readers go on from', async () => {
    const { id, ids } = await endpointOwed(2_500);
    await webhooks.query(
      `insert into webhook_attempts (delivery_id, started_at, took_ms) select unnest($1::uuid[]), now(), 1`,
      [ids],
    );
    await webhooks.query(
      `update published_events p set published_at = now() - interval '30 days 1 minute'
       where id in (select event_id from webhook_deliveries where id = any($1))`,
      [ids],
    );
    await webhooks.due.prune();
    const left = (await webhooks.deliveriesTo(id)).map((delivery) => delivery.id);
    const newest = await webhooks.query<{ id: string }>(
      `select d.id from webhook_deliveries d join published_events p on p.id = d.event_id
       where d.endpoint_id = $1 order by p.position desc limit 1`,
      [id],
    );
    expect(left).toEqual(newest.map((delivery) => delivery.id));
    expect(
      await webhooks.query('select from webhook_attempts where delivery_id = any($1)', [ids]),
    ).toHaveLength(1);
  });
});
