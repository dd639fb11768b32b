import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidData } from '../../kernel/domain-error.js';
import { ApiKey, hashOfKey, isKeyText, makeKeyText, refusalOf } from './api-key.js';

const now = Instant.parse('2026-02-10T12:00:00Z');
const random = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("a key's text", () => {
  it('is lt_live_, 43 characters for 256 random bits and a checksum of 6', () => {
    expect(makeKeyText(new Uint8Array(32))).toBe('lt_live_00000000000000000000000000000000000000000001H6Wad');
    fc.assert(
      fc.property(random, (bytes) => expect(makeKeyText(bytes)).toMatch(/^lt_live_[0-9A-Za-z]{49}$/)),
    );
  });

  it('carries all of its random bits', () => {
    const most = makeKeyText(new Uint8Array(32).fill(255));
    const oneLess = makeKeyText(new Uint8Array(32).fill(255, 0, 31).fill(254, 31));

    expect(most.slice(8, 51)).not.toBe(oneLess.slice(8, 51));
    expect(() => makeKeyText(new Uint8Array(31))).toThrow(RangeError);
  });

  it('is known as one without a look-up', () => {
    fc.assert(fc.property(random, (bytes) => isKeyText(makeKeyText(bytes))));
  });

  it('is not taken for one with any character mistyped, left out or doubled', () => {
    fc.assert(
      fc.property(random, fc.nat(56), fc.constantFrom(...'0aZ_-% é'), (bytes, at, typed) => {
        const text = makeKeyText(bytes);
        const without = text.slice(0, at) + text.slice(at + 1);
        const mistyped = text.slice(0, at) + typed + text.slice(at + 1);
        const doubled = text.slice(0, at) + text[at] + text.slice(at);
        expect([without, doubled].some(isKeyText)).toBe(false);
        expect(isKeyText(mistyped)).toBe(mistyped === text);
      }),
    );
  });

  it.each([
    '',
    'lt_live_',
    'lt_test_',
    `${makeKeyText(new Uint8Array(32))}\n`,
    'Bearer',
    'x'.repeat(100_000),
  ])('is not %j', (text) => expect(isKeyText(text)).toBe(false));

  it('is stored as its SHA-256 only', () => {
    expect(hashOfKey('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('ApiKey', () => {
  const text = makeKeyText(new Uint8Array(32).fill(7));
  const details = { id: 'key', ownerId: 'owner', name: ' Zapier ', expiresAt: null };

  it('is recognised by its first twelve characters, and its text is not kept', () => {
    const { state } = ApiKey.issue(text, details, now);

    expect(state.name).toBe('Zapier');
    expect(state.prefix).toBe(text.slice(0, 12));
    expect(state.hash).toEqual(hashOfKey(text));
    expect(JSON.stringify(state)).not.toContain(text.slice(12));
  });

  it('needs a name of one line and an expiry to come, and says all that is wrong', () => {
    expect(faultsOf({ name: ' ', expiresAt: now })).toEqual({
      name: 'name is required',
      expiresAt: 'expiresAt must be in the future',
    });
    expect(faultsOf({ name: 'a\nb' })).toEqual({ name: 'name must not contain control characters' });
    expect(faultsOf({ name: 'x'.repeat(201) })).toEqual({ name: 'name must be at most 200 characters' });
    expect(faultsOf({ name: '😀'.repeat(200), expiresAt: now.plusMillis(1) })).toEqual({});
  });

  it('stays revoked since the first time', () => {
    const key = ApiKey.issue(text, details, now);
    key.revoke(now.plusSeconds(1));
    key.revoke(now.plusSeconds(2));

    expect(key.state.revokedAt).toEqual(now.plusSeconds(1));
  });

  function faultsOf(given: { name: string; expiresAt?: Instant }): Readonly<Record<string, string>> {
    try {
      ApiKey.issue(text, { ...details, ...given }, now);
      return {};
    } catch (error) {
      return (error as InvalidData).details;
    }
  }
});

describe('refusalOf', () => {
  const valid = { expiresAt: null, revokedAt: null };

  it('accepts a key of a paying owner', () => {
    expect(refusalOf(valid, 'PRO', now)).toBeNull();
    expect(refusalOf({ ...valid, expiresAt: now.plusMillis(1) }, 'BUSINESS', now)).toBeNull();
  });

  it('says of a revoked key what it says of an unknown one', () => {
    expect(refusalOf({ expiresAt: now, revokedAt: now }, 'FREE', now)).toBe('Invalid API key');
  });

  it('says that a key has expired, from that instant on', () => {
    expect(refusalOf({ ...valid, expiresAt: now }, 'PRO', now)).toBe('API key has expired');
  });

  it('says that a key is inactive while its owner has no paid plan', () => {
    expect(refusalOf(valid, 'FREE', now)).toBe('API key is inactive');
  });
});
