import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { Together } from '../../kernel/together.js';
import { brokenConstraint, Overtaken } from '../../platform/persistence/database-errors.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Outbox } from '../../platform/persistence/outbox.js';
import type { Session } from '../../platform/persistence/session.js';
import type { Sql } from '../../platform/persistence/sql.js';
import type { Writer } from '../../platform/persistence/writes-at-once.js';
import { Contact, type ContactSource } from '../domain/contact.js';
import { ContactEmailTaken } from '../domain/errors.js';
import { Contacts } from '../ports.js';
import { ContactRow } from './tables.js';

/** Contacts in PostgreSQL, whose unique index has the last word on who has an address. */
export class TypeOrmContacts extends Contacts {
  private readonly looks = new Together((asked: readonly Address[]) => this.lookUpAll(asked));

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
    const [row] = await this.session.prepared<PlainRow>('contact by e-mail', BY_EMAIL, [ownerId, email]);
    return row ? contactOf(row) : null;
  }

  readByEmail(email: string, ownerId: string): Promise<Contact | null> {
    return this.looks.ask({ ownerId, email });
  }

  add(contact: Contact): void {
    this.session.store(ADD, [plainRowOf(contact)]);
    this.outbox.append(contact.events);
  }

  async save(contact: Contact): Promise<void> {
    try {
      await this.session.manager.upsert(ContactRow, { ...contact.state }, ['id']);
    } catch (error) {
      if (brokenConstraint(error) === 'contacts_email_unique') throw new ContactEmailTaken();
      throw error;
    }
    this.outbox.append(contact.events);
  }

  async remove(contact: Contact): Promise<void> {
    await this.session.manager.delete(ContactRow, { id: contact.state.id });
  }

  private async lookUpAll(asked: readonly Address[]): Promise<(Contact | null)[]> {
    const rows = await this.sql.prepared<PlainRow & { place: number }>(
      'contacts by e-mail',
      READ_ALL_BY_EMAIL,
      [asked.map(({ ownerId }) => ownerId), asked.map(({ email }) => email)],
    );
    const found = asked.map((): Contact | null => null);
    for (const row of rows) found[row.place - 1] = contactOf(row);
    return found;
  }
}

/** Under which an owner may know somebody. */
interface Address {
  readonly ownerId: string;
  readonly email: string;
}

const COLUMNS = 'id, owner_id, name, email, phone, company, notes, source, created_at, updated_at';

const BY_EMAIL = `select ${COLUMNS} from contacts where owner_id = $1 and email = $2 for no key update`;

const READ_ALL_BY_EMAIL = `
  select asked.place::int, contacts.*
  from unnest($1::uuid[], $2::text[]) with ordinality as asked(owner_id, email, place)
  cross join lateral (
    select ${COLUMNS} from contacts c where c.owner_id = asked.owner_id and c.email = asked.email
  ) contacts`;

const ADD: Writer<PlainRow> = {
  name: 'add contacts',
  text: `insert into contacts (${COLUMNS}) select ${COLUMNS} from json_populate_recordset(null::contacts, $1)`,
  valuesOf: (rows) => [JSON.stringify(rows)],
  faultOf: faultOfAdd,
};

function faultOfAdd(error: unknown): never {
  throw brokenConstraint(error) === 'contacts_email_unique' ? new Overtaken() : error;
}

interface PlainRow {
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

function plainRowOf({ state }: Contact): PlainRow {
  return {
    id: state.id,
    owner_id: state.ownerId,
    name: state.name,
    email: state.email,
    phone: state.phone,
    company: state.company,
    notes: state.notes,
    source: state.source,
    created_at: formatInstant(state.createdAt),
    updated_at: formatInstant(state.updatedAt),
  };
}

function contactOf(row: PlainRow): Contact {
  return Contact.of({
    id: row.id,
    ownerId: row.owner_id,
    name: row.name,
    email: row.email,
    phone: row.phone,
    company: row.company,
    notes: row.notes,
    source: row.source,
    createdAt: instantOf(row.created_at),
    updatedAt: instantOf(row.updated_at),
  });
}
