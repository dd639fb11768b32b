import { describe, expect, it } from '@jest/globals';
import { codePoints, faultOfText, tameText, tidyText } from './text.js';

describe('Text', () => {
  it('is kept without white space around it, and composed', () => {
    expect(tidyText('\u00a0 a  b\t\n')).toBe('a  b');
    expect(tidyText('Zoe\u0308')).toBe('Zo\u00eb');
  });

  it.each([
    ['', 0],
    ['abc', 3],
    ['😀😀', 2],
    ['\u00eb', 1],
  ])('%p counts %i characters', (text, count) => {
    expect(codePoints(text)).toBe(count);
  });

  it('may be as long as its maximum in code points', () => {
    expect(faultOfText('😀'.repeat(10), 10, 'one line')).toBeNull();
    expect(faultOfText('😀'.repeat(11), 10, 'one line')).toBe('must be at most 10 characters');
    expect(faultOfText('x'.repeat(11), 10, 'several lines')).toBe('must be at most 10 characters');
  });

  it.each([['\n'], ['\r'], ['\t'], ['\0'], ['\u001b'], ['\u007f'], ['\u0085'], ['\u2028'], ['\u2029']])(
    'of one line has no %p',
    (character) => {
      expect(faultOfText(`a${character}b`, 10, 'one line')).toBe('must not contain control characters');
    },
  );

  it('of several lines has line ends and tabs, and no other control character', () => {
    expect(faultOfText('a\r\n\tb\u2028c', 10, 'several lines')).toBeNull();
    for (const character of ['\0', '\u0008', '\u000b', '\u000c', '\u001b', '\u007f', '\u009f']) {
      expect(faultOfText(character, 10, 'several lines')).toBe('must not contain control characters');
    }
  });

  it.each([['\ud800'], ['a\udc00b'], ['\udc00\ud800']])('has no half characters', (text) => {
    expect(faultOfText(text, 10, 'one line')).toBe('must be well-formed text');
  });

  it('of a server is kept in one line that no terminal obeys, as long as it may be', () => {
    expect(tameText(' 550 No\r\n\0such\tuser\u001b[31m\n', 100)).toBe('550 No such user [31m');
    expect(tameText('half \ud83d', 100)).toBe('half \ufffd');
    expect(tameText('😀😀😀', 2)).toBe('😀😀');
  });

  it('may be of any script', () => {
    expect(faultOfText('Ærøskøbing 東京 القاهرة 👩‍👩‍👧', 40, 'one line')).toBeNull();
  });
});
