import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SealBroken, SealedText } from './sealed-text.js';

const withKey = (key: Uint8Array) => new SealedText(async () => key);

describe('a sealed text', () => {
  const sealedText = withKey(randomBytes(32));

  it('opens as it was sealed, by whoever has the key', async () => {
    const key = randomBytes(32);
    const sealed = await withKey(key).seal('pässword 🔑', 'connection 1');
    expect(await withKey(key).open(sealed, 'connection 1')).toBe('pässword 🔑');
  });

  it('shows nothing of itself, and is another each time', async () => {
    const [one, other] = await Promise.all([sealedText.seal('secret', 'a'), sealedText.seal('secret', 'a')]);
    expect(one!.includes('secret')).toBe(false);
    expect(one!.equals(other!)).toBe(false);
  });

  it('opens with no other key, for nothing else, and not when a bit of it has changed', async () => {
    const sealed = await sealedText.seal('secret', 'a');
    await expect(withKey(randomBytes(32)).open(sealed, 'a')).rejects.toThrow(SealBroken);
    await expect(sealedText.open(sealed, 'b')).rejects.toThrow(SealBroken);
    for (const place of [0, 5, 20, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[place]! ^= 1;
      await expect(sealedText.open(changed, 'a')).rejects.toThrow(SealBroken);
    }
    await expect(sealedText.open(Buffer.of(), 'a')).rejects.toThrow(SealBroken);
    await expect(sealedText.open(sealed.subarray(0, 20), 'a')).rejects.toThrow(SealBroken);
  });

  it('asks for its key again if it could not be had', async () => {
    let away = true;
    const waiting = new SealedText(async () => {
      if (away) throw new Error('The disk is away');
      return randomBytes(32);
    });
    await expect(waiting.seal('secret', 'a')).rejects.toThrow('The disk is away');
    away = false;
    expect(await waiting.open(await waiting.seal('secret', 'a'), 'a')).toBe('secret');
  });
});
