import { describe, expect, it } from '@jest/globals';
import { isEmailAddress, normalizeEmail } from './email-address.js';

describe('An e-mail address', () => {
  it('is kept trimmed, in lower case and composed, its dots and tags untouched', () => {
    expect(normalizeEmail('  Ann.B+Work@Example.COM\n')).toBe('ann.b+work@example.com');
    expect(normalizeEmail('ZOE\u0308@example.com')).toBe('zo\u00eb@example.com');
  });

  it.each([
    ['a@b.co'],
    ['ann.b+work@mail.example.com'],
    ["o'hara@example.ie"],
    ['x_y-z=1!#$%&*/?^`{|}~@example.com'],
    ['zoë@bücher.example'],
    ['用户@例子.公司'],
    ['a@xn--bcher-kva.example'],
    ['a@1and1.com'],
    [`${'l'.repeat(64)}@example.com`],
    [`a@${'d'.repeat(63)}.com`],
  ])('may be %s', (address) => {
    expect(isEmailAddress(address)).toBe(true);
  });

  it.each([
    [''],
    ['@'],
    ['ann'],
    ['@example.com'],
    ['ann@'],
    ['ann@localhost'],
    ['ann@.com'],
    ['ann@example..com'],
    ['ann@example.com.'],
    ['ann@-example.com'],
    ['ann@example-.com'],
    ['ann@192.168.0.1'],
    ['.ann@example.com'],
    ['ann.@example.com'],
    ['a..b@example.com'],
    ['a b@example.com'],
    ['a@b@example.com'],
    ['"ann"@example.com'],
    ['Ann <ann@example.com>'],
    ['ann@example.com\n'],
    ['ann@example.com\r\nbcc: eve@example.com'],
    ['ann@exa\0mple.com'],
    ['ann\ud800@example.com'],
    ['ann@example.com,bob@example.com'],
    [`${'l'.repeat(65)}@example.com`],
    [`a@${'d'.repeat(64)}.com`],
  ])('cannot be %p', (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });

  it('has at most 254 characters, however many units each takes', () => {
    const domain = `${'d'.repeat(60)}.`.repeat(3) + 'example.io';
    expect(isEmailAddress(`${'a'.repeat(60)}@${domain}`)).toBe(true);
    expect(isEmailAddress(`${'a'.repeat(61)}@${domain}`)).toBe(false);
    expect(isEmailAddress(`${'𝒶'.repeat(32)}@${domain}`)).toBe(true);
  });
});
