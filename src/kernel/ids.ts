import { randomFillSync, randomInt } from 'node:crypto';
import { v7, validate } from 'uuid';

/** Where new ids and secrets come from; an argument of the core, as time is. */
export abstract class Ids {
  /** A new id: a UUID whose text sorts by the time of its making (RFC 9562, version 7). */
  abstract next(): string;

  /** 256 bits nobody can guess, as base64url: the key to one thing, such as an invitee's own booking. */
  abstract secret(): string;
}

export class RandomIds extends Ids {
  /** Counts the ids, so that those of one millisecond sort by their making too (RFC 9562, 6.2, method 1). */
  private sequence = randomInt(2 ** 31);

  next(): string {
    this.sequence = (this.sequence + 1) >>> 0;
    return v7({ random: randomness(16), seq: this.sequence });
  }

  secret(): string {
    return randomness(32).toString('base64url');
  }
}

const page = Buffer.alloc(4_096);
let used = page.length;

/** Random bytes that nobody else is given. They come from the system by the page: a call for each costs twenty times as much. */
function randomness(bytes: number): Buffer {
  if (used + bytes > page.length) {
    randomFillSync(page);
    used = 0;
  }
  used += bytes;
  return page.subarray(used - bytes, used);
}

/** Whether a text from outside can be an id at all. One that cannot is treated as unknown, and never reaches SQL. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && validate(text);
}
