import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { Ids } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/unit-of-work.js';
import { KeyOwners } from '../platform/http/key-owner.js';
import { Log } from '../platform/log.js';
import { Session } from '../platform/persistence/session.js';
import { Sql } from '../platform/persistence/sql.js';
import { provide, provideAs } from '../platform/provide.js';
import { Argon2Passwords } from './adapters/argon2-passwords.js';
import { CachedIssuedKeys } from './adapters/cached-issued-keys.js';
import { PostgresIssuedKeys } from './adapters/postgres-issued-keys.js';
import { ProvenKeyOwners } from './adapters/proven-key-owners.js';
import { TypeOrmApiKeys } from './adapters/typeorm-api-keys.js';
import { TypeOrmUsers } from './adapters/typeorm-users.js';
import { ApiKeys, Passwords, Users } from './ports.js';
import { UserReads } from './reads/user-reads.js';
import { CreateUser } from './use-cases/create-user.js';
import { IssueKey } from './use-cases/issue-key.js';
import { ProveKey } from './use-cases/prove-key.js';
import { RevokeKey } from './use-cases/revoke-key.js';
import { UpdateUser } from './use-cases/update-user.js';

const offered = [
  provide(CreateUser, Users, Passwords, UnitOfWork, Clock, Ids),
  provide(UpdateUser, Users, UnitOfWork, Clock),
  provide(IssueKey, Users, ApiKeys, UnitOfWork, Clock, Ids),
  provide(RevokeKey, ApiKeys, UnitOfWork, Clock),
  provide(UserReads, Sql, Clock),
  provide(ProveKey, CachedIssuedKeys, Clock),
  provide(CachedIssuedKeys, PostgresIssuedKeys),
  provideAs(KeyOwners, ProvenKeyOwners, ProveKey),
];

@Module({
  providers: [
    ...offered,
    provideAs(Users, TypeOrmUsers, Session),
    provideAs(ApiKeys, TypeOrmApiKeys, Session),
    provideAs(Passwords, Argon2Passwords),
    {
      provide: PostgresIssuedKeys,
      useFactory: (dataSource: DataSource, log: Log) =>
        new PostgresIssuedKeys(dataSource, (error) => log.error(error, 'the use of a key was not noted')),
      inject: [DataSource, Log],
    },
  ],
  exports: offered.map(({ provide: token }) => token),
})
export class IdentityModule {}
