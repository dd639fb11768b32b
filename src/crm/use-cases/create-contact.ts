import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { Contact, type ContactSource, type GivenContactDetails } from '../domain/contact.js';
import type { Contacts } from '../ports.js';

export interface CreateContactCommand {
  readonly ownerId: string;
  readonly source: ContactSource;
  readonly details: GivenContactDetails;
}

/** The owner adds a contact. */
export class CreateContact {
  constructor(
    private readonly contacts: Contacts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async execute({ ownerId, source, details }: CreateContactCommand): Promise<Contact> {
    const contact = Contact.create(details, { id: this.ids.next(), ownerId, source }, this.clock.now());
    await this.unitOfWork.run(() => this.contacts.save(contact));
    return contact;
  }
}
