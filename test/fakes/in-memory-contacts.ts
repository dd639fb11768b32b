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

  async save(contact: Contact): Promise<void> {
    this.add(contact);
  }

  async findByEmail(email: string, ownerId: string): Promise<Contact | null> {
    return this.ofAddress(email, ownerId);
  }

  async readByEmail(email: string, ownerId: string): Promise<Contact | null> {
    return this.findByEmail(email, ownerId);
  }

  add({ state, events }: Contact): void {
    const holder = this.ofAddress(state.email, state.ownerId);
    if (holder && holder.state.id !== state.id) throw new ContactEmailTaken();
    this.kept.set(state.id, state);
    this.stored = [...this.stored, ...events];
  }

  async remove({ state }: Contact): Promise<void> {
    this.kept.delete(state.id);
  }

  snapshot(): () => void {
    const before = { kept: new Map(this.kept), stored: this.stored };
    return () => Object.assign(this, before);
  }

  private ofAddress(email: string, ownerId: string): Contact | null {
    return this.first((contact) => contact.email === email && contact.ownerId === ownerId);
  }

  private first(wanted: (contact: ContactState) => boolean): Contact | null {
    const state = this.all.find(wanted);
    return state ? Contact.of(state) : null;
  }
}
