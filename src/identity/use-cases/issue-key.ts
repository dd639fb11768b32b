import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import { normalizeEmail } from '../../kernel/email-address.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { ApiKey, makeKeyText } from '../domain/api-key.js';
import { UserNotFound } from '../domain/errors.js';
import type { ApiKeys, Users } from '../ports.js';

export interface IssueKeyCommand {
  readonly userEmail: string;
  readonly name: string;
  /** Null for a key that does not expire. */
  readonly expiresAt: Instant | null;
}

export interface NewKey {
  readonly id: string;
  readonly name: string;
  /** The key itself, shown this once: it cannot be retrieved later. */
  readonly key: string;
  readonly prefix: string;
  readonly expiresAt: Instant | null;
}

/** A new key that acts for a user. */
export class IssueKey {
  constructor(
    private readonly users: Users,
    private readonly apiKeys: ApiKeys,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async execute({ userEmail, name, expiresAt }: IssueKeyCommand): Promise<NewKey> {
    return this.unitOfWork.run(async () => {
      const user = await this.users.findByEmail(normalizeEmail(userEmail));
      if (!user) throw new UserNotFound();

      const text = makeKeyText(Buffer.from(this.ids.secret(), 'base64url'));
      const details = { id: this.ids.next(), ownerId: user.state.id, name, expiresAt };
      const key = ApiKey.issue(text, details, this.clock.now());
      await this.apiKeys.save(key);
      const { id, prefix, name: keptName } = key.state;
      return { id, name: keptName, key: text, prefix, expiresAt };
    });
  }
}
