import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import { Contact } from '../domain/contact.js';
import type { Contacts } from '../ports.js';

export interface AddInviteeCommand {
  readonly ownerId: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
}

/** Somebody books whom the owner does not know yet: a new contact. Part of a unit of work that has looked, and waits for nothing. */
export class AddInvitee {
  constructor(
    private readonly contacts: Contacts,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Returns the contact's id. */
  execute({ ownerId, name, email, phone }: AddInviteeCommand): string {
    const origin = { id: this.ids.next(), ownerId, source: 'BOOKING' } as const;
    const contact = Contact.create({ name, email, phone }, origin, this.clock.now());
    this.contacts.add(contact);
    return contact.state.id;
  }
}
