import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryRateLimits } from './memory-rate-limits.js';

describe('MemoryRateLimits', () => {
  it('agrees with a plain count of the last minute, whatever comes when', async () => {
    const asked = fc.array(
      fc.record({ after: fc.integer({ min: 0, max: 20_000 }), limit: fc.integer({ min: 1, max: 4 }) }),
      {
        maxLength: 60,
      },
    );
    await fc.assert(
      fc.asyncProperty(asked, async (requests) => {
        let now = 0;
        const limits = new MemoryRateLimits(() => now);
        const allowedAt: number[] = [];
        for (const { after, limit } of requests) {
          now += after;
          const counting = allowedAt.filter((at) => at > now - 60_000);
          const { allowed, retryAfterSeconds } = await limits.hit('bucket', limit);

          expect(allowed).toBe(counting.length < limit);
          if (allowed) allowedAt.push(now);
          else expect(retryAfterSeconds).toBe(Math.ceil((counting.at(-limit)! + 60_000 - now) / 1_000));
        }
      }),
    );
  });

  it('never names a wait of more than a minute, on a clock that tells fractions of milliseconds', async () => {
    for (let now = 0.1; now < 2_000; now += 1.7) {
      const limits = new MemoryRateLimits(() => now);
      expect(await limits.hit('bucket', 1)).toMatchObject({ resetSeconds: 60 });
      expect(await limits.hit('bucket', 1)).toMatchObject({ allowed: false, retryAfterSeconds: 60 });
    }
  });

  it('names a wait of at least a second, and rounds it up', async () => {
    let now = 0;
    const limits = new MemoryRateLimits(() => now);
    await limits.hit('bucket', 1);
    now = 58_999;
    expect(await limits.hit('bucket', 1)).toMatchObject({ allowed: false, retryAfterSeconds: 2 });
    now = 59_999;
    expect(await limits.hit('bucket', 1)).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
    now = 60_000;
    expect(await limits.hit('bucket', 1)).toMatchObject({ allowed: true });
  });

  it('forgets the bucket hit longest ago when there are too many', async () => {
    const limits = new MemoryRateLimits(() => 0, 3);
    for (const bucket of ['a', 'b', 'c', 'a', 'd']) await limits.hit(bucket, 2);

    expect(await limits.peek('b', 2)).toMatchObject({ remaining: 2 });
    expect(await limits.peek('a', 2)).toMatchObject({ remaining: 0 });
    expect(await limits.peek('c', 2)).toMatchObject({ remaining: 1 });
    expect(await limits.peek('d', 2)).toMatchObject({ remaining: 1 });
  });

  it('keeps its memory while a limit of a million is asked for by everybody', async () => {
    const limits = new MemoryRateLimits(() => 0);
    const before = process.memoryUsage();
    for (let i = 0; i < 60_000; i += 1) await limits.hit(`address ${i}`, 1_000_000);
    const after = process.memoryUsage();

    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(grown / 2 ** 20).toBeLessThan(100);
  });

  it('takes the same time for each hit however many there were', async () => {
    let now = 0;
    const limits = new MemoryRateLimits(() => now);
    const timeOf = async (hits: number) => {
      const began = performance.now();
      for (let i = 0; i < hits; i += 1, now += 0.5) await limits.hit('bucket', 1_000_000);
      return performance.now() - began;
    };
    await timeOf(20_000);
    const few = await timeOf(20_000);
    await timeOf(200_000);
    const many = await timeOf(20_000);
    expect(many).toBeLessThan(few * 20);
  });
});
