/** For whom a request acts: the owner of the key it bears. */
export interface KeyOwner {
  readonly keyId: string;
  readonly ownerId: string;
}

/** Why a key is not accepted. `known` keys were really issued once, and are charged to themselves and not to the caller's address. */
export interface KeyRefusal {
  readonly message: string;
  readonly knownKeyId: string | null;
}

/** Proves API keys. The edge asks it before anything of the request is read. */
export abstract class KeyOwners {
  /** Who is behind the key, or why nobody is. A text that cannot be a key is refused without a look-up. */
  abstract prove(key: string): Promise<KeyOwner | KeyRefusal>;
}

export function isRefusal(outcome: KeyOwner | KeyRefusal): outcome is KeyRefusal {
  return 'message' in outcome;
}
