import { beforeEach, describe, expect, it } from '@jest/globals';
import { hashOfKey } from '../domain/api-key.js';
import { IssuedKeys, type IssuedKey } from '../ports.js';
import { CachedIssuedKeys } from './cached-issued-keys.js';

const hash = hashOfKey('a key');
const facts: IssuedKey = {
  keyId: 'key',
  ownerId: 'owner',
  expiresAt: null,
  revokedAt: null,
  plan: 'PRO',
  planExpiresAt: null,
};

/** A database whose answers wait until they are let go, so that things can happen meanwhile. */
class SlowIssuedKeys extends IssuedKeys {
  readonly uses: string[] = [];
  readonly asked: Buffer[] = [];
  private readonly waiting: ((answer: IssuedKey | null | Error) => void)[] = [];

  find(asked: Buffer): Promise<IssuedKey | null> {
    this.asked.push(asked);
    return new Promise((resolve, reject) =>
      this.waiting.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer))),
    );
  }

  noteUse(keyId: string): void {
    this.uses.push(keyId);
  }

  /** Lets the oldest question be answered. */
  answer(answer: IssuedKey | null | Error): void {
    this.waiting.shift()!(answer);
  }
}

describe('CachedIssuedKeys', () => {
  let source: SlowIssuedKeys;
  let keys: CachedIssuedKeys;
  let milliseconds: number;
  beforeEach(() => {
    source = new SlowIssuedKeys();
    milliseconds = 1;
    keys = new CachedIssuedKeys(source, { now: () => milliseconds });
    keys.setListening(true);
  });

  async function lookUp(answer: IssuedKey | null): Promise<IssuedKey | null> {
    const found = keys.find(hash);
    source.answer(answer);
    return found;
  }

  it('asks once for a key in use, and again after a minute', async () => {
    await lookUp(facts);
    milliseconds += 59_000;
    expect(await keys.find(hash)).toBe(facts);

    milliseconds += 2_000;
    const renewed = { ...facts, plan: 'BUSINESS' as const };
    expect(await lookUp(renewed)).toBe(renewed);
  });

  it('asks once for all who want the same key at the same time', async () => {
    const found = [keys.find(hash), keys.find(hash), keys.find(hash)];
    source.answer(facts);

    expect(await Promise.all(found)).toEqual([facts, facts, facts]);
    expect(source.asked).toEqual([hash]);
  });

  it('keeps keys apart', async () => {
    await lookUp(facts);
    const other = keys.find(hashOfKey('another key'));
    source.answer(null);

    expect(await other).toBeNull();
  });

  it('does not remember keys that were never issued: one may be issued at any moment', async () => {
    expect(await lookUp(null)).toBeNull();
    expect(await lookUp(facts)).toBe(facts);
  });

  it('does not remember a failed look-up', async () => {
    const failing = keys.find(hash);
    source.answer(new Error('connection lost'));
    await expect(failing).rejects.toThrow('connection lost');

    expect(await lookUp(facts)).toBe(facts);
  });

  it('asks again when told that something has changed', async () => {
    await lookUp(facts);
    keys.forget();

    expect(await lookUp(null)).toBeNull();
  });

  it('uses no answer that was asked for before a change for a request that comes after it', async () => {
    const before = keys.find(hash);
    keys.forget();
    const after = keys.find(hash);
    source.answer(facts);
    source.answer(null);

    expect(await before).toBe(facts);
    expect(await after).toBeNull();
    expect(await lookUp(null)).toBeNull();
  });

  it('asks every time while the database cannot tell of changes', async () => {
    await lookUp(facts);
    keys.setListening(false);
    await lookUp(facts);
    await lookUp(facts);

    expect(source.asked).toHaveLength(3);
  });

  it('asks every time until it is told that changes are being told of', async () => {
    keys = new CachedIssuedKeys(source);
    await lookUp(facts);
    await lookUp(facts);

    expect(source.asked).toHaveLength(2);
  });

  it('uses nothing it was told before the connection was lost once it is back', async () => {
    await lookUp(facts);
    keys.setListening(false);
    keys.setListening(true);

    expect(await lookUp(null)).toBeNull();
  });

  it('passes on that a key was used', () => {
    keys.noteUse('key');

    expect(source.uses).toEqual(['key']);
  });
});
