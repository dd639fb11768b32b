import { LRUCache } from 'lru-cache';
import { IssuedKeys, type IssuedKey } from '../ports.js';

/** Where the database tells that a key, or an owner's plan, has changed. */
export const KEY_OWNER_CHANGED = 'key_owner_changed';

const MOST_KEYS = 10_000;
const TTL_MS = 60_000;

/**
 * Remembers for a minute what was found, so that a key in use costs the database one look-up a minute. Only facts are kept,
 * never a verdict, and nothing of keys that were never issued. Memory is believed only while the database can tell of changes:
 * until `setListening(true)`, and again after `setListening(false)`, every key is looked up.
 */
export class CachedIssuedKeys extends IssuedKeys {
  private readonly found: LRUCache<string, IssuedKey>;
  private underWay = new Map<string, Promise<IssuedKey | null>>();
  private listening = false;

  /** `timer` runs evenly, in milliseconds, whatever is done to the machine's clock. */
  constructor(
    private readonly source: IssuedKeys,
    timer: { now(): number } = performance,
  ) {
    super();
    this.found = new LRUCache({ max: MOST_KEYS, ttl: TTL_MS, ttlResolution: 0, perf: timer });
  }

  async find(hash: Buffer): Promise<IssuedKey | null> {
    const key = hash.toString('base64');
    return this.found.get(key) ?? this.underWay.get(key) ?? this.lookUp(key, hash);
  }

  noteUse(keyId: string): void {
    this.source.noteUse(keyId);
  }

  /** Something about a key or its owner has changed: nothing read before this moment is used by later requests. */
  forget(): void {
    this.found.clear();
    this.underWay = new Map();
  }

  /** Whether changes are being told of from now on. */
  setListening(listening: boolean): void {
    this.listening = listening;
    this.forget();
  }

  /** Requests that come while one look-up is under way share it. */
  private lookUp(key: string, hash: Buffer): Promise<IssuedKey | null> {
    const { underWay } = this;
    const lookUp = this.source
      .find(hash)
      .then((issued) => {
        if (issued && this.listening && underWay === this.underWay) this.found.set(key, issued);
        return issued;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, lookUp);
    return lookUp;
  }
}
