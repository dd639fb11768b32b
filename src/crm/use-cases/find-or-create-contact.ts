import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { Contact } from '../domain/contact.js';
import type { Contacts } from '../ports.js';

export interface FindOrCreateContactCommand {
  readonly ownerId: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
}

/** Somebody books: the owner's contact of that address, its blanks filled and nothing overwritten, or a new one. */
export class FindOrCreateContact {
  constructor(
    private readonly contacts: Contacts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Returns the contact's id. */
  async execute(command: FindOrCreateContactCommand): Promise<string> {
    const { ownerId, name, email, phone } = command;
    const now = this.clock.now();
    const origin = { id: this.ids.next(), ownerId, source: 'BOOKING' } as const;
    return this.unitOfWork.run(async () => {
      const contact = await this.contacts.findOrAdd(Contact.create({ name, email, phone }, origin, now));
      if (contact.fillBlanks({ phone }, now)) await this.contacts.save(contact);
      return contact.state.id;
    });
  }
}
