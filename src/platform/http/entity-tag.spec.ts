import { describe, expect, it } from '@jest/globals';
import { entityTagOf, isKnown } from './entity-tag.js';

const tag = entityTagOf('text');

describe('An entity tag', () => {
  it('is strong, the same for the same text and another for another', () => {
    expect(tag).toMatch(/^"[\w-]{43}"$/);
    expect(entityTagOf('text')).toBe(tag);
    expect(entityTagOf('Text')).not.toBe(tag);
  });

  it.each([tag, `W/${tag}`, `"other", ${tag}`, `"other",W/${tag} `, '*'])('is known to %s', (header) => {
    expect(isKnown(tag, header)).toBe(true);
  });

  it.each([undefined, '', '"other"', tag.slice(1, -1), 'W/'])('is not known to %s', (header) => {
    expect(isKnown(tag, header)).toBe(false);
  });
});
