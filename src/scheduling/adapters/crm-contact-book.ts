import type { FindOrCreateContact } from '../../crm/use-cases/find-or-create-contact.js';
import type { LookUpContact } from '../../crm/use-cases/look-up-contact.js';
import type { Invitee } from '../domain/booking.js';
import { ContactBook, type ContactEntry } from '../ports.js';

type Found = Awaited<ReturnType<LookUpContact['execute']>>;

/** The owner's contacts as the CRM keeps them. */
export class CrmContactBook extends ContactBook {
  constructor(
    private readonly lookUpContact: LookUpContact,
    private readonly findOrCreateContact: FindOrCreateContact,
  ) {
    super();
  }

  async lookUp(ownerId: string, email: string): Promise<ContactEntry> {
    return this.entryOf(ownerId, email, await this.lookUpContact.execute({ ownerId, email, isLocked: true }));
  }

  async see(ownerId: string, { email, phone }: Invitee): Promise<ContactEntry | null> {
    const known = await this.lookUpContact.execute({ ownerId, email, isLocked: false });
    return known?.lacks({ phone }) ? null : this.entryOf(ownerId, email, known);
  }

  private entryOf(ownerId: string, email: string, known: Found): ContactEntry {
    return {
      complete: ({ name, phone }) => this.findOrCreateContact.execute({ ownerId, name, email, phone, known }),
    };
  }
}
