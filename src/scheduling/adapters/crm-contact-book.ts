import type { AddInvitee } from '../../crm/use-cases/add-invitee.js';
import type { FindOrCreateContact } from '../../crm/use-cases/find-or-create-contact.js';
import type { LookUpContact } from '../../crm/use-cases/look-up-contact.js';
import type { Invitee } from '../domain/booking.js';
import { ContactBook, type ContactEntry, type SeenContact } from '../ports.js';

/** The owner's contacts as the CRM keeps them. */
export class CrmContactBook extends ContactBook {
  constructor(
    private readonly lookUpContact: LookUpContact,
    private readonly findOrCreateContact: FindOrCreateContact,
    private readonly addInvitee: AddInvitee,
  ) {
    super();
  }

  async lookUp(ownerId: string, email: string): Promise<ContactEntry> {
    const known = await this.lookUpContact.execute({ ownerId, email, isLocked: true });
    return {
      complete: ({ name, phone }) => this.findOrCreateContact.execute({ ownerId, name, email, phone, known }),
    };
  }

  async see(ownerId: string, { email, phone }: Invitee): Promise<SeenContact | null> {
    const known = await this.lookUpContact.execute({ ownerId, email, isLocked: false });
    if (known) return known.lacks({ phone }) ? null : { enter: () => known.state.id };
    return { enter: ({ name }) => this.addInvitee.execute({ ownerId, name, email, phone }) };
  }
}
