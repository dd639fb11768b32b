import type { Instant } from '@js-joda/core';
import type { DataSource } from 'typeorm';
import { ApiKeyRow, UserRow } from '../../src/identity/adapters/tables.js';
import { TypeOrmApiKeys } from '../../src/identity/adapters/typeorm-api-keys.js';
import { TypeOrmUsers } from '../../src/identity/adapters/typeorm-users.js';
import type { ApiKeys, Users } from '../../src/identity/ports.js';
import { CreateUser, type CreateUserCommand } from '../../src/identity/use-cases/create-user.js';
import { IssueKey, type NewKey } from '../../src/identity/use-cases/issue-key.js';
import { RevokeKey } from '../../src/identity/use-cases/revoke-key.js';
import { UpdateUser } from '../../src/identity/use-cases/update-user.js';
import { RandomIds } from '../../src/kernel/ids.js';
import type { UnitOfWork } from '../../src/kernel/unit-of-work.js';
import { PostgresUnitOfWork, Session } from '../../src/platform/persistence/session.js';
import { FixedClock } from '../fakes/fixed-clock.js';
import { PlainPasswords } from '../fakes/plain-passwords.js';
import { testDatabase, type TestDatabase } from './database.js';

/** A database with the identity module on it. */
export async function identityDatabase(): Promise<IdentityDatabase> {
  return new IdentityDatabase(await testDatabase({ rows: [UserRow, ApiKeyRow] }));
}

export class IdentityDatabase {
  readonly clock = new FixedClock();
  readonly url: string;
  readonly dataSource: DataSource;
  readonly unitOfWork: UnitOfWork;
  readonly users: Users;
  readonly apiKeys: ApiKeys;
  readonly updateUser: UpdateUser;
  readonly revokeKey: RevokeKey;
  private readonly ids = new RandomIds();

  constructor(private readonly database: TestDatabase) {
    this.url = database.url;
    this.dataSource = database.dataSource;
    const session = new Session(this.dataSource);
    this.unitOfWork = new PostgresUnitOfWork(session);
    this.users = new TypeOrmUsers(session);
    this.apiKeys = new TypeOrmApiKeys(session);
    this.updateUser = new UpdateUser(this.users, this.unitOfWork, this.clock);
    this.revokeKey = new RevokeKey(this.apiKeys, this.unitOfWork, this.clock);
  }

  /** Returns the user's id. */
  addUser(username: string, given: Partial<CreateUserCommand> = {}): Promise<string> {
    const createUser = new CreateUser(
      this.users,
      new PlainPasswords(),
      this.unitOfWork,
      this.clock,
      this.ids,
    );
    return createUser.execute({
      email: `${username}@example.com`,
      name: 'Ada Lovelace',
      username,
      timezone: 'Europe/London',
      plan: 'PRO',
      planExpiresAt: null,
      password: null,
      ...given,
    });
  }

  issueKey(username: string, expiresAt: Instant | null = null): Promise<NewKey> {
    const issueKey = new IssueKey(this.users, this.apiKeys, this.unitOfWork, this.clock, this.ids);
    return issueKey.execute({ userEmail: `${username}@example.com`, name: 'Zapier', expiresAt });
  }

  close(): Promise<void> {
    return this.database.drop();
  }
}
