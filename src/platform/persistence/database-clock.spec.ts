import { afterEach, describe, expect, it } from '@jest/globals';
import { DatabaseClock } from './database-clock.js';

const HOUR = 3_600_000;

describe("The database's clock", () => {
  let clock: DatabaseClock;
  afterEach(() => clock.stop());

  /** A clock that is asked of a database so many milliseconds ahead of this machine. */
  const against = (aheadMs: number): DatabaseClock =>
    (clock = new DatabaseClock({ query: async () => [{ ms: Date.now() + aheadMs }] }));
  const ahead = () => clock.now().toEpochMilli() - Date.now();

  it('is what all processes go by, wherever their machine’s own stands', async () => {
    await against(HOUR).start();
    expect(Math.abs(ahead() - HOUR)).toBeLessThan(100);

    await against(-HOUR).start();
    expect(Math.abs(ahead() + HOUR)).toBeLessThan(100);
  });

  it('is taken for the machine’s own until it has been looked at', () => {
    against(HOUR);
    expect(Math.abs(ahead())).toBeLessThan(1_000);
  });

  it('is not believed to be off by less than the look at it took', async () => {
    const slow = async () => {
      const ms = performance.timeOrigin + performance.now() + 40;
      const until = performance.now() + 100;
      while (performance.now() < until);
      return [{ ms }];
    };
    clock = new DatabaseClock({ query: slow });
    const before = clock.now().toEpochMilli() - performance.now();
    await clock.start();
    expect(Math.abs(clock.now().toEpochMilli() - performance.now() - before)).toBeLessThan(3);
  });
});
