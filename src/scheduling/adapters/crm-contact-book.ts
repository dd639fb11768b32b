import type { FindOrCreateContact } from '../../crm/use-cases/find-or-create-contact.js';
import type { LookUpContact } from '../../crm/use-cases/look-up-contact.js';
import { ContactBook, type ContactEntry } from '../ports.js';

/** The owner's contacts as the CRM keeps them. */
export class CrmContactBook extends ContactBook {
  constructor(
    private readonly lookUpContact: LookUpContact,
    private readonly findOrCreateContact: FindOrCreateContact,
  ) {
    super();
  }

  async lookUp(ownerId: string, email: string): Promise<ContactEntry> {
    const known = await this.lookUpContact.execute({ ownerId, email });
    return {
      complete: ({ name, phone }) => this.findOrCreateContact.execute({ ownerId, name, email, phone, known }),
    };
  }
}
