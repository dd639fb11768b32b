import type { Contact } from './domain/contact.js';

/** The contacts of all owners. */
export abstract class Contacts {
  /** The contact, if it is this owner's, locked until the unit of work ends; null if unknown or another's. */
  abstract find(id: string, ownerId: string): Promise<Contact | null>;

  /** The owner's contact of a normalized address, locked until the unit of work ends; null if there is none. */
  abstract findByEmail(email: string, ownerId: string): Promise<Contact | null>;

  /** The same as it is now, not locked and therefore not to be saved. */
  abstract readByEmail(email: string, ownerId: string): Promise<Contact | null>;

  /**
   * Stores the contact and the events it recorded. Throws `ContactEmailTaken` if the owner has another with that address,
   * however close the race; the unit of work can then only end.
   */
  abstract save(contact: Contact): Promise<void>;

  /**
   * Has a new contact stored, with the events it recorded, of an address under which none was found. Should another have stored one
   * meanwhile, the unit of work is done again and finds that.
   */
  abstract add(contact: Contact): void;

  /** Removes the contact for good. Its bookings stay, without a contact. */
  abstract remove(contact: Contact): Promise<void>;
}
