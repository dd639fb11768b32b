import { describe, expect, it } from '@jest/globals';
import { offsetOf, pageOf } from './page.js';

describe('A page of a list', () => {
  it('begins after the pages before it', () => {
    expect(offsetOf({ page: 1, limit: 20 })).toBe(0);
    expect(offsetOf({ page: 3, limit: 20 })).toBe(40);
  });

  it.each([
    [0, 0],
    [1, 1],
    [20, 1],
    [21, 2],
    [40, 2],
  ])('of %i items at 20 a page is one of %i', (total, totalPages) => {
    expect(pageOf(['item'], { page: 1, limit: 20 }, total)).toEqual({
      data: ['item'],
      pagination: { page: 1, limit: 20, total, totalPages },
    });
  });

  it('past the end is empty and bears the true totals', () => {
    expect(pageOf([], { page: 9, limit: 20 }, 21)).toEqual({
      data: [],
      pagination: { page: 9, limit: 20, total: 21, totalPages: 2 },
    });
  });
});
