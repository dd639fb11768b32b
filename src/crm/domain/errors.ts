import { Conflict, NotFound } from '../../kernel/domain-error.js';

export class ContactNotFound extends NotFound {
  constructor() {
    super('Contact not found');
  }
}

export class ContactEmailTaken extends Conflict {
  constructor() {
    super('A contact with this email already exists');
  }
}
