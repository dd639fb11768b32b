import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { identityDatabase, type IdentityDatabase } from '../../../test/support/identity-database.js';
import { DatabaseNotifications } from '../../platform/persistence/notifications.js';
import { isRefusal } from '../../platform/http/key-owner.js';
import { ProveKey } from '../use-cases/prove-key.js';
import { CachedIssuedKeys, KEY_OWNER_CHANGED } from './cached-issued-keys.js';
import { PostgresIssuedKeys } from './postgres-issued-keys.js';
import { ProvenKeyOwners } from './proven-key-owners.js';

describe('a process that remembers keys', () => {
  let database: IdentityDatabase;
  let notifications: DatabaseNotifications;
  let keyOwners: ProvenKeyOwners;
  let lookUps = 0;
  beforeAll(async () => {
    database = await identityDatabase();
    await database.addUser('ada');

    const { dataSource, clock, url } = database;
    const watched = {
      query: <T>(sql: string, parameters?: unknown[]): Promise<T> => {
        if (sql.includes('k.hash')) lookUps += 1;
        return dataSource.query<T>(sql, parameters);
      },
    };
    const issuedKeys = new CachedIssuedKeys(new PostgresIssuedKeys(watched, () => undefined));
    keyOwners = new ProvenKeyOwners(new ProveKey(issuedKeys, clock));
    notifications = new DatabaseNotifications(url);
    notifications.on(KEY_OWNER_CHANGED, () => issuedKeys.forget());
    notifications.watch((listening) => issuedKeys.setListening(listening));
    await notifications.start();
  });
  afterAll(async () => {
    await notifications.stop();
    await database.close();
  });

  it('does not ask again while nothing has changed', async () => {
    const { id, key } = await database.issueKey('ada');
    await keyOwners.prove(key);
    const before = lookUps;
    for (let n = 0; n < 10; n += 1) expect(await keyOwners.prove(key)).toMatchObject({ keyId: id });

    expect(lookUps - before).toBeLessThanOrEqual(1); // the news of the key's own issue may come in between
  });

  it('refuses a key as soon as it is revoked anywhere', async () => {
    const { id, key } = await database.issueKey('ada');
    expect(isRefusal(await keyOwners.prove(key))).toBe(false);
    await database.revokeKey.execute({ keyId: id });

    expect(await refusal(key)).toEqual({ message: 'Invalid API key', knownKeyId: id });
  });

  it('refuses a key as soon as its owner has no paid plan', async () => {
    const { id, key } = await database.issueKey('ada');
    expect(isRefusal(await keyOwners.prove(key))).toBe(false);
    await database.updateUser.execute({ userEmail: 'ada@example.com', patch: { plan: 'FREE' } });

    expect(await refusal(key)).toEqual({ message: 'API key is inactive', knownKeyId: id });
  });

  /** The first refusal of the key; the test's time limit ends the wait. */
  async function refusal(key: string) {
    for (;;) {
      const outcome = await keyOwners.prove(key);
      if (isRefusal(outcome)) return outcome;
      await nextTurn();
    }
  }
});
