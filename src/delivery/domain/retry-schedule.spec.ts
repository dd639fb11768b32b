import { Duration, Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { chanceOf, secondsToRetry } from './retry-schedule.js';

const at = Instant.parse('2026-02-10T12:00:00Z');
const HALF = 0.5; // neither less nor more

/** The waits between all attempts at a receiver who never succeeds. */
function waits(chance: number, retryAfter: string | null = null): number[] {
  const clock = new FixedClock(at);
  const found: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const seconds = secondsToRetry({ attempts, retryAfter, at: clock.now() }, chance);
    if (seconds === null) return found;
    found.push(seconds);
    clock.advance(Duration.ofMillis(Math.round(seconds * 1_000)));
  }
}

const asked = (retryAfter: string, attempts = 1) => secondsToRetry({ attempts, retryAfter, at }, HALF);

describe('Retries of a webhook', () => {
  it('come after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, and then no more', () => {
    expect(waits(HALF)).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  });

  it('come up to a tenth sooner or later', () => {
    expect(waits(0)).toEqual([4.5, 270, 1_620, 6_480, 16_200, 32_400, 45_360, 64_800, 77_760]);
    const [soonest, latest] = [waits(0), waits(1)];
    for (const chance of [0.1, 0.7, 0.999]) {
      for (const [place, wait] of waits(chance).entries()) {
        expect(wait).toBeGreaterThan(soonest[place]!);
        expect(wait).toBeLessThan(latest[place]!);
      }
    }
    expect(latest[0]).toBeCloseTo(5.5);
  });

  it('wait as long as the receiver asks, in seconds or until a date, and no less than the schedule says', () => {
    expect(asked('120')).toBe(120);
    expect(asked('1')).toBe(5);
    expect(asked('120', 2)).toBe(300);
    expect(asked('Tue, 10 Feb 2026 12:02:00 GMT')).toBe(120);
    expect(asked('Tue, 10 Feb 2026 11:00:00 GMT')).toBe(5);
  });

  it('do not wait longer than a day because they are asked to', () => {
    expect(asked('86401')).toBe(86_400);
    expect(asked('9'.repeat(400))).toBe(86_400);
    expect(asked('Sat, 10 Feb 2046 12:00:00 GMT')).toBe(86_400);
  });

  it.each([
    '',
    'soon',
    '-5',
    '1.5',
    '2026-02-10T12:02:00Z',
    'Tue, 31 Feb 2026 12:02:00 GMT',
    'Tue, 10 Foo 2026 12:02:00 GMT',
  ])('follow the schedule when asked for "%s"', (retryAfter) => {
    expect(asked(retryAfter)).toBe(5);
  });

  it('stop after the last one, whatever the receiver asks', () => {
    expect(asked('60', 9)).toBe(86_400);
    expect(asked('60', 10)).toBeNull();
    expect(waits(HALF, '3600')).toHaveLength(9);
  });

  it('are spread by a chance that is the same whenever it is asked for', () => {
    const chances = Array.from({ length: 1_000 }, (_, place) => chanceOf(`delivery-${place}/1`));
    expect(chanceOf('delivery-7/1')).toBe(chances[7]);
    for (const tenth of Array.from({ length: 10 }, (_, place) => place / 10)) {
      const inside = chances.filter((chance) => chance >= tenth && chance < tenth + 0.1);
      expect(inside.length).toBeGreaterThan(50);
    }
  });
});
