import { Passwords } from '../../src/identity/ports.js';

/** Anything but a hash, so that a test can see which password was kept. */
export class PlainPasswords extends Passwords {
  async hash(password: string): Promise<string> {
    return `hash of ${password}`;
  }
}
