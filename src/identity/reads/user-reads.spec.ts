import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { idNumber } from '../../../test/fakes/sequential-ids.js';
import { identityDatabase, type IdentityDatabase } from '../../../test/support/identity-database.js';
import { Sql } from '../../platform/persistence/sql.js';
import { UserReads } from './user-reads.js';

const planEnd = Instant.parse('2026-06-30T21:59:59.500Z');

describe('UserReads', () => {
  let database: IdentityDatabase;
  let clock: FixedClock;
  let reads: UserReads;
  let ada: string;
  let bob: string;
  beforeAll(async () => {
    database = await identityDatabase();
    clock = new FixedClock(Instant.parse('2026-02-10T12:00:00Z'));
    reads = new UserReads(new Sql(database.dataSource), clock);
    ada = await database.addUser('ada', { planExpiresAt: planEnd });
    bob = await database.addUser('bob', { plan: 'BUSINESS', timezone: 'UTC' });
  });
  afterAll(() => database.close());

  it('shows the user behind a key', async () => {
    expect(await reads.me(ada)).toEqual({
      id: ada,
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      username: 'ada',
      plan: 'PRO',
      effectivePlan: 'PRO',
      timezone: 'Europe/London',
    });
  });

  it('shows what is paid for and what holds now', async () => {
    const later = new UserReads(new Sql(database.dataSource), new FixedClock(planEnd));

    expect(await later.me(ada)).toMatchObject({ plan: 'PRO', effectivePlan: 'FREE' });
  });

  it('shows nobody for an unknown or malformed id', async () => {
    expect(await reads.me(idNumber(99))).toBeNull();
    expect(await reads.me('me')).toBeNull();
    expect(await reads.keys('me')).toEqual([]);
  });

  it('lists all users in the order in which they came', async () => {
    const users = await reads.list();

    expect(users.map(({ id }) => id)).toEqual([ada, bob]);
    expect(users[0]).toEqual({
      ...(await reads.me(ada)),
      planExpiresAt: '2026-06-30T21:59:59.500Z',
      reminderMinutes: [1_440, 60],
      createdAt: '2026-02-10T12:00:00.000Z',
      updatedAt: '2026-02-10T12:00:00.000Z',
    });
  });

  it('finds a user by address in any letter case', async () => {
    expect(await reads.byEmail(' BOB@example.com')).toEqual((await reads.list())[1]);
    expect(await reads.byEmail('nobody@example.com')).toBeNull();
  });

  it('lists the keys of a user without what could prove them', async () => {
    const first = await database.issueKey('ada', planEnd);
    const second = await database.issueKey('ada');
    await database.revokeKey.execute({ keyId: second.id });

    const createdAt = '2026-02-10T12:00:00.000Z';
    const unused = { name: 'Zapier', createdAt, expiresAt: null, revokedAt: null, lastUsedAt: null };
    expect(await reads.keys(ada)).toEqual([
      { ...unused, id: first.id, prefix: first.prefix, expiresAt: '2026-06-30T21:59:59.500Z' },
      { ...unused, id: second.id, prefix: second.prefix, revokedAt: createdAt },
    ]);
    expect(await reads.keys(idNumber(99))).toEqual([]);
  });

  it('shows one key, whoever owns it', async () => {
    const { id } = await database.issueKey('bob');

    expect(await reads.keys(bob)).toContainEqual(await reads.key(id));
    expect(await reads.key(idNumber(99))).toBeNull();
    expect(await reads.key('key')).toBeNull();
  });
});
