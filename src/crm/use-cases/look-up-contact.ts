import { normalizeEmail } from '../../kernel/email-address.js';
import type { Contact } from '../domain/contact.js';
import type { Contacts } from '../ports.js';

export interface LookUpContactCommand {
  readonly ownerId: string;
  readonly email: string;
  /** Whether the contact is to stay as it is until the unit of work ends. */
  readonly isLocked: boolean;
}

/** Whom an owner knows under an address: for work that goes on with it, as `FindOrCreateContact` does. */
export class LookUpContact {
  constructor(private readonly contacts: Contacts) {}

  /** The contact; null if there is none. */
  async execute({ ownerId, email, isLocked }: LookUpContactCommand): Promise<Contact | null> {
    const address = normalizeEmail(email);
    return isLocked
      ? this.contacts.findByEmail(address, ownerId)
      : this.contacts.readByEmail(address, ownerId);
  }
}
