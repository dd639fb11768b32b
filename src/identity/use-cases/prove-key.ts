import type { Clock } from '../../kernel/clock.js';
import { hashOfKey, isKeyText, keyRefusals, refusalOf } from '../domain/api-key.js';
import { effectivePlan } from '../domain/plan.js';
import type { IssuedKeys } from '../ports.js';

export interface ProveKeyCommand {
  /** The key as the client sent it. */
  readonly text: string;
}

/** For whom the key acts, or why it is not accepted; `knownKeyId` tells a key that was once issued from one that never was. */
export type KeyProof =
  | { readonly keyId: string; readonly ownerId: string }
  | { readonly message: string; readonly knownKeyId: string | null };

/** Who is behind a request. A text that cannot be a key is refused without a look-up. */
export class ProveKey {
  constructor(
    private readonly issuedKeys: IssuedKeys,
    private readonly clock: Clock,
  ) {}

  async execute({ text }: ProveKeyCommand): Promise<KeyProof> {
    const key = isKeyText(text) ? await this.issuedKeys.find(hashOfKey(text)) : null;
    if (!key) return { message: keyRefusals.invalid, knownKeyId: null };

    const { keyId, ownerId } = key;
    const now = this.clock.now();
    const message = refusalOf(key, effectivePlan(key.plan, key.planExpiresAt, now), now);
    if (message) return { message, knownKeyId: keyId };

    this.issuedKeys.noteUse(keyId);
    return { keyId, ownerId };
  }
}
