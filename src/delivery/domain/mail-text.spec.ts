import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hostileText } from '../../../test/support/hostile.js';
import { oneLine, severalLines } from './mail-text.js';

describe('Text of one line', () => {
  it('joins its lines, whichever way they end', () => {
    expect(oneLine(' a\r\nb\rc\nd\u2028e\u2029f\u0085g\vh\fi\tj ')).toBe('a b c d e f g h i j');
  });

  it('has no control character and no half of an emoji', () => {
    expect(oneLine('a\0b\u0007c\u001b[31md\u007fe\ud83d')).toBe('abc[31mde\ufffd');
  });

  it('does not turn round what stands after it', () => {
    expect(oneLine('\u202eevil\u2066')).toBe('evil');
  });

  it('leaves names and emoji of all the world as they are', () => {
    const name = "Zoë O'Neill, Dr. 山田 عمر 👩\u200d💻";
    expect(oneLine(name)).toBe(name);
  });

  it('is one line of printable text, whatever it was', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(oneLine(text)).toMatch(/^[^\p{Cc}\u2028\u2029]*$/u);
        expect(oneLine(oneLine(text))).toBe(oneLine(text));
      }),
    );
  });
});

describe('Text of several lines', () => {
  it('keeps them, each ended by a line feed', () => {
    expect(severalLines('a\r\n\r\nb\rc\u2028d\n')).toBe('a\n\nb\nc\nd');
  });

  it('has no other control character, whatever it was', () => {
    fc.assert(fc.property(hostileText, (text) => expect(severalLines(text)).toMatch(/^[\P{Cc}\n]*$/u)));
  });
});
