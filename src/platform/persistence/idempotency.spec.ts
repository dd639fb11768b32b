import { createHash } from 'node:crypto';
import { Duration } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Idempotency, IdempotencyKeyReused, IdempotentRequestRunning } from './idempotency.js';
import { PostgresUnitOfWork, Session } from './session.js';

describe('A request with an Idempotency-Key', () => {
  let database: TestDatabase;
  let idempotency: Idempotency;
  const clock = new FixedClock();
  let used = 0;

  beforeAll(async () => {
    database = await testDatabase();
    const session = new Session(database.dataSource);
    idempotency = new Idempotency(session, new PostgresUnitOfWork(session), clock);
  });
  afterAll(() => database.drop());

  const fresh = (scope = 'owner') => ({ scope, key: `key ${(used += 1)}`, fingerprint: asked('this') });
  const asked = (what: string) => createHash('sha256').update(what).digest();
  const answering = (body: unknown) => {
    const work = Object.assign(
      async () => {
        work.runs += 1;
        return body;
      },
      { runs: 0 },
    );
    return work;
  };

  it('acts once and is answered alike', async () => {
    const request = fresh();
    const work = answering({ id: 1, name: 'Zoë' });

    expect(await idempotency.run(request, work)).toEqual({ body: { id: 1, name: 'Zoë' }, replayed: false });
    expect(await idempotency.run(request, work)).toEqual({ body: { id: 1, name: 'Zoë' }, replayed: true });
    expect(work.runs).toBe(1);
  });

  it('is refused if it asks for something else than the first under its key', async () => {
    const request = fresh();
    await idempotency.run(request, answering(1));
    const other = { ...request, fingerprint: asked('that') };
    await expect(idempotency.run(other, answering(2))).rejects.toThrow(IdempotencyKeyReused);
  });

  it("has nothing to do with another owner's of the same key", async () => {
    const request = fresh('ann');
    await idempotency.run(request, answering(1));
    expect(await idempotency.run({ ...request, scope: 'bob' }, answering(2))).toEqual({
      body: 2,
      replayed: false,
    });
  });

  it('keeps no key if it failed', async () => {
    const request = fresh();
    const failing = idempotency.run(request, () => Promise.reject(new Error('taken')));
    await expect(failing).rejects.toThrow('taken');
    expect(await idempotency.run(request, answering(2))).toEqual({ body: 2, replayed: false });
  });

  it('is told to wait while its twin is at work, and acts once whatever happens at once', async () => {
    const request = fresh();
    const work = answering('done');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => idempotency.run(request, work)),
    );

    expect(work.runs).toBe(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(outcome.value.body).toBe('done');
      else expect(outcome.reason).toBeInstanceOf(IdempotentRequestRunning);
    }
  });

  it('may be replayed by many at once', async () => {
    const request = fresh();
    await idempotency.run(request, answering('done'));
    const replays = await Promise.all(
      Array.from({ length: 8 }, () => idempotency.run(request, answering('again'))),
    );
    expect(replays).toEqual(replays.map(() => ({ body: 'done', replayed: true })));
  });

  it('is forgotten after 24 hours', async () => {
    const request = fresh();
    await idempotency.run(request, answering(1));
    clock.advance(Duration.ofHours(24).minusMillis(1));
    expect(await idempotency.run(request, answering(2))).toEqual({ body: 1, replayed: true });
    clock.advance(Duration.ofMillis(1));
    expect(await idempotency.run(request, answering(2))).toEqual({ body: 2, replayed: false });
    expect(await idempotency.run(request, answering(3))).toEqual({ body: 2, replayed: true });
  });
});
