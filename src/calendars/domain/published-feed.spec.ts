import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { feedAddress, hashOfToken, isReadingNoted, tokenIn } from './published-feed.js';

const token = 'A-z_0'.padEnd(43, 'x');
const at = Instant.parse('2026-03-02T09:00:00Z');

describe('The address of a published feed', () => {
  it('ends in the secret and .ics', () => {
    const address = feedAddress('https://time.example.com', token);
    expect(address).toBe(`https://time.example.com/calendars/feeds/${token}.ics`);
    expect(tokenIn(address.split('/').at(-1)!)).toBe(token);
  });

  it.each([
    token,
    `${token}.ICS`,
    `${token}x.ics`,
    `${token.slice(1)}.ics`,
    '.ics',
    `${token.slice(1)}%.ics`,
  ])('is not %s', (file) => {
    expect(tokenIn(file)).toBeNull();
  });

  it('is known by a hash of its secret', () => {
    expect(hashOfToken(token)).toHaveLength(32);
    expect(hashOfToken(token)).not.toEqual(hashOfToken(token.toUpperCase()));
  });
});

describe('A reading of a published feed', () => {
  const read = (lastReadAt: string | null) => ({
    ...{ ownerId: 'owner', tokenHash: hashOfToken(token), publishedAt: at },
    lastReadAt: lastReadAt === null ? null : Instant.parse(lastReadAt),
  });

  it.each([
    [null, true],
    ['2026-03-02T08:59:00Z', true],
    ['2026-03-02T08:59:01Z', false],
  ])('after the last of %s is noted: %s', (lastReadAt, isNoted) => {
    expect(isReadingNoted(read(lastReadAt), at)).toBe(isNoted);
  });
});
