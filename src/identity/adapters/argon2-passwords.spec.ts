import { describe, expect, it } from '@jest/globals';
import { verify } from '@node-rs/argon2';
import { Argon2Passwords } from './argon2-passwords.js';

describe('Argon2Passwords', () => {
  it('keeps a password as an argon2id hash with a salt of its own', async () => {
    const passwords = new Argon2Passwords();
    const hash = await passwords.hash('correct horse');

    expect(hash).toMatch(/^\$argon2id\$/);
    expect(hash).not.toBe(await passwords.hash('correct horse'));
    expect(await verify(hash, 'correct horse')).toBe(true);
    expect(await verify(hash, 'battery staple')).toBe(false);
  });
});
