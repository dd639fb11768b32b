import { Ids } from '../../src/kernel/ids.js';

/** Ids and secrets that count from 1, so that a test can name what it is going to make. */
export class SequentialIds extends Ids {
  private ids = 0;
  private secrets = 0;

  next(): string {
    this.ids += 1;
    return idNumber(this.ids);
  }

  secret(): string {
    this.secrets += 1;
    return Buffer.alloc(32, this.secrets).toString('base64url');
  }
}

/** The n-th id that `SequentialIds` gives. */
export function idNumber(n: number): string {
  return `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
}
