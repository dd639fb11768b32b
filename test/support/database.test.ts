import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from './database.js';

describe('a test database', () => {
  let databases: TestDatabase[];

  beforeAll(async () => {
    databases = await Promise.all([testDatabase(), testDatabase(), testDatabase()]);
  });

  afterAll(() => Promise.all(databases.map((database) => database.drop())));

  it('has the schema and no rows', async () => {
    for (const { dataSource } of databases) {
      expect(await dataSource.query('select count(*)::int as bookings from bookings')).toEqual([
        { bookings: 0 },
      ]);
    }
  });

  it('shares nothing with another', async () => {
    const [one, other] = databases;
    await one!.dataSource.query('create table mine (id int)');
    await expect(other!.dataSource.query('select * from mine')).rejects.toThrow('does not exist');
  });
});
