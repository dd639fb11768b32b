import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rarestPieces } from './search-pieces.js';

const counts = (known: Record<string, number>, others = 10) => ({
  known: new Map(Object.entries(known)),
  others,
});

describe('A search', () => {
  it('is made by the three rarest pieces of its words', () => {
    const known = counts({ ada: 900, noe: 4, oet: 700, eth: 80, the: 1_000, her: 500 });

    expect(rarestPieces(['ada', 'noether'], known)).toEqual(['noe', 'eth', 'her']);
  });

  it('is made by what is rare only: the rest is read for nothing', () => {
    const known = counts({ ada: 2_001, lov: 2_000, ove: 90_000, vel: 90_000 });

    expect(rarestPieces(['ada', 'lovel'], known)).toEqual(['lov']);
  });

  it('takes what was never seen for rare, if few can have it', () => {
    expect(rarestPieces(['xyz'], counts({}, 2_000))).toEqual(['xyz']);
    expect(rarestPieces(['xyz'], counts({}, 2_001))).toEqual([]);
  });

  it('is made by all of its words if nothing in them is rare, too short, or not plain Latin', () => {
    expect(rarestPieces(['ada'], counts({ ada: 5_000 }))).toEqual([]);
    expect(rarestPieces(['ad', 'a@da', '北京市'], counts({}))).toEqual([]);
    expect(rarestPieces([], counts({}))).toEqual([]);
  });

  it('leaves out what may be written otherwise where it is stored', () => {
    expect(rarestPieces(['angstroem', 'zoë'], counts({ ang: 1, ngs: 2, gst: 3 }))).toEqual([
      'ang',
      'ngs',
      'gst',
    ]);
    expect(rarestPieces(['Åbcdé'], counts({}))).toEqual(['bcd']);
  });

  it('counts pieces whatever their letter case', () => {
    expect(rarestPieces(['ADA'], counts({ ada: 5_000 }))).toEqual([]);
    expect(rarestPieces(['ADA', 'Bob'], counts({ ada: 5_000 }))).toEqual(['Bob']);
  });

  it('names at most three, each once, all of them in its words', () => {
    const word = fc.string({ maxLength: 12, unit: fc.constantFrom(...'abcABC019@é_ ') });
    fc.assert(
      fc.property(
        fc.array(word),
        fc.dictionary(fc.string({ minLength: 3, maxLength: 3 }), fc.nat(4_000)),
        (words, known) => {
          const pieces = rarestPieces(words, counts(known));
          expect(pieces.length).toBeLessThanOrEqual(3);
          expect(new Set(pieces).size).toBe(pieces.length);
          for (const piece of pieces) expect(words.some((each) => each.includes(piece))).toBe(true);
        },
      ),
    );
  });
});
