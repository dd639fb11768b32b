import type { FindOrCreateContact } from '../../crm/use-cases/find-or-create-contact.js';
import type { Invitee } from '../domain/booking.js';
import { ContactBook } from '../ports.js';

/** The owner's contacts as the CRM keeps them. */
export class CrmContactBook extends ContactBook {
  constructor(private readonly findOrCreateContact: FindOrCreateContact) {
    super();
  }

  contactFor(ownerId: string, { name, email, phone }: Invitee): Promise<string> {
    return this.findOrCreateContact.execute({ ownerId, name, email, phone });
  }
}
