import { Duration, Instant } from '@js-joda/core';
import type { DataSource } from 'typeorm';
import { ApiKeyRow, UserRow } from '../../src/identity/adapters/tables.js';
import { TypeOrmApiKeys } from '../../src/identity/adapters/typeorm-api-keys.js';
import { TypeOrmUsers } from '../../src/identity/adapters/typeorm-users.js';
import type { GivenUserDetails } from '../../src/identity/domain/user.js';
import { CreateUser } from '../../src/identity/use-cases/create-user.js';
import { IssueKey, type NewKey } from '../../src/identity/use-cases/issue-key.js';
import { RevokeKey } from '../../src/identity/use-cases/revoke-key.js';
import { UpdateUser } from '../../src/identity/use-cases/update-user.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { RandomIds } from '../../src/kernel/ids.js';
import { findTimeZone } from '../../src/kernel/time-zone.js';
import { PostgresUnitOfWork, Session } from '../../src/platform/persistence/session.js';
import { PostgresEventTypes } from '../../src/scheduling/adapters/postgres-event-types.js';
import { DefineEventType } from '../../src/scheduling/use-cases/define-event-type.js';
import { RedefineEventType } from '../../src/scheduling/use-cases/redefine-event-type.js';
import { FixedClock } from '../fakes/fixed-clock.js';
import { PlainPasswords } from '../fakes/plain-passwords.js';

/** The tables that `Owners` needs its data source to know. */
export const ownerRows = [UserRow, ApiKeyRow];

export interface Owner {
  readonly id: string;
  readonly email: string;
  readonly keyId: string;
  readonly key: string;
}

export interface Offer {
  readonly id: string;
  readonly slug: string;
}

type Terms = Readonly<Record<string, unknown>>;

/** Open around the clock, so that every half hour from tomorrow to two months ahead is on offer. */
export const anyTime = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'].map(
  (day) => ({ day, start: '00:00', end: '24:00' }),
);

/** Makes what the API has no way to make: owners, their keys and what they offer, by the use cases of the product. */
export class Owners {
  private readonly ids = new RandomIds();
  private readonly clock = new SystemClock();
  private readonly unitOfWork: PostgresUnitOfWork;
  private readonly users: TypeOrmUsers;
  private readonly apiKeys: TypeOrmApiKeys;
  private readonly eventTypes: PostgresEventTypes;
  private count = 0;

  constructor(dataSource: DataSource) {
    const session = new Session(dataSource);
    this.unitOfWork = new PostgresUnitOfWork(session);
    this.users = new TypeOrmUsers(session);
    this.apiKeys = new TypeOrmApiKeys(session);
    this.eventTypes = new PostgresEventTypes(session);
  }

  /** A new owner on the BUSINESS plan with a key. */
  async add(given: Partial<GivenUserDetails> = {}): Promise<Owner> {
    const { users, unitOfWork, clock, ids } = this;
    const username = `owner-${(this.count += 1)}`;
    const details = {
      email: `${username}@linktime.example`,
      name: 'Grace Hopper',
      username,
      timezone: 'UTC',
      plan: 'BUSINESS',
      planExpiresAt: null,
      ...given,
    };
    const createUser = new CreateUser(users, new PlainPasswords(), unitOfWork, clock, ids);
    const id = await createUser.execute({ ...details, password: null });
    const { id: keyId, key } = await this.issueKey(details.email);
    return { id, email: details.email, keyId, key };
  }

  issueKey(userEmail: string, expiresAt: Instant | null = null): Promise<NewKey> {
    // Issued an hour ago, so that it may have expired since.
    const clock = new FixedClock(this.clock.now().minus(Duration.ofHours(1)));
    const issueKey = new IssueKey(this.users, this.apiKeys, this.unitOfWork, clock, this.ids);
    return issueKey.execute({ userEmail, name: 'Zapier', expiresAt });
  }

  async revokeKey(keyId: string): Promise<void> {
    await new RevokeKey(this.apiKeys, this.unitOfWork, this.clock).execute({ keyId });
  }

  async update(userEmail: string, patch: Partial<GivenUserDetails>): Promise<void> {
    await new UpdateUser(this.users, this.unitOfWork, this.clock).execute({ userEmail, patch });
  }

  /** A new event type: half an hour at any time of any day in UTC, unless the terms say otherwise. */
  async offer(owner: Owner, terms: Terms = {}): Promise<Offer> {
    const { eventTypes, unitOfWork, clock, ids } = this;
    const definition = {
      name: 'Intro call',
      slug: `intro-call-${(this.count += 1)}`,
      durationMinutes: 30,
      availability: anyTime,
      ...terms,
    };
    const eventType = await new DefineEventType(eventTypes, unitOfWork, clock, ids).execute({
      ownerId: owner.id,
      ownerZone: findTimeZone('UTC')!,
      definition,
    });
    return { id: eventType.state.id, slug: eventType.state.slug };
  }

  async changeOffer(owner: Owner, offer: Offer, terms: Terms): Promise<void> {
    const redefine = new RedefineEventType(this.eventTypes, this.unitOfWork, this.clock);
    await redefine.execute({ eventTypeId: offer.id, ownerId: owner.id, definition: terms });
  }
}
