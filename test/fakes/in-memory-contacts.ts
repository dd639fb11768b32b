import { Contact, type ContactState } from '../../src/crm/domain/contact.js';
import { ContactEmailTaken } from '../../src/crm/domain/errors.js';
import { Contacts } from '../../src/crm/ports.js';
import type { DomainEvent } from '../../src/kernel/domain-event.js';
import type { Restorable } from './in-memory-unit-of-work.js';

export class InMemoryContacts extends Contacts implements Restorable {
  private kept = new Map<string, ContactState>();
  private stored: readonly DomainEvent[] = [];

  get all(): ContactState[] {
    return [...this.kept.values()];
  }

  /** The events stored with contacts, oldest first. */
  get events(): readonly DomainEvent[] {
    return this.stored;
  }

  async find(id: string, ownerId: string): Promise<Contact | null> {
    return this.first((contact) => contact.id === id && contact.ownerId === ownerId);
  }

  async findByEmail(email: string, ownerId: string): Promise<Contact | null> {
    return this.first((contact) => contact.email === email && contact.ownerId === ownerId);
  }

  async save(contact: Contact): Promise<void> {
    if (!(await this.saveIfNew(contact))) throw new ContactEmailTaken();
  }

  async saveIfNew({ state, events }: Contact): Promise<boolean> {
    const taken = this.all.some(
      ({ id, ownerId, email }) => id !== state.id && ownerId === state.ownerId && email === state.email,
    );
    if (taken) return false;
    this.kept.set(state.id, state);
    this.stored = [...this.stored, ...events];
    return true;
  }

  async remove({ state }: Contact): Promise<void> {
    this.kept.delete(state.id);
  }

  snapshot(): () => void {
    const before = { kept: new Map(this.kept), stored: this.stored };
    return () => Object.assign(this, before);
  }

  private first(wanted: (contact: ContactState) => boolean): Contact | null {
    const state = this.all.find(wanted);
    return state ? Contact.of(state) : null;
  }
}
