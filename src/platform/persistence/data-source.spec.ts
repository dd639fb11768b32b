import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { migrate, utcText } from './data-source.js';

describe('Instants out of PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it.each([
    ['2026-02-15 10:00:00+00', '2026-02-15T10:00:00.000Z'],
    ['2026-02-15 10:00:00.1+00', '2026-02-15T10:00:00.100Z'],
    ['2026-02-15 10:00:00.123456+00', '2026-02-15T10:00:00.123Z'],
  ])('are told as the API tells them: %s', (text, told) => {
    expect(utcText(text)).toBe(told);
  });

  it('are so in whatever zone they were written', async () => {
    const [row] = await database.dataSource.query(
      `select '2026-07-01T12:00:00.5+05:45'::timestamptz as at, null::timestamptz as never`,
    );
    expect(row).toEqual({ at: '2026-07-01T06:15:00.500Z', never: null });
  });

  it('finds nothing to do in a database that is up to date, also for several who ask at once', async () => {
    expect(await Promise.all([migrate(database.url), migrate(database.url)])).toEqual([[], []]);
  });
});
