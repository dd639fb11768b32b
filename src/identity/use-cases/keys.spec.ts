import { Instant } from '@js-joda/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { InMemoryApiKeys } from '../../../test/fakes/in-memory-api-keys.js';
import { InMemoryIssuedKeys } from '../../../test/fakes/in-memory-issued-keys.js';
import { InMemoryUnitOfWork } from '../../../test/fakes/in-memory-unit-of-work.js';
import { InMemoryUsers } from '../../../test/fakes/in-memory-users.js';
import { PlainPasswords } from '../../../test/fakes/plain-passwords.js';
import { idNumber, SequentialIds } from '../../../test/fakes/sequential-ids.js';
import { InvalidData } from '../../kernel/domain-error.js';
import { makeKeyText } from '../domain/api-key.js';
import { ApiKeyNotFound, UserNotFound } from '../domain/errors.js';
import { CreateUser } from './create-user.js';
import { IssueKey, type NewKey } from './issue-key.js';
import { ProveKey } from './prove-key.js';
import { RevokeKey } from './revoke-key.js';
import { UpdateUser } from './update-user.js';

const userEmail = 'ada@example.com';
const planEnd = Instant.parse('2026-12-31T00:00:00Z');

describe('API keys', () => {
  let clock: FixedClock;
  let issuedKeys: InMemoryIssuedKeys;
  let apiKeys: InMemoryApiKeys;
  let issueKey: IssueKey;
  let revokeKey: RevokeKey;
  let proveKey: ProveKey;
  let updateUser: UpdateUser;
  let ownerId: string;
  beforeEach(async () => {
    const users = new InMemoryUsers();
    const ids = new SequentialIds();
    clock = new FixedClock();
    apiKeys = new InMemoryApiKeys();
    issuedKeys = new InMemoryIssuedKeys(users, apiKeys);
    const unitOfWork = new InMemoryUnitOfWork(users, apiKeys);
    issueKey = new IssueKey(users, apiKeys, unitOfWork, clock, ids);
    revokeKey = new RevokeKey(apiKeys, unitOfWork, clock);
    proveKey = new ProveKey(issuedKeys, clock);
    updateUser = new UpdateUser(users, unitOfWork, clock);
    ownerId = await new CreateUser(users, new PlainPasswords(), unitOfWork, clock, ids).execute({
      ...{ email: userEmail, name: 'Ada', username: 'ada', timezone: 'UTC' },
      ...{ plan: 'PRO', planExpiresAt: planEnd, password: null },
    });
  });

  const issue = (expiresAt: Instant | null = null): Promise<NewKey> =>
    issueKey.execute({ userEmail: 'Ada@Example.com', name: ' Zapier ', expiresAt });
  const prove = (text: string) => proveKey.execute({ text });

  it('are shown in full when they are issued, and only then', async () => {
    const { id, key, ...shown } = await issue(planEnd);

    expect(shown).toEqual({ name: 'Zapier', prefix: key.slice(0, 12), expiresAt: planEnd });
    expect(apiKeys.all).toMatchObject([{ id, ownerId, name: 'Zapier', revokedAt: null }]);
    expect(JSON.stringify(apiKeys.all)).not.toContain(key);
  });

  it('are each another', async () => {
    expect((await issue()).key).not.toBe((await issue()).key);
  });

  it('are not issued to nobody, nor with wrong data', async () => {
    const nobody = issueKey.execute({ userEmail: 'nobody@example.com', name: 'Zapier', expiresAt: null });

    await expect(nobody).rejects.toThrow(UserNotFound);
    await expect(issue(clock.now())).rejects.toThrow(InvalidData);
    expect(apiKeys.all).toEqual([]);
  });

  it('act for the user who made them, and their use is noted', async () => {
    const { id, key } = await issue();

    expect(await prove(key)).toEqual({ keyId: id, ownerId });
    expect(issuedKeys.uses).toEqual([id]);
  });

  it('are refused without a look-up when the text cannot be a key', async () => {
    const { key } = await issue();
    const mistyped = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a');

    for (const text of ['', 'lt_live_', mistyped, ` ${key}`]) {
      expect(await prove(text)).toEqual({ message: 'Invalid API key', knownKeyId: null });
    }
    expect(issuedKeys.lookUps).toBe(0);
  });

  it('are refused when they were never issued', async () => {
    const neverIssued = makeKeyText(new Uint8Array(32).fill(99));

    expect(await prove(neverIssued)).toEqual({ message: 'Invalid API key', knownKeyId: null });
  });

  it('are refused once they are revoked, as if they had never been issued', async () => {
    const { id, key } = await issue();
    await revokeKey.execute({ keyId: id });

    expect(await prove(key)).toEqual({ message: 'Invalid API key', knownKeyId: id });
    expect(issuedKeys.uses).toEqual([]);
  });

  it('are refused from the instant on which they expire', async () => {
    const expiresAt = clock.now().plusSeconds(60);
    const { id, key } = await issue(expiresAt);

    clock.set(expiresAt.minusMillis(1));
    expect(await prove(key)).toEqual({ keyId: id, ownerId });
    clock.set(expiresAt);
    expect(await prove(key)).toEqual({ message: 'API key has expired', knownKeyId: id });
  });

  it('are inactive while no paid plan holds for their owner', async () => {
    const { id, key } = await issue();
    const inactive = { message: 'API key is inactive', knownKeyId: id };

    clock.set(planEnd);
    expect(await prove(key)).toEqual(inactive);
    await updateUser.execute({ userEmail, patch: { planExpiresAt: null } });
    expect(await prove(key)).toEqual({ keyId: id, ownerId });
    await updateUser.execute({ userEmail, patch: { plan: 'FREE' } });
    expect(await prove(key)).toEqual(inactive);
  });

  it('can only be revoked if there are any', async () => {
    await expect(revokeKey.execute({ keyId: idNumber(99) })).rejects.toThrow(ApiKeyNotFound);
  });
});
