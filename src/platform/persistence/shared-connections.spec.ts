import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { databaseErrorCode } from './database-errors.js';
import { poolOf } from './driver.js';
import { SharedConnections } from './shared-connections.js';

describe('Connections that reads share', () => {
  let database: TestDatabase;
  let pool: Pool;
  let connections: SharedConnections;
  beforeAll(async () => {
    database = await testDatabase();
    pool = poolOf(database.dataSource);
    connections = new SharedConnections(pool);
  });
  afterAll(() => database.drop());

  const echo = (n: number) =>
    connections.rows<{ n: number; at: string; list: number[] }>(
      'echo',
      `select $1::int as n, timestamptz '2026-02-15 10:00Z' as at, json_build_array($1::int) as list`,
      [n],
    );
  const divide = (by: number) => connections.rows('divide', 'select 6 / $1::int as result', [by]);

  it('answer each of many at once with its own rows, read as the driver reads them', async () => {
    const rows = await Promise.all(Array.from({ length: 200 }, (_, n) => echo(n)));

    expect(rows).toEqual(
      Array.from({ length: 200 }, (_, n) => [{ n, at: '2026-02-15T10:00:00.000Z', list: [n] }]),
    );
    expect(pool.totalCount).toBeLessThanOrEqual(5);
  });

  it('go back to the pool when nothing is under way', async () => {
    await Promise.all([echo(1), echo(2)]);

    expect(pool.idleCount).toBe(pool.totalCount);
  });

  it('fail one statement and not those beside it', async () => {
    const outcomes = await Promise.allSettled([2, 0, 3, 0, 1].map(divide));

    expect(outcomes.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    ]);
    expect(databaseErrorCode((outcomes[1] as PromiseRejectedResult).reason)).toBe('22012');
    expect(await divide(2)).toEqual([{ result: 3 }]);
  });

  it('tell all that waited when one is lost, and are replaced', async () => {
    const sleeping = Array.from({ length: 8 }, (_, n) =>
      connections.rows('sleep', 'select $1::int as n, pg_sleep(30)', [n]),
    );
    const lost = Promise.allSettled(sleeping);
    await database.dataSource.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where pid <> pg_backend_pid() and datname = current_database()`,
    );

    expect((await lost).map(({ status }) => status)).toEqual(Array(8).fill('rejected'));
    expect(await divide(2)).toEqual([{ result: 3 }]);
  });

  it('describe a result anew when the statement of that name has become another', async () => {
    await database.dataSource.query('create table things (what int); insert into things values (7)');
    const things = () => connections.rows<{ what: unknown }>('things', 'select what from things', []);
    expect(await things()).toEqual([{ what: 7 }]);

    await database.dataSource.query('alter table things alter what type text');
    const { result } = await outcomeOf(things);
    expect(result).toEqual([{ what: '7' }]);
  });

  /** A connection that has prepared the statement refuses its new result; one that has not yet reads it. */
  async function outcomeOf<T>(ask: () => Promise<T>): Promise<{ result: T }> {
    for (;;) {
      try {
        return { result: await ask() };
      } catch (error) {
        expect(databaseErrorCode(error)).toBe('0A000');
        (await pool.connect()).release(true); // closes it
      }
    }
  }
});
