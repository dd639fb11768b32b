import { KeyOwners, type KeyOwner, type KeyRefusal } from '../../platform/http/key-owner.js';
import type { ProveKey } from '../use-cases/prove-key.js';

/** Answers the edge's question who is behind a request. */
export class ProvenKeyOwners extends KeyOwners {
  constructor(private readonly proveKey: ProveKey) {
    super();
  }

  prove(key: string): Promise<KeyOwner | KeyRefusal> {
    return this.proveKey.execute({ text: key });
  }
}
