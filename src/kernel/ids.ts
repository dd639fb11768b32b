import { randomBytes } from 'node:crypto';
import { v7, validate } from 'uuid';

/** Where new ids and secrets come from; an argument of the core, as time is. */
export abstract class Ids {
  /** A new id: a UUID whose text sorts by the time of its making (RFC 9562, version 7). */
  abstract next(): string;

  /** 256 bits nobody can guess, as base64url: the key to one thing, such as an invitee's own booking. */
  abstract secret(): string;
}

export class RandomIds extends Ids {
  next(): string {
    return v7();
  }

  secret(): string {
    return randomBytes(32).toString('base64url');
  }
}

/** Whether a text from outside can be an id at all. One that cannot is treated as unknown, and never reaches SQL. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && validate(text);
}
