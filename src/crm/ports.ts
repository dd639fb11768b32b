import type { Contact } from './domain/contact.js';

/** The contacts of all owners. */
export abstract class Contacts {
  /** The contact, if it is this owner's, locked until the unit of work ends; null if unknown or another's. */
  abstract find(id: string, ownerId: string): Promise<Contact | null>;

  /**
   * Stores the contact and the events it recorded. Throws `ContactEmailTaken` if the owner has another with that address,
   * however close the race; the unit of work can then only end.
   */
  abstract save(contact: Contact): Promise<void>;

  /**
   * The owner's contact that already has the address of this new one, locked until the unit of work ends; if there is none, the new
   * one, stored with the events it recorded. One that is just being stored elsewhere is waited for.
   */
  abstract findOrAdd(contact: Contact): Promise<Contact>;

  /** Removes the contact for good. Its bookings stay, without a contact. */
  abstract remove(contact: Contact): Promise<void>;
}
