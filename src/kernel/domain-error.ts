/** The four ways in which a rule can be broken. What each means to a client is decided at the edge. */
export type DomainErrorKind = 'invalid' | 'unauthorized' | 'not-found' | 'conflict';

/** A product rule said no. The message is one sentence that the client may see. */
export abstract class DomainError extends Error {
  abstract readonly kind: DomainErrorKind;

  override get name(): string {
    return this.constructor.name;
  }
}

/** Field by field, what is wrong with what was sent: dotted path → one sentence. */
export class InvalidData extends DomainError {
  readonly kind = 'invalid';

  constructor(readonly details: Readonly<Record<string, string>>) {
    super('Invalid request data');
  }
}

export abstract class NotFound extends DomainError {
  readonly kind = 'not-found';
}

export abstract class Conflict extends DomainError {
  readonly kind = 'conflict';
}
