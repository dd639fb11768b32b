import { Conflict, NotFound } from '../../kernel/domain-error.js';

export class UserNotFound extends NotFound {
  constructor() {
    super('User not found');
  }
}

export class ApiKeyNotFound extends NotFound {
  constructor() {
    super('API key not found');
  }
}

export class EmailTaken extends Conflict {
  constructor() {
    super('A user with this email already exists');
  }
}

export class UsernameTaken extends Conflict {
  constructor() {
    super('A user with this username already exists');
  }
}
