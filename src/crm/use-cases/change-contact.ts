import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { GivenContactDetails } from '../domain/contact.js';
import { ContactNotFound } from '../domain/errors.js';
import type { Contacts } from '../ports.js';

export interface ChangeContactCommand {
  readonly contactId: string;
  readonly ownerId: string;
  /** What is left out stays as it is. */
  readonly patch: GivenContactDetails;
}

/** The owner corrects or completes a contact. */
export class ChangeContact {
  constructor(
    private readonly contacts: Contacts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ contactId, ownerId, patch }: ChangeContactCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const contact = await this.contacts.find(contactId, ownerId);
      if (!contact) throw new ContactNotFound();

      if (contact.change(patch, this.clock.now())) await this.contacts.save(contact);
    });
  }
}
