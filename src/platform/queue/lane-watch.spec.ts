import { beforeEach, describe, expect, it } from '@jest/globals';
import { LaneWatch, LOOK_EVERY_MS } from './lane-watch.js';

describe('A lane of a process', () => {
  let watch: LaneWatch;
  let now: number;
  beforeEach(() => {
    watch = new LaneWatch();
    now = 1_000;
  });

  /** Looks once each quarter of a minute; what each look says. */
  const looks = (...waiting: (number | null)[]) =>
    waiting.map((count) => watch.look(count, (now += LOOK_EVERY_MS)));

  it('is stuck when jobs have waited in vain for a minute, and again a minute after it was cured', () => {
    expect(looks(3, 4, 1, 9, 2)).toEqual([false, false, false, false, true]);
    expect(looks(3, 4, 1, 9, 2)).toEqual([false, false, false, false, true]);
  });

  it('is not stuck while nothing waits, however long that is', () => {
    expect(looks(...Array.from({ length: 20 }, () => 0))).not.toContain(true);
    expect(looks(1, 0, 1, 1, 1, 1)).not.toContain(true);
  });

  it('is not stuck while it is handed jobs now and then', () => {
    for (let minutes = 0; minutes < 5; minutes += 1) {
      expect(looks(9, 9, 9)).not.toContain(true);
      watch.begun();
      watch.ended();
      expect(looks(9)).toEqual([false]);
    }
  });

  it('is not stuck while a job is under way, for whose receiver it may wait', () => {
    watch.begun();
    expect(looks(9, 9, 9, 9, 9, 9, 9)).not.toContain(true);
    watch.ended();
    expect(looks(9, 9, 9, 9, 9)).toEqual([false, false, false, false, true]);
  });

  it('is not stuck for what the queue does not tell', () => {
    expect(looks(9, 9, 9, null, 9, 9, 9)).not.toContain(true);
    expect(looks(...Array.from({ length: 20 }, () => null))).not.toContain(true);
  });

  it('is not stuck because its process stood still', () => {
    expect(looks(9, 9)).toEqual([false, false]);
    now += 3_600_000;
    expect(looks(9, 9, 9, 9, 9)).toEqual([false, false, false, false, true]);
  });
});
