import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '../../src/kernel/unit-of-work.js';
import { RandomIds } from '../../src/kernel/ids.js';
import { ApiKey, makeKeyText } from '../../src/identity/domain/api-key.js';
import type { ApiKeys } from '../../src/identity/ports.js';

export interface ApiKeysStage {
  readonly apiKeys: ApiKeys;
  readonly unitOfWork: UnitOfWork;
  /** Somebody who may own keys. */
  readonly ownerId: string;
  close(): Promise<void>;
}

/** What every keeper of API keys promises. */
export function apiKeysContract(name: string, open: () => Promise<ApiKeysStage>): void {
  describe(`ApiKeys: ${name}`, () => {
    let stage: ApiKeysStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.close());

    const save = (key: ApiKey) => stage.unitOfWork.run(() => stage.apiKeys.save(key));
    const find = (id: string) => stage.unitOfWork.run(() => stage.apiKeys.find(id));

    it('gives a key back as it was saved', async () => {
      const lasting = aKey();
      const passing = aKey(Instant.parse('2027-01-01T00:00:00.001Z'));
      await save(lasting);
      await save(passing);

      expect((await find(lasting.state.id))?.state).toEqual(lasting.state);
      expect((await find(passing.state.id))?.state).toEqual(passing.state);
    });

    it('finds no key of an unknown or malformed id', async () => {
      expect(await find(ids.next())).toBeNull();
      expect(await find("'; drop table users")).toBeNull();
    });

    it('keeps the time of the first of many revocations made at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { id } = (await saved()).state;
        const inOrder: Instant[] = [];
        const revoke = (at: Instant) =>
          stage.unitOfWork.run(async () => {
            const key = (await stage.apiKeys.find(id))!;
            inOrder.push(at);
            key.revoke(at);
            await stage.apiKeys.save(key);
          });
        await Promise.all([1, 2, 3, 4, 5].map((minute) => revoke(issuedAt.plusSeconds(minute * 60))));

        expect((await find(id))?.state.revokedAt).toEqual(inOrder[0]);
      }
    });

    async function saved(): Promise<ApiKey> {
      const key = aKey();
      await save(key);
      return key;
    }

    function aKey(expiresAt: Instant | null = null): ApiKey {
      const text = makeKeyText(Buffer.from(ids.secret(), 'base64url'));
      return ApiKey.issue(
        text,
        { id: ids.next(), ownerId: stage.ownerId, name: 'Zapier', expiresAt },
        issuedAt,
      );
    }
  });
}

const ids = new RandomIds();
const issuedAt = Instant.parse('2026-02-10T12:00:00.123Z');
