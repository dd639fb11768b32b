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
    return this.unitOfWork.run(async () => {
      for (;;) {
        const contact = (await this.find(command)) ?? (await this.make(command));
        if (contact) return contact.state.id;
      }
    });
  }

  private async find({ ownerId, email, phone }: FindOrCreateContactCommand): Promise<Contact | null> {
    const contact = await this.contacts.findByEmail(normalizeEmail(email), ownerId);
    if (contact?.fillBlanks({ phone }, this.clock.now())) await this.contacts.save(contact);
    return contact;
  }

  /** Null if another made the contact in between: it will be found now. */
  private async make({ ownerId, name, email, phone }: FindOrCreateContactCommand): Promise<Contact | null> {
    const origin = { id: this.ids.next(), ownerId, source: 'BOOKING' } as const;
    const contact = Contact.create({ name, email, phone }, origin, this.clock.now());
    return (await this.contacts.saveIfNew(contact)) ? contact : null;
  }
}
