import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { secondsAsked } from './retry-after.js';

const at = Instant.parse('2026-02-10T12:00:00.500Z');

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120],
    ['9'.repeat(400), Infinity],
    ['Tue, 10 Feb 2026 12:02:00 GMT', 119.5],
    ['Tue, 10 Feb 2026 11:00:00 GMT', 0],
  ])('%s asks for %p seconds', (text, seconds) => {
    expect(secondsAsked(text, at)).toBe(seconds);
  });

  it.each([
    ...['', 'soon', '-5', '1.5', '2026-02-10T12:02:00Z', 'Tue, 31 Feb 2026 12:02:00 GMT'],
    ...['Tue, 10 Foo 2026 12:02:00 GMT', 'Tue, 10 Feb 2026 12:02:00 CET'],
  ])('"%s" asks for nothing', (text) => {
    expect(secondsAsked(text, at)).toBeNull();
  });
});
