import { describe, expect, it } from '@jest/globals';
import { faultOfReminders } from './reminder-times.js';

describe('How long before meetings people are reminded', () => {
  it.each([[[]], [[1_440, 60]], [[5, 40_320]], [[5, 10, 15, 20, 25]]])('may be %j minutes', (minutes) => {
    expect(faultOfReminders(minutes)).toBeNull();
  });

  it.each([
    [[4], 'must be whole minutes, from 5 to 40320 (28 days)'],
    [[40_321], 'must be whole minutes, from 5 to 40320 (28 days)'],
    [[7.5], 'must be whole minutes, from 5 to 40320 (28 days)'],
    [[Number.NaN], 'must be whole minutes, from 5 to 40320 (28 days)'],
    [[60, 1_440, 60], 'must not name a time twice'],
    [[5, 10, 15, 20, 25, 30], 'must be at most 5 times'],
  ])('may not be %j minutes', (minutes, fault) => {
    expect(faultOfReminders(minutes)).toBe(fault);
  });
});
