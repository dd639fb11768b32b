import type { Clock } from '../../kernel/clock.js';
import { normalizeEmail } from '../../kernel/email-address.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { Contact } from '../domain/contact.js';
import type { Contacts } from '../ports.js';

export interface FindOrCreateContactCommand {
  readonly ownerId: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  /** What `LookUpContact` found in this very unit of work; left out, it is looked up. */
  readonly known?: Contact | null;
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
    return this.unitOfWork.run(async () => {
      const now = this.clock.now();
      const { known = await this.contacts.findByEmail(normalizeEmail(email), ownerId) } = command;
      if (known) {
        if (known.fillBlanks({ phone }, now)) await this.contacts.save(known);
        return known.state.id;
      }
      const origin = { id: this.ids.next(), ownerId, source: 'BOOKING' } as const;
      const contact = Contact.create({ name, email, phone }, origin, now);
      await this.contacts.add(contact);
      return contact.state.id;
    });
  }
}
