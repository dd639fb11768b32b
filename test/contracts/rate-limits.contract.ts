import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RateLimits } from '../../src/platform/throttling/rate-limits.js';

export interface RateLimitsStage {
  /** Two that share their counts, as two processes do. */
  readonly limits: readonly [RateLimits, RateLimits];
  /** Lets time go by. */
  pass(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** What everything that counts requests promises. */
export function rateLimitsContract(name: string, open: () => Promise<RateLimitsStage>): void {
  describe(`RateLimits: ${name}`, () => {
    let stage: RateLimitsStage;
    let limits: RateLimits;
    let other: RateLimits;
    let buckets = 0;

    beforeAll(async () => {
      stage = await open();
      [limits, other] = stage.limits;
    });
    afterAll(() => stage.close());

    const aBucket = () => `bucket ${(buckets += 1)}`;
    const hit = async (bucket: string, limit: number, times: number) => {
      for (let i = 0; i < times; i += 1) await (i % 2 ? other : limits).hit(bucket, limit);
    };

    it('allows as many as the limit says and counts down to none', async () => {
      const bucket = aBucket();
      const allowances = [];
      for (let i = 0; i < 4; i += 1) allowances.push(await limits.hit(bucket, 3));

      expect(allowances.map(({ allowed }) => allowed)).toEqual([true, true, true, false]);
      expect(allowances.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0]);
      expect(allowances[0]).toEqual({
        allowed: true,
        limit: 3,
        remaining: 2,
        resetSeconds: 60,
        retryAfterSeconds: 0,
      });
      expect(allowances[3]).toEqual({
        allowed: false,
        limit: 3,
        remaining: 0,
        resetSeconds: 60,
        retryAfterSeconds: 60,
      });
    });

    it('counts what any process let through', async () => {
      const bucket = aBucket();
      expect(await limits.hit(bucket, 2)).toMatchObject({ allowed: true, remaining: 1 });
      expect(await other.hit(bucket, 2)).toMatchObject({ allowed: true, remaining: 0 });
      expect(await limits.hit(bucket, 2)).toMatchObject({ allowed: false });
      expect(await other.hit(bucket, 2)).toMatchObject({ allowed: false });
    });

    it('allows one more once the wait it named is over, and not sooner', async () => {
      const bucket = aBucket();
      await hit(bucket, 2, 1);
      await stage.pass(20);
      await hit(bucket, 2, 1);
      const { retryAfterSeconds } = await limits.hit(bucket, 2);
      expect(retryAfterSeconds).toBe(40);

      await stage.pass(retryAfterSeconds - 1);
      expect(await other.hit(bucket, 2)).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
      await stage.pass(1);
      expect(await other.hit(bucket, 2)).toMatchObject({ allowed: true, remaining: 0 });
      expect(await limits.hit(bucket, 2)).toMatchObject({ allowed: false, retryAfterSeconds: 20 });
    });

    it('does not lengthen the wait of whoever keeps asking', async () => {
      const bucket = aBucket();
      await other.hit(bucket, 1);
      for (let second = 10; second < 60; second += 10) {
        await stage.pass(10);
        expect(await limits.hit(bucket, 1)).toMatchObject({ allowed: false, retryAfterSeconds: 60 - second });
      }
      await stage.pass(10);
      expect(await limits.hit(bucket, 1)).toMatchObject({ allowed: true });
    });

    it('never lets more than the limit through in any minute, wherever it begins', async () => {
      const bucket = aBucket();
      let second = 0;
      const allowedAt: number[] = [];
      for (const pause of [0, 25, 25, 5, 5, 5, 0, 25, 10, 20, 0, 1, 1, 29, 0, 0, 31, 30]) {
        await stage.pass(pause);
        second += pause;
        for (let i = 0; i < 2; i += 1) {
          if ((await limits.hit(bucket, 3)).allowed) allowedAt.push(second);
        }
      }

      expect(allowedAt.length).toBeGreaterThan(9);
      for (const from of allowedAt) {
        expect(allowedAt.filter((at) => at >= from && at < from + 60).length).toBeLessThanOrEqual(3);
      }
    });

    it('keeps buckets apart', async () => {
      const [spent, fresh] = [aBucket(), aBucket()];
      await hit(spent, 1, 1);
      expect(await limits.hit(fresh, 1)).toMatchObject({ allowed: true });
    });

    it('obeys a limit that was lowered, and says when there will be room under it', async () => {
      const bucket = aBucket();
      for (let i = 0; i < 3; i += 1) {
        await hit(bucket, 5, 1);
        await stage.pass(10);
      }
      expect(await limits.hit(bucket, 2)).toMatchObject({
        allowed: false,
        remaining: 0,
        retryAfterSeconds: 40,
      });
      await stage.pass(40);
      expect(await limits.hit(bucket, 2)).toMatchObject({ allowed: true });
    });

    it('looks without counting', async () => {
      const bucket = aBucket();
      expect(await limits.peek(bucket, 2)).toEqual({
        allowed: true,
        limit: 2,
        remaining: 2,
        resetSeconds: 0,
        retryAfterSeconds: 0,
      });
      await hit(bucket, 2, 1);
      for (let i = 0; i < 3; i += 1) {
        expect(await other.peek(bucket, 2)).toMatchObject({ allowed: true, remaining: 1, resetSeconds: 60 });
      }
      await hit(bucket, 2, 1);
      await stage.pass(15);
      expect(await other.peek(bucket, 2)).toMatchObject({
        allowed: false,
        remaining: 0,
        retryAfterSeconds: 45,
      });
    });

    it('lets a stamped pass through a spent window for as long as the pass is good', async () => {
      const bucket = aBucket();
      await hit(bucket, 1, 1);
      await limits.stamp('pass of the contract', 600);

      for (const process of stage.limits) {
        const allowance = await process.peek(bucket, 1, 'pass of the contract');
        expect(allowance).toMatchObject({ allowed: true, remaining: 0, retryAfterSeconds: 0 });
        expect(await process.peek(bucket, 1, 'another pass')).toMatchObject({ allowed: false });
      }
      await stage.pass(599);
      await hit(bucket, 1, 1);
      expect(await other.peek(bucket, 1, 'pass of the contract')).toMatchObject({ allowed: true });
      await stage.pass(2);
      expect(await other.peek(bucket, 1, 'pass of the contract')).toMatchObject({ allowed: false });
    });

    it('takes a hit back', async () => {
      const bucket = aBucket();
      for (let i = 0; i < 2; i += 1) await limits.hit(bucket, 2);
      await limits.refund(bucket);
      expect(await limits.peek(bucket, 2)).toMatchObject({ allowed: true, remaining: 1 });
      expect(await limits.hit(bucket, 2)).toMatchObject({ allowed: true, remaining: 0 });
      expect(await limits.hit(bucket, 2)).toMatchObject({ allowed: false });
    });

    it('has nothing to take back from an empty window', async () => {
      const bucket = aBucket();
      await limits.refund(bucket);
      expect(await limits.peek(bucket, 1)).toMatchObject({ allowed: true, remaining: 1 });
    });

    it('lets exactly as many through as the limit says when all ask at once', async () => {
      for (let round = 0; round < 10; round += 1) {
        const bucket = aBucket();
        const answers = await Promise.all(
          Array.from({ length: 200 }, (_, i) => stage.limits[i % 2]!.hit(bucket, 60)),
        );
        expect(answers.filter(({ allowed }) => allowed)).toHaveLength(60);
        expect(
          answers
            .filter(({ allowed }) => !allowed)
            .every(({ retryAfterSeconds }) => retryAfterSeconds === 60),
        ).toBe(true);
      }
    });
  });
}
