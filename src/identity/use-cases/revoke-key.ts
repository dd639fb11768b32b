import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { ApiKeyNotFound } from '../domain/errors.js';
import type { ApiKeys } from '../ports.js';

export interface RevokeKeyCommand {
  readonly keyId: string;
}

/** A key is accepted no longer, for good. To revoke it again changes nothing. */
export class RevokeKey {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ keyId }: RevokeKeyCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const key = await this.apiKeys.find(keyId);
      if (!key) throw new ApiKeyNotFound();

      key.revoke(this.clock.now());
      await this.apiKeys.save(key);
    });
  }
}
