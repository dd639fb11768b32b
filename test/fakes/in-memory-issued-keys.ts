import { IssuedKeys, type IssuedKey } from '../../src/identity/ports.js';
import type { InMemoryApiKeys } from './in-memory-api-keys.js';
import type { InMemoryUsers } from './in-memory-users.js';

/** Reads what the other two fakes hold, and remembers how often it was asked and which uses it was told of. */
export class InMemoryIssuedKeys extends IssuedKeys {
  lookUps = 0;
  readonly uses: string[] = [];

  constructor(
    private readonly users: InMemoryUsers,
    private readonly apiKeys: InMemoryApiKeys,
  ) {
    super();
  }

  async find(hash: Buffer): Promise<IssuedKey | null> {
    this.lookUps += 1;
    const key = this.apiKeys.all.find((candidate) => candidate.hash.equals(hash));
    const owner = key && this.users.all.find(({ id }) => id === key.ownerId);
    if (!key || !owner) return null;
    const { id: keyId, ownerId, expiresAt, revokedAt } = key;
    return { keyId, ownerId, expiresAt, revokedAt, plan: owner.plan, planExpiresAt: owner.planExpiresAt };
  }

  noteUse(keyId: string): void {
    this.uses.push(keyId);
  }
}
