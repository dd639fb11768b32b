import type { Clock } from '../../kernel/clock.js';
import { normalizeEmail } from '../../kernel/email-address.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { Contact } from '../domain/contact.js';
import type { Contacts } from '../ports.js';
import type { AddInvitee } from './add-invitee.js';

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
    private readonly addInvitee: AddInvitee,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Returns the contact's id. */
  async execute(command: FindOrCreateContactCommand): Promise<string> {
    const { ownerId, name, email, phone } = command;
    return this.unitOfWork.run(async () => {
      const { known = await this.contacts.findByEmail(normalizeEmail(email), ownerId) } = command;
      if (!known) return this.addInvitee.execute({ ownerId, name, email, phone });
      if (known.fillBlanks({ phone }, this.clock.now())) await this.contacts.save(known);
      return known.state.id;
    });
  }
}
