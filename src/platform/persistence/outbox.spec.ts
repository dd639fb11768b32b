import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DomainEvent } from '../../kernel/domain-event.js';
import { RandomIds } from '../../kernel/ids.js';
import { JobQueue, type Job } from '../../kernel/job-queue.js';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { DatabaseNotifications } from './notifications.js';
import { Outbox, OUTBOX_CHANNEL, OutboxTurns } from './outbox.js';
import { OutboxRelay } from './relay.js';
import { PostgresUnitOfWork, Session } from './session.js';

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
    turns = new OutboxTurns(database.dataSource);
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
  const append = (...events: DomainEvent[]) => unitOfWork.run(() => outbox.append(events));
  const rows = () => database.dataSource.query('select * from outbox order by position');
  const settle = (id: string) => unitOfWork.run(() => outbox.settle(id));
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
    const taken = await unitOfWork.run(() => outbox.take(id));
    expect(taken).toEqual({ id, event });
    await settleAll();
    expect(await unitOfWork.run(() => outbox.take(id))).toBeNull();
  });

  it('keeps nothing of a unit of work that failed', async () => {
    const before = (await rows()).length;
    const failing = unitOfWork.run(async () => {
      await outbox.append([contactCreated()]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await rows()).toHaveLength(before);
  });

  it('cannot be written to outside a unit of work', async () => {
    await expect(outbox.append([contactCreated()])).rejects.toThrow('UnitOfWork.run');
  });

  it('gives each due event to one relay, in the order in which they happened, and again when its lease is over', async () => {
    await append(contactCreated('1'), contactCreated('2'), contactCreated('3'));
    const expected = (await rows()).slice(-3).map(({ id }: { id: string }) => id);

    const taken = await Promise.all([turns.takeDue(2, 60), turns.takeDue(2, 60)]);
    expect(taken.flat().sort()).toEqual([...expected].sort());
    for (const some of taken) expect(some).toEqual([...some].sort());
    expect(await turns.takeDue(10, 60)).toEqual([]);

    await endLease(expected[1]!);
    expect(await turns.takeDue(10, 60)).toEqual([expected[1]]);
    await settleAll();
    await endLease(expected[1]!);
    expect(await turns.takeDue(10, 60)).toEqual([]);
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

  it('is not handed to two at once', async () => {
    await append(contactCreated());
    const [{ id }] = (await rows()).slice(-1);
    const session = new Session(database.dataSource);
    const other = new Outbox(session, ids);
    await unitOfWork.run(async () => {
      expect(await outbox.take(id)).not.toBeNull();
      expect(await new PostgresUnitOfWork(session).run(() => other.take(id))).toBeNull();
    });
    await settleAll();
  });

  it('tells how much is owed, and for how long', async () => {
    await append(contactCreated());
    const { owed, oldestSeconds } = await turns.backlog();
    expect(owed).toBe(1);
    expect(oldestSeconds).toBeGreaterThan(1_000);
    await settleAll();
    expect(await turns.backlog()).toEqual({ owed: 0, oldestSeconds: 0 });
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
    const relay = new OutboxRelay(turns, queue, (error) => faults.push(error));
    const notifications = new DatabaseNotifications(database.url);
    notifications.on(OUTBOX_CHANNEL, () => relay.wake());
    relay.start();
    await notifications.start();
    try {
      await append(contactCreated());
      const [{ id }] = (await rows()).slice(-1);
      await eventually(() => queue.rung.some(({ eventId }) => eventId === id));

      queue.broken = true;
      await append(contactCreated());
      const [{ id: lost }] = (await rows()).slice(-1);
      await eventually(() => faults.length > 0);
      queue.broken = false;
      await eventually(() => queue.rung.some(({ eventId }) => eventId === lost));
    } finally {
      await relay.stop();
      await notifications.stop();
    }
  });
});
