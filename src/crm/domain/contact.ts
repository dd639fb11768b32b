import type { Instant } from '@js-joda/core';
import { InvalidData } from '../../kernel/domain-error.js';
import type { ContactCreated } from '../../kernel/domain-event.js';
import { isEmailAddress, normalizeEmail } from '../../kernel/email-address.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { faultOfText, textLimits, tidyText } from '../../kernel/text.js';

/** How a contact came to be known. */
export type ContactSource = 'API' | 'BOOKING' | 'DASHBOARD' | 'IMPORT';

/** What a contact is said to be, as it is kept. */
export interface ContactDetails {
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly company: string | null;
  readonly notes: string | null;
}

/** The same as it comes from outside: null or blank text means that there is none. What is left out is not spoken of. */
export type GivenContactDetails = { readonly [Field in keyof ContactDetails]?: string | null };

export interface ContactState extends ContactDetails {
  readonly id: string;
  readonly ownerId: string;
  readonly source: ContactSource;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

const fields = ['name', 'email', 'phone', 'company', 'notes'] as const satisfies (keyof ContactDetails)[];

/** Somebody an owner meets. It owns what may be said of a contact and what is never overwritten. */
export class Contact {
  private readonly recorded: ContactCreated[] = [];

  private constructor(private current: ContactState) {}

  static of(state: ContactState): Contact {
    return new Contact(state);
  }

  /** Throws `InvalidData` with every fault; `name` and `email` are required. */
  static create(
    given: GivenContactDetails,
    origin: Pick<ContactState, 'id' | 'ownerId' | 'source'>,
    at: Instant,
  ): Contact {
    const { name = '', email = '', phone = null, company = null, notes = null } = given;
    const details = tidied({ name, email, phone, company, notes }) as ContactDetails;
    const contact = new Contact({
      id: origin.id,
      ownerId: origin.ownerId,
      name: details.name,
      email: details.email,
      phone: details.phone,
      company: details.company,
      notes: details.notes,
      source: origin.source,
      createdAt: at,
      updatedAt: at,
    });
    contact.recordCreated(at);
    return contact;
  }

  get state(): ContactState {
    return this.current;
  }

  /** What happened since the contact was made or found, oldest first. */
  get events(): readonly ContactCreated[] {
    return this.recorded;
  }

  /** Says whether anything is different now. Null or blank text clears an optional field. Throws `InvalidData` with every fault. */
  change(patch: GivenContactDetails, at: Instant): boolean {
    const changed = { ...this.current, ...tidied(patch) };
    if (fields.every((field) => changed[field] === this.current[field])) return false;
    this.current = { ...changed, updatedAt: at };
    return true;
  }

  /** Takes from what is given only what is not known yet, and says whether that was anything. */
  fillBlanks(given: GivenContactDetails, at: Instant): boolean {
    const blanks = fields.filter((field) => this.current[field] === null);
    return this.change(Object.fromEntries(blanks.map((field) => [field, given[field]])), at);
  }

  /** Whether `fillBlanks` would take anything of what is given. */
  lacks(given: GivenContactDetails): boolean {
    return Contact.of(this.current).fillBlanks(given, this.current.updatedAt);
  }

  private recordCreated(occurredAt: Instant): void {
    const { id, ownerId, name, email, phone, company, notes, source, createdAt, updatedAt } = this.current;
    const data = {
      id,
      name,
      email,
      phone,
      company,
      notes,
      source,
      createdAt: formatInstant(createdAt),
      updatedAt: formatInstant(updatedAt),
    };
    this.recorded.push({ name: 'contact.created', ownerId, subjectId: id, occurredAt, data });
  }
}

/** The given fields as they are kept, the others left out. */
function tidied(given: GivenContactDetails): Partial<ContactDetails> {
  const kept: Partial<Record<keyof ContactDetails, string | null>> = {};
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const text = given[field];
    if (text === undefined) continue;
    const value = field === 'email' ? normalizeEmail(text ?? '') : tidyText(text ?? '');
    const fault = faultOf(field, value);
    if (fault) faults[field] = fault;
    kept[field] = value === '' ? null : value;
  }
  if (Object.keys(faults).length > 0) throw new InvalidData(faults);
  return kept as Partial<ContactDetails>;
}

function faultOf(field: keyof ContactDetails, value: string): string | null {
  if (value === '') return field === 'name' || field === 'email' ? `${field} is required` : null;
  if (field === 'email') return isEmailAddress(value) ? null : 'Invalid email format';
  const fault = faultOfText(value, textLimits[field], field === 'notes' ? 'several lines' : 'one line');
  return fault && `${field} ${fault}`;
}
