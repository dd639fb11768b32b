import { normalizeEmail } from '../../kernel/email-address.js';
import type { Contact } from '../domain/contact.js';
import type { Contacts } from '../ports.js';

export interface LookUpContactCommand {
  readonly ownerId: string;
  readonly email: string;
}

/** Whom an owner knows under an address: for work that goes on with it, as `FindOrCreateContact` does. */
export class LookUpContact {
  constructor(private readonly contacts: Contacts) {}

  /** The contact, locked until the unit of work ends; null if there is none. */
  async execute({ ownerId, email }: LookUpContactCommand): Promise<Contact | null> {
    return this.contacts.findByEmail(normalizeEmail(email), ownerId);
  }
}
