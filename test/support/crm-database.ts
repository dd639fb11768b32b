import type { Instant } from '@js-joda/core';
import type { DataSource } from 'typeorm';
import { ContactRow } from '../../src/crm/adapters/tables.js';
import { TypeOrmContacts } from '../../src/crm/adapters/typeorm-contacts.js';
import type { GivenContactDetails } from '../../src/crm/domain/contact.js';
import type { Contacts } from '../../src/crm/ports.js';
import { CreateContact } from '../../src/crm/use-cases/create-contact.js';
import { formatInstant } from '../../src/kernel/instant-text.js';
import { RandomIds } from '../../src/kernel/ids.js';
import type { UnitOfWork } from '../../src/kernel/unit-of-work.js';
import { Outbox } from '../../src/platform/persistence/outbox.js';
import { PostgresUnitOfWork, Session } from '../../src/platform/persistence/session.js';
import { Sql } from '../../src/platform/persistence/sql.js';
import { FixedClock } from '../fakes/fixed-clock.js';
import { testDatabase, type TestDatabase } from './database.js';

/** A database with the CRM module on it, and what it reads of others: owners, event types, bookings. */
export async function crmDatabase(): Promise<CrmDatabase> {
  return new CrmDatabase(await testDatabase({ rows: [ContactRow] }));
}

export class CrmDatabase {
  readonly clock = new FixedClock();
  readonly dataSource: DataSource;
  readonly unitOfWork: UnitOfWork;
  readonly contacts: Contacts;
  private readonly ids = new RandomIds();

  constructor(private readonly database: TestDatabase) {
    this.dataSource = database.dataSource;
    const session = new Session(this.dataSource);
    this.unitOfWork = new PostgresUnitOfWork(session);
    this.contacts = new TypeOrmContacts(session, new Sql(this.dataSource), new Outbox(session, this.ids));
  }

  /** Returns the owner's id. */
  async addOwner(): Promise<string> {
    const id = this.ids.next();
    await this.dataSource.query(
      `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
       values ($1, $2, 'Owner', $2, 'UTC', 'PRO', now(), now())`,
      [id, id],
    );
    return id;
  }

  /** Returns the contact's id. */
  async addContact(ownerId: string, details: GivenContactDetails): Promise<string> {
    const createContact = new CreateContact(this.contacts, this.unitOfWork, this.clock, this.ids);
    const contact = await createContact.execute({ ownerId, source: 'API', details });
    return contact.state.id;
  }

  /** Returns the event type's id. */
  async addEventType(ownerId: string, slug: string): Promise<string> {
    const id = this.ids.next();
    await this.dataSource.query(
      `insert into event_types (id, owner_id, slug, name, duration_minutes, buffer_before, buffer_after,
         minimum_notice_minutes, booking_window_days, timezone, availability, overrides, questions, is_active,
         position, created_at, updated_at)
       values ($1, $2, $3, 'Renamed since', 60, 0, 0, 0, 60, 'UTC', '[]', '[]', '[]', true, 0, now(), now())`,
      [id, ownerId, slug],
    );
    return id;
  }

  /** Half an hour with the contact, booked as an "Intro call". Returns the booking's id. */
  async addMeeting(meeting: {
    ownerId: string;
    eventTypeId: string;
    contactId: string;
    start: Instant;
    status?: 'CONFIRMED' | 'PENDING' | 'CANCELLED';
  }): Promise<string> {
    const { ownerId, eventTypeId, contactId, start, status = 'CONFIRMED' } = meeting;
    const id = this.ids.next();
    await this.dataSource.query(
      `insert into bookings (id, owner_id, event_type_id, contact_id, status, starts_at, ends_at, blocked,
         event_type_name, duration_minutes, invitee_name, invitee_email, invitee_timezone, guests, answers,
         invitee_token, sequence, cancelled_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, tstzrange($6, $7), 'Intro call', 30, 'Ada L.', 'ada@example.com', 'UTC',
         '[]', '{}', 'token', 0, case when $5 = 'CANCELLED' then now() end, now(), now())`,
      [
        id,
        ownerId,
        eventTypeId,
        contactId,
        status,
        formatInstant(start),
        formatInstant(start.plusSeconds(1_800)),
      ],
    );
    return id;
  }

  close(): Promise<void> {
    return this.database.drop();
  }
}
