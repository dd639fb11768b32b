import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DomainEvent, OwedEvent } from '../../kernel/domain-event.js';
import { RandomIds } from '../../kernel/ids.js';
import { JobQueue, type Job } from '../../kernel/job-queue.js';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { DatabaseNotifications } from './notifications.js';
import { Outbox, OUTBOX_CHANNEL, outboxBacklog, OutboxTurns } from './outbox.js';
import { Relay } from './relay.js';
import { PostgresUnitOfWork, Session } from './session.js';
import { Sql } from './sql.js';

const ids = new RandomIds();

/** Remembers what it was rung for. */
class RecordingQueue extends JobQueue {
  readonly rung: Job[] = [];
  broken = false;

  async enqueue(jobs: readonly Job[]): Promise<void> {
    if (this.broken) throw new Error('The queue is away');
    this.rung.push(...jobs);
  }

  work(): void {}

  load(): Promise<never> {
    throw new Error('Nobody asks');
  }

  reopen(): void {}

  async close(): Promise<void> {}
}

describe('The outbox', () => {
  let database: TestDatabase;
  let ownerId: string;
  let outbox: Outbox;
  let turns: OutboxTurns;
  let unitOfWork: PostgresUnitOfWork;

  beforeAll(async () => {
    database = await testDatabase();
    const session = new Session(database.dataSource);
    unitOfWork = new PostgresUnitOfWork(session);
    outbox = new Outbox(session, ids);
    turns = new OutboxTurns(database.dataSource, session, unitOfWork);
    ownerId = ids.next();
    await database.dataSource.query(
      `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
       values ($1, 'a', 'A', 'a', 'UTC', 'PRO', now(), now())`,
      [ownerId],
    );
  });
  afterAll(() => database.drop());

  const contactCreated = (name = 'Ada'): DomainEvent => ({
    name: 'contact.created',
    ownerId,
    subjectId: ids.next(),
    occurredAt: Instant.parse('2026-02-01T08:00:00.123Z'),
    data: { id: ids.next(), name } as never,
  });
  const append = (...events: DomainEvent[]) => unitOfWork.run(async () => outbox.append(events));
  const rows = () => database.dataSource.query('select * from outbox order by position');
  const take = (id: string, { limit = 10, withLater = false } = {}) =>
    unitOfWork.run(() => outbox.take(id, limit, withLater));
  const waits = async () =>
    (
      await database.dataSource.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    ).length > 0;
  const settle = (id: string) => unitOfWork.run(() => outbox.settle([id]));
  const takeDue = async (limit: number) => (await turns.takeDue(limit)).map(({ id }) => id);
  const endLease = (id: string) =>
    database.dataSource.query('update outbox set next_attempt_at = now() where id = $1', [id]);
  const settleAll = async () => {
    for (const { id } of await rows()) await settle(id);
  };

  it('gives an event back as it was stored', async () => {
    const event = contactCreated();
    await append(event);
    const [{ id }] = (await rows()).slice(-1);

    expect(id).toMatch(/^evt_/);
    expect(await take(id)).toEqual([{ id, event }]);
    await settleAll();
    expect(await take(id)).toEqual([]);
  });

  it('keeps nothing of a unit of work that failed', async () => {
    const before = (await rows()).length;
    const failing = unitOfWork.run(async () => {
      outbox.append([contactCreated()]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await rows()).toHaveLength(before);
  });

  it('cannot be written to outside a unit of work', async () => {
    expect(() => outbox.append([contactCreated()])).toThrow('UnitOfWork.run');
  });

  it('rings for the first of what an owner is owed, whichever relay looks, and for the next when that is done', async () => {
    await append(contactCreated('1'), contactCreated('2'), contactCreated('3'));
    const [first, second] = (await rows()).slice(-3).map(({ id }: { id: string }) => id);
    expect((await Promise.all([takeDue(2), takeDue(2)])).flat()).toEqual([first]);
    expect(await takeDue(10)).toEqual([]);

    await settle(first);
    expect(await takeDue(10)).toEqual([second]);
    await endLease(second);
    expect(await takeDue(10)).toEqual([second]);
    await settleAll();
    await endLease(second);
    expect(await takeDue(10)).toEqual([]);
  });

  it('rings for what else an owner is owed when nobody has come for a second, as that ring may have been lost', async () => {
    await append(contactCreated('1'), contactCreated('2'), contactCreated('3'));
    const [first, second] = (await rows()).slice(-3).map(({ id }: { id: string }) => id);
    const letPass = (id: string, milliseconds: number) =>
      database.dataSource.query(
        `update outbox set next_attempt_at = next_attempt_at - $2 * interval '1 ms' where id = $1`,
        [id, milliseconds],
      );
    expect(await takeDue(10)).toEqual([first]);
    await letPass(first, 1_001);
    expect(await takeDue(10)).toEqual([second]);
    expect(await takeDue(10)).toEqual([]);
    await settleAll();
  });

  it('puts an event whose work failed off for longer each time, an hour at most, and remembers why', async () => {
    await append(contactCreated());
    const [{ id }] = (await rows()).slice(-1);
    const waits: number[] = [];
    for (const attempts of [1, 2, 5, 12, 1_000_000]) {
      await database.dataSource.query('update outbox set attempts = $2 where id = $1', [id, attempts]);
      await turns.putOff(id, `failed ${attempts}`);
      const [row] = await database.dataSource.query(
        'select last_error, extract(epoch from next_attempt_at - now())::float8 as wait from outbox where id = $1',
        [id],
      );
      expect(row.last_error).toBe(`failed ${attempts}`);
      waits.push(Math.ceil(row.wait));
    }
    expect(waits).toEqual([2, 4, 32, 3_600, 3_600]);
    await settleAll();
  });

  it('gives an event together with what its owner is owed from before, if wished also from later, in order', async () => {
    await append(contactCreated('1'), contactCreated('2'), contactCreated('3'));
    const [first, second, third] = (await rows()).slice(-3).map(({ id }: { id: string }) => id);
    const idsOf = async (id: string, terms?: Parameters<typeof take>[1]) =>
      (await take(id, terms)).map((owed) => owed.id);
    expect(await idsOf(second)).toEqual([first, second]);
    expect(await idsOf(third, { limit: 2 })).toEqual([first, second]);
    expect(await idsOf(first, { withLater: true })).toEqual([first, second, third]);

    await turns.putOff(first, 'cannot be handled');
    expect(await idsOf(third)).toEqual([second, third]);
    expect(await idsOf(second, { withLater: true })).toEqual([second, third]);
    expect(await idsOf(first)).toEqual([first]);
    await settleAll();
  });

  it('is not handed to two at once: who comes second waits, and finds the work done', async () => {
    await append(contactCreated());
    const [{ id }] = (await rows()).slice(-1);
    let other: Promise<OwedEvent[]> = Promise.resolve([]);
    await unitOfWork.run(async () => {
      expect(await outbox.take(id, 10, false)).toHaveLength(1);
      const session = new Session(database.dataSource);
      const another = new Outbox(session, ids);
      other = new PostgresUnitOfWork(session).run(() => another.take(id, 10, false));
      await eventually(waits);
      await outbox.settle([id]);
    });
    expect(await other).toEqual([]);
  });

  it('tells how much is owed, and for how long', async () => {
    await append(contactCreated());
    const { owed, oldestSeconds } = await outboxBacklog(new Sql(database.dataSource));
    expect(owed).toBe(1);
    expect(oldestSeconds).toBeGreaterThan(1_000);
    await settleAll();
    expect(await outboxBacklog(new Sql(database.dataSource))).toEqual({ owed: 0, oldestSeconds: 0 });
  });

  it('has sixteen events rung for at most, and first for those who are owed least', async () => {
    const owners = Array.from({ length: 20 }, () => ids.next());
    for (const [place, id] of owners.entries()) {
      await database.dataSource.query(
        `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
         values ($1, $2, 'B', $2, 'UTC', 'PRO', now(), now())`,
        [id, `b${place}`],
      );
      const count = place === 19 ? 1 : 2;
      await append(...Array.from({ length: count }, () => ({ ...contactCreated(), ownerId: id })));
    }
    const all = await rows();
    const ownersOf = (jobs: readonly string[]) =>
      jobs.map((job) => all.find(({ id }: { id: string }) => id === job).owner_id);
    const taken = await takeDue(10);
    expect(ownersOf(taken)).toContain(owners[19]);
    const further = await takeDue(10);
    expect(new Set(ownersOf([...taken, ...further])).size).toBe(16);
    expect([...taken, ...further]).toHaveLength(16);

    await settle(taken[0]!);
    expect(await takeDue(10)).toHaveLength(1);
    await turns.putOff(taken[1]!, 'Oh no'); // and counts no more
    expect(await takeDue(10)).toHaveLength(1);
    await settleAll();
  });

  it('forgets what was done long ago and what was answered yesterday, and nothing else', async () => {
    await append(contactCreated('old'), contactCreated('new'), contactCreated('owed'));
    const [old, recent, owed] = (await rows()).slice(-3).map(({ id }: { id: string }) => id);
    await settle(recent);
    await database.dataSource.query(
      `update outbox set handled_at = now() - interval '31 days' where id = $1`,
      [old],
    );
    await database.dataSource.query(
      `insert into idempotency_keys (scope, key, fingerprint, body, created_at)
       values ('s', 'old', '', '', now() - interval '25 hours'), ('s', 'new', '', '', now())`,
    );
    await turns.prune();

    const left = (await rows()).map(({ id }: { id: string }) => id);
    expect(left).not.toContain(old);
    expect(left).toEqual(expect.arrayContaining([recent, owed]));
    expect(await database.dataSource.query('select key from idempotency_keys')).toEqual([{ key: 'new' }]);
    await settleAll();
  });

  it('rings for events as soon as they are committed, and for those whose ring was lost once the queue is back', async () => {
    const queue = new RecordingQueue();
    const faults: unknown[] = [];
    const relay = new Relay(turns, queue, (error) => faults.push(error));
    const notifications = new DatabaseNotifications(database.url);
    notifications.on(OUTBOX_CHANNEL, () => relay.wake());
    relay.start();
    await notifications.start();
    try {
      await append(contactCreated());
      const [{ id }] = (await rows()).slice(-1);
      await eventually(() => queue.rung.some((job) => job.id === id));

      queue.broken = true;
      await append(contactCreated());
      const [{ id: lost }] = (await rows()).slice(-1);
      await eventually(() => faults.length > 0);
      queue.broken = false;
      await eventually(() => queue.rung.some((job) => job.id === lost));
    } finally {
      await relay.stop();
      await notifications.stop();
    }
  });
});
