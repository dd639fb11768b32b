import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { brokenConstraint, Overtaken } from '../../platform/persistence/database-errors.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Outbox } from '../../platform/persistence/outbox.js';
import type { Session } from '../../platform/persistence/session.js';
import type { Sql } from '../../platform/persistence/sql.js';
import { Contact, type ContactSource } from '../domain/contact.js';
import { ContactEmailTaken } from '../domain/errors.js';
import { Contacts } from '../ports.js';
import { ContactRow } from './tables.js';

/** Contacts in PostgreSQL, whose unique index has the last word on who has an address. */
export class TypeOrmContacts extends Contacts {
  constructor(
    private readonly session: Session,
    private readonly sql: Sql,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async find(id: string, ownerId: string): Promise<Contact | null> {
    if (!isId(id)) return null;
    const row = await this.session.manager.findOne(ContactRow, {
      where: { id, ownerId },
      lock: { mode: 'for_no_key_update' }, // bookings that refer to the contact may still be added meanwhile
    });
    return row && Contact.of({ ...row });
  }

  // By hand, as `add` is: every booking comes this way.
  async findByEmail(email: string, ownerId: string): Promise<Contact | null> {
    const [row] = await this.session.prepared<FoundRow>('contact by e-mail', BY_EMAIL, [ownerId, email]);
    return row ? contactOf(row) : null;
  }

  async readByEmail(email: string, ownerId: string): Promise<Contact | null> {
    const [row] = await this.sql.prepared<FoundRow>('read contact by e-mail', READ_BY_EMAIL, [
      ownerId,
      email,
    ]);
    return row ? contactOf(row) : null;
  }

  async add(contact: Contact): Promise<void> {
    const { state } = contact;
    const values = [
      ...[state.id, state.ownerId, state.name, state.email, state.phone, state.company, state.notes],
      ...[state.source, formatInstant(state.createdAt), formatInstant(state.updatedAt)],
    ];
    this.session.write('add contact', ADD, values, faultOfAdd);
    await this.outbox.append(contact.events);
  }

  async save(contact: Contact): Promise<void> {
    try {
      await this.session.manager.upsert(ContactRow, { ...contact.state }, ['id']);
    } catch (error) {
      if (brokenConstraint(error) === 'contacts_email_unique') throw new ContactEmailTaken();
      throw error;
    }
    await this.outbox.append(contact.events);
  }

  async remove(contact: Contact): Promise<void> {
    await this.session.manager.delete(ContactRow, { id: contact.state.id });
  }
}

const COLUMNS = 'id, owner_id, name, email, phone, company, notes, source, created_at, updated_at';

const READ_BY_EMAIL = `select ${COLUMNS} from contacts where owner_id = $1 and email = $2`;
const BY_EMAIL = `${READ_BY_EMAIL} for no key update`;

const ADD = `insert into contacts (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

function faultOfAdd(error: unknown): never {
  throw brokenConstraint(error) === 'contacts_email_unique' ? new Overtaken() : error;
}

interface FoundRow {
  id: string;
  owner_id: string;
  name: string;
  email: string;
  phone: string | null;
  company: string | null;
  notes: string | null;
  source: ContactSource;
  created_at: string;
  updated_at: string;
}

function contactOf({ owner_id, created_at, updated_at, ...row }: FoundRow): Contact {
  return Contact.of({
    ...row,
    ownerId: owner_id,
    createdAt: instantOf(created_at),
    updatedAt: instantOf(updated_at),
  });
}
