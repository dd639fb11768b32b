import { hash } from '@node-rs/argon2';
import { Passwords } from '../ports.js';

/** Argon2id with 19 MiB, two passes and one lane, as OWASP recommends; computed off the main thread. */
export class Argon2Passwords extends Passwords {
  hash(password: string): Promise<string> {
    return hash(password);
  }
}
