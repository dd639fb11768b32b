import { describe, expect, it } from '@jest/globals';
import { goesOn } from './webhook-row.js';

describe('A row of webhooks', () => {
  it('goes on to the eighth where the receiver is quick', () => {
    expect(goesOn({ sent: 1, tookMs: 3 })).toBe(true);
    expect(goesOn({ sent: 7, tookMs: 21 })).toBe(true);
    expect(goesOn({ sent: 8, tookMs: 24 })).toBe(false);
  });

  it('ends once the receiver has taken a quarter of a second', () => {
    expect(goesOn({ sent: 2, tookMs: 249 })).toBe(true);
    expect(goesOn({ sent: 2, tookMs: 250 })).toBe(false);
    expect(goesOn({ sent: 1, tookMs: 15_000 })).toBe(false);
  });
});
