import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { ContactNotFound } from '../domain/errors.js';
import type { Contacts } from '../ports.js';

export interface DeleteContactCommand {
  readonly contactId: string;
  readonly ownerId: string;
}

/** The owner removes a contact for good. */
export class DeleteContact {
  constructor(
    private readonly contacts: Contacts,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async execute({ contactId, ownerId }: DeleteContactCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const contact = await this.contacts.find(contactId, ownerId);
      if (!contact) throw new ContactNotFound();

      await this.contacts.remove(contact);
    });
  }
}
