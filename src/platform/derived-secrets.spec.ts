import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DerivedSecrets } from './derived-secrets.js';

const withKey = (key: Uint8Array) => new DerivedSecrets(async () => key);

describe('a derived secret', () => {
  it('is the same for whoever has the key, and has 256 bits', async () => {
    const key = randomBytes(32);
    const secret = await withKey(key).of('push', 'connection 1');
    expect(await withKey(key).of('push', 'connection 1')).toBe(secret);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  });

  it('is another for another thing, another purpose, and another key', async () => {
    const key = randomBytes(32);
    const secrets = await Promise.all([
      withKey(key).of('push', 'connection 1'),
      withKey(key).of('push', 'connection 2'),
      withKey(key).of('feed', 'connection 1'),
      withKey(randomBytes(32)).of('push', 'connection 1'),
    ]);
    expect(new Set(secrets).size).toBe(4);
  });
});
