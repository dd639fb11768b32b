import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { SpareHits } from './spare-hits.js';

const LIMIT = 1_000_000;

describe('Hits counted ahead', () => {
  let spares: SpareHits;
  let givenBack: [bucket: string, count: number][];
  beforeEach(() => {
    givenBack = [];
    spares = new SpareHits((bucket, count) => givenBack.push([bucket, count]));
  });
  afterEach(() => spares.forget());

  it('are spent one by one, each as the window stands with it', () => {
    spares.keep('ada', LIMIT, 10, 2);

    expect(spares.spend('ada', LIMIT)).toEqual([1, 11, 60, 0, 0]);
    expect(spares.spend('ada', LIMIT)).toEqual([1, 12, 60, 0, 0]);
    expect(spares.spend('ada', LIMIT)).toBeNull();
  });

  it('are those of one bucket and one limit', () => {
    spares.keep('ada', LIMIT, 10, 2);

    expect(spares.spend('grace', LIMIT)).toBeNull();
    expect(spares.spend('ada', 60)).toBeNull();
  });

  it('are given back when they are not spent at once', async () => {
    spares.keep('ada', LIMIT, 10, 5);
    spares.spend('ada', LIMIT);

    await eventually(() => givenBack.length > 0);
    expect(givenBack).toEqual([['ada', 4]]);
    expect(spares.spend('ada', LIMIT)).toBeNull();
  });

  it('are not asked for until a bucket is in use, and then as it is used', async () => {
    expect(spares.wanted('ada', 1)).toBe(0);
    spares.keep('ada', LIMIT, 1, 0);
    expect(spares.wanted('ada', 1)).toBe(2);
    spares.keep('ada', LIMIT, 2, 2);
    spares.spend('ada', LIMIT);
    spares.spend('ada', LIMIT);
    expect(spares.wanted('ada', 1)).toBe(6);

    await eventually(() => spares.wanted('ada', 1) === 0);
  });

  it('are not given back once they are forgotten', async () => {
    spares.keep('ada', LIMIT, 10, 5);
    spares.forget();
    spares.keep('grace', LIMIT, 10, 1);

    await eventually(() => givenBack.length > 0);
    expect(givenBack).toEqual([['grace', 1]]);
  });
});
