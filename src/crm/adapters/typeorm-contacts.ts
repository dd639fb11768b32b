import type { FindOptionsWhere } from 'typeorm';
import { isId } from '../../kernel/ids.js';
import { brokenConstraint } from '../../platform/persistence/database-errors.js';
import type { Outbox } from '../../platform/persistence/outbox.js';
import type { Session } from '../../platform/persistence/session.js';
import { Contact } from '../domain/contact.js';
import { ContactEmailTaken } from '../domain/errors.js';
import { Contacts } from '../ports.js';
import { ContactRow } from './tables.js';

/** Contacts in PostgreSQL, whose unique index has the last word on who has an address. */
export class TypeOrmContacts extends Contacts {
  constructor(
    private readonly session: Session,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async find(id: string, ownerId: string): Promise<Contact | null> {
    return isId(id) ? this.findLocked({ id, ownerId }) : null;
  }

  async findByEmail(email: string, ownerId: string): Promise<Contact | null> {
    return this.findLocked({ email, ownerId });
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

  async saveIfNew(contact: Contact): Promise<boolean> {
    const { raw: stored } = await this.session.manager
      .createQueryBuilder()
      .insert()
      .into(ContactRow)
      .values({ ...contact.state })
      .orIgnore()
      .returning('id')
      .execute();
    if (stored.length === 0) return false;
    await this.outbox.append(contact.events);
    return true;
  }

  async remove(contact: Contact): Promise<void> {
    await this.session.manager.delete(ContactRow, { id: contact.state.id });
  }

  private async findLocked(where: FindOptionsWhere<ContactRow>): Promise<Contact | null> {
    const row = await this.session.manager.findOne(ContactRow, {
      where,
      lock: { mode: 'for_no_key_update' }, // bookings that refer to the contact may still be added meanwhile
    });
    return row && Contact.of({ ...row });
  }
}
