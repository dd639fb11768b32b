import type { Instant } from '@js-joda/core';
import type { ApiKey } from './domain/api-key.js';
import type { Plan } from './domain/plan.js';
import type { User } from './domain/user.js';

/** Everyone who offers meetings on this installation. */
export abstract class Users {
  /** The user with that e-mail address as it is kept, locked until the unit of work ends; null if there is none. */
  abstract findByEmail(email: string): Promise<User | null>;

  /**
   * Stores the user. Throws `EmailTaken` or `UsernameTaken` if another has it already, however close the race; the unit of
   * work can then only end.
   */
  abstract save(user: User): Promise<void>;
}

/** The keys of all owners, revoked and expired ones too. */
export abstract class ApiKeys {
  /** The key of that id, locked until the unit of work ends; null if there is none. */
  abstract find(id: string): Promise<ApiKey | null>;

  abstract save(key: ApiKey): Promise<void>;
}

/** What decides whether a key is accepted: facts, to be judged against the clock at each use. */
export interface IssuedKey {
  readonly keyId: string;
  readonly ownerId: string;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  /** The owner's plan, and when it ends. */
  readonly plan: Plan;
  readonly planExpiresAt: Instant | null;
}

/** Issued keys as every request asks for them: without a unit of work, by their hash. */
export abstract class IssuedKeys {
  /** The facts about the key with that SHA-256; null if none was ever issued. */
  abstract find(hash: Buffer): Promise<IssuedKey | null>;

  /** Notes that the key was used, at most once a minute. Returns at once and never throws: no request waits or fails for it. */
  abstract noteUse(keyId: string): void;
}

/** How passwords are kept. */
export abstract class Passwords {
  /** A salted hash, slow to make on purpose. */
  abstract hash(password: string): Promise<string>;
}
