import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { effectivePlan } from './plan.js';

const end = Instant.parse('2026-03-01T00:00:00Z');

describe('effectivePlan', () => {
  it('is what is paid for while that lasts', () => {
    expect(effectivePlan('PRO', null, end)).toBe('PRO');
    expect(effectivePlan('BUSINESS', end, end.minusMillis(1))).toBe('BUSINESS');
  });

  it('is FREE from the instant on which the plan ends', () => {
    expect(effectivePlan('BUSINESS', end, end)).toBe('FREE');
    expect(effectivePlan('PRO', end, end.plusSeconds(1))).toBe('FREE');
  });
});
