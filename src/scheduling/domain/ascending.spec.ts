import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { placesIn } from './ascending.js';

const numRuns = Number(process.env.PROPERTY_RUNS ?? 500);

const ascendingLists = fc
  .uniqueArray(fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -(2 ** 42), max: 2 ** 42 })))
  .map((numbers) => numbers.sort((one, other) => one - other));

describe('The place of a number in an ascending list', () => {
  it('is that of the number itself, or of the next that is larger', () => {
    const placeOf = placesIn([10, 20, 40]);
    expect([9, 10, 11, 20, 39, 40].map(placeOf)).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('is the end of the list for a number larger than all', () => {
    expect(placesIn([10, 20])(21)).toBe(2);
    expect(placesIn([10, 20])(Infinity)).toBe(2);
    expect(placesIn([])(5)).toBe(0);
  });

  it('is what a look at each number finds, however they are spread', () => {
    fc.assert(
      fc.property(ascendingLists, fc.array(fc.integer({ min: -(2 ** 42), max: 2 ** 42 })), (list, others) => {
        const placeOf = placesIn(list);
        for (const least of [...list.flatMap((number) => [number - 1, number, number + 1]), ...others]) {
          const found = list.findIndex((number) => number >= least);
          expect([least, placeOf(least)]).toEqual([least, found === -1 ? list.length : found]);
        }
      }),
      { numRuns },
    );
  });
});
