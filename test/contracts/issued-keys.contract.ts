import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '../../src/kernel/unit-of-work.js';
import { RandomIds } from '../../src/kernel/ids.js';
import { ApiKey, hashOfKey, makeKeyText } from '../../src/identity/domain/api-key.js';
import { User } from '../../src/identity/domain/user.js';
import type { ApiKeys, IssuedKeys, Users } from '../../src/identity/ports.js';

export interface IssuedKeysStage {
  readonly issuedKeys: IssuedKeys;
  readonly users: Users;
  readonly apiKeys: ApiKeys;
  readonly unitOfWork: UnitOfWork;
  close(): Promise<void>;
}

/** What every way of looking up issued keys promises. */
export function issuedKeysContract(name: string, open: () => Promise<IssuedKeysStage>): void {
  describe(`IssuedKeys: ${name}`, () => {
    let stage: IssuedKeysStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.close());

    it('knows what decides about a key: its expiry and revocation, and the plan of its owner', async () => {
      const { owner, key } = await anIssuedKey();

      expect(await stage.issuedKeys.find(key.state.hash)).toEqual({
        keyId: key.state.id,
        ownerId: owner.state.id,
        expiresAt: key.state.expiresAt,
        revokedAt: null,
        plan: 'PRO',
        planExpiresAt: owner.state.planExpiresAt,
      });
    });

    it('knows of a revocation made before anybody asked', async () => {
      const { key } = await anIssuedKey();
      key.revoke(now);
      await stage.unitOfWork.run(() => stage.apiKeys.save(key));

      expect((await stage.issuedKeys.find(key.state.hash))?.revokedAt).toEqual(now);
    });

    it('knows nothing of a key that was never issued', async () => {
      expect(await stage.issuedKeys.find(hashOfKey(aKeyText()))).toBeNull();
    });

    it('gives all who ask at once the same answer', async () => {
      const { key } = await anIssuedKey();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => stage.issuedKeys.find(key.state.hash)),
      );

      expect(answers.map((answer) => answer?.keyId)).toEqual(Array(20).fill(key.state.id));
    });

    it('takes note of a use without complaint, even of a key that is gone', () => {
      stage.issuedKeys.noteUse(ids.next());
    });

    async function anIssuedKey(): Promise<{ owner: User; key: ApiKey }> {
      const id = ids.next();
      const owner = User.create(
        {
          id,
          email: `${id}@example.com`,
          name: 'Ada',
          username: id,
          timezone: 'UTC',
          plan: 'PRO',
          planExpiresAt: Instant.parse('2026-12-31T00:00:00Z'),
          password: null,
        },
        now,
      );
      const details = { id: ids.next(), ownerId: id, name: 'Zapier', expiresAt: now.plusSeconds(3_600) };
      const key = ApiKey.issue(aKeyText(), details, now);
      await stage.unitOfWork.run(async () => {
        await stage.users.save(owner);
        await stage.apiKeys.save(key);
      });
      return { owner, key };
    }
  });
}

const ids = new RandomIds();
const now = Instant.parse('2026-02-10T12:00:00.123Z');

function aKeyText(): string {
  return makeKeyText(Buffer.from(ids.secret(), 'base64url'));
}
