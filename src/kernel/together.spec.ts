import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../test/support/eventually.js';
import { Together } from './together.js';

describe('Those who ask together', () => {
  /** Doubles numbers, one group at a time, each when it is let go. */
  const doubling = (manners?: { rests: boolean }) => {
    const groups: { asked: readonly number[]; letGo: () => void; fail: (error: Error) => void }[] = [];
    const together = new Together(async (asked: readonly number[]) => {
      await new Promise<void>((letGo, fail) => groups.push({ asked, letGo, fail }));
      return asked.map((number) => 2 * number);
    }, manners);
    return { groups, ask: (number: number) => together.ask(number) };
  };

  it('are served at once if nobody is, else with all who came meanwhile, each with the answer to what he asked', async () => {
    const { groups, ask } = doubling();
    const first = ask(1);
    const others = Promise.all([ask(2), ask(3)]);
    expect(groups.map(({ asked }) => asked)).toEqual([[1]]);
    groups[0]!.letGo();
    expect(await first).toBe(2);
    expect(groups.map(({ asked }) => asked)).toEqual([[1], [2, 3]]);
    groups[1]!.letGo();
    expect(await others).toEqual([4, 6]);

    const later = ask(4);
    groups[2]!.letGo();
    expect(await later).toBe(8);
  });

  it('are at most a hundred', async () => {
    const { groups, ask } = doubling();
    const all = Promise.all(Array.from({ length: 251 }, (_, number) => ask(number)));
    for (let group = 0; group < 4; group += 1) {
      groups[group]!.letGo();
      await new Promise(setImmediate);
    }
    expect((await all).at(-1)).toBe(500);
    expect(groups.map(({ asked }) => asked.length)).toEqual([1, 100, 100, 50]);
  });

  it('wait for no more than a moment behind a go that hangs', async () => {
    const { groups, ask } = doubling();
    const hanging = ask(1);
    const behind = ask(2);
    await eventually(() => groups.length === 2);
    groups[1]!.letGo();
    expect(await behind).toBe(4);

    const later = ask(3);
    groups[2]!.letGo();
    expect(await later).toBe(6);
    groups[0]!.letGo();
    expect(await hanging).toBe(2);
  });

  it('wait for as long again as a go took, where it rests', async () => {
    const { groups, ask } = doubling({ rests: true });
    const begun = performance.now();
    const first = ask(1);
    const second = ask(2);
    await eventually(() => performance.now() - begun > 30);
    groups[0]!.letGo();
    await first;
    await new Promise(setImmediate);
    expect(groups).toHaveLength(1);
    await eventually(() => groups.length === 2);
    groups[1]!.letGo();
    expect(await second).toBe(4);
  });

  it('fail together, and nobody who comes after them', async () => {
    const { groups, ask } = doubling();
    const first = ask(1);
    const failing = Promise.allSettled([ask(2), ask(3)]);
    groups[0]!.letGo();
    await first;
    const next = ask(4);
    groups[1]!.fail(new Error('away'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    groups[2]!.letGo();
    expect(await next).toBe(8);
  });
});
