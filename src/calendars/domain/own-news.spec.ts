import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import type { Interval } from '../../kernel/interval.js';
import { OwnNews, type ShownBooking } from './own-news.js';
import type { ChangePage, RemoteEvent } from './remote-event.js';
import { syncWindow } from './sync-window.js';

const now = Instant.parse('2026-03-02T08:00:00Z');
const at = (hour: number): Interval => ({
  start: now.plusSeconds(hour * 3_600),
  end: now.plusSeconds(hour * 3_600 + 1_800),
});
const shown = (id: string, given: Partial<ShownBooking> = {}): ShownBooking => ({
  ...{ mirroringId: `m-${id}`, remoteId: id, etag: '"1"', time: at(24), judged: null },
  ...{ shownAt: now.minusSeconds(60) },
  ...given,
});
const event = (id: string, given: Partial<RemoteEvent> = {}): RemoteEvent => ({
  ...{ id, uid: `${id}@linktime`, etag: '"1"', time: at(24), busy: [] },
  ...given,
});
const moved = (id: string, etag: string | null = '"2"') => event(id, { etag, time: at(48) });
const news = (...pages: Partial<ChangePage>[]) => {
  const own = new OwnNews(now, syncWindow(now));
  for (const page of pages) own.add({ fromScratch: false, changed: [], removed: [], total: null, ...page });
  return own;
};
const changed = { isWhole: false };
const whole = { isWhole: true };
const kinds = (own: OwnNews, of: ShownBooking[], given = changed) =>
  own.noticed(of, given).map(({ mirroringId, change }) => `${change?.kind} ${mirroringId}`);

describe('What a reading of a calendar tells of the events of bookings', () => {
  it.each([
    ['is what we put ourselves', event('a')],
    ['has another version at the same time, such as another title', event('a', { etag: '"2"' })],
    ['has the version that we put, whatever its time', event('a', { time: at(48) })],
    ['is not one of ours', { ...moved('a'), uid: 'dentist' }],
    ['belongs to no booking that is shown', moved('b')],
  ])('is nothing of an event that %s', (_what, told) => {
    const own = news({ changed: [told] });
    expect(own.noticed([shown('a')], changed)).toEqual([]);
    expect(own.isUnsure([shown('a')])).toBe(false);
  });

  it('is that one was moved, also where there are no versions, and once for each version', () => {
    expect(kinds(news({ changed: [moved('a')] }), [shown('a')])).toEqual(['MOVED m-a']);
    expect(kinds(news({ changed: [moved('a', null)] }), [shown('a', { etag: null })])).toEqual(['MOVED m-a']);
    for (const told of [moved('a'), moved('a', null), event('a', { etag: null, time: null })]) {
      const own = news({ changed: [told] });
      const { state } = own.noticed([shown('a')], changed)[0]!;
      expect(own.noticed([shown('a', { judged: state })], changed)).toEqual([]);
    }
  });

  it('is that one repeats now', () => {
    expect(kinds(news({ changed: [event('a', { etag: '"2"', time: null })] }), [shown('a')])).toEqual([
      'UNFIT m-a',
    ]);
  });

  it('is that one was deleted, and the last word on it counts', () => {
    expect(kinds(news({ removed: ['a', 'x'] }), [shown('a')])).toEqual(['DELETED m-a']);
    expect(kinds(news({ removed: ['a'] }, { changed: [moved('a')] }), [shown('a')])).toEqual(['MOVED m-a']);
    expect(kinds(news({ changed: [moved('a')] }, { removed: ['a'] }), [shown('a')])).toEqual(['DELETED m-a']);
    expect(kinds(news({ removed: ['a'] }), [shown('a', { judged: 'gone' })])).toEqual([]);
  });

  it('is nothing of what cannot be understood', () => {
    const garbled = news({ removed: ['a'], skipped: 1 });
    expect(kinds(garbled, [shown('a'), shown('b')])).toEqual([]);
    expect(
      kinds(news({ changed: [event('b')], removed: ['a'], skipped: 1 }), [shown('a'), shown('b')], whole),
    ).toEqual([]);
  });

  it('is not to be trusted of an event that we put while it was read', () => {
    const justPut = shown('a', { shownAt: now });
    for (const page of [{ changed: [moved('a')] }, { removed: ['a'] }]) {
      expect(news(page).isUnsure([justPut])).toBe(true);
      expect(news(page).noticed([justPut], changed)).toEqual([]);
    }
    expect(news({}).noticed([justPut, shown('b')], whole)).toMatchObject([{ mirroringId: 'm-b' }]);
    expect(news({ changed: [event('a')] }).isUnsure([justPut])).toBe(false);
  });

  it('is that two were called off together, but not all of three', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => shown(id)) as [ShownBooking, ShownBooking, ShownBooking];
    expect(kinds(news({ removed: ['a', 'b'] }), [a, b])).toEqual(['DELETED m-a', 'DELETED m-b']);
    expect(kinds(news({ removed: ['a', 'b', 'c'] }), [a, b, c, shown('d')])).toHaveLength(3);
    expect(kinds(news({ removed: ['a', 'b', 'c'] }), [a, b, c])).toEqual([
      'VANISHED m-a',
      'VANISHED m-b',
      'VANISHED m-c',
    ]);
  });

  it('is of a whole reading that what it does not tell of was called off, unless more is gone than left', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => shown(id)) as [ShownBooking, ShownBooking, ShownBooking];
    const told = news({ fromScratch: true, changed: [event('b')] });
    expect(kinds(told, [a, b], whole)).toEqual(['DELETED m-a']);
    expect(kinds(told, [a, b, c], whole)).toEqual(['VANISHED m-a', 'VANISHED m-c']);
    expect(kinds(news({ fromScratch: true }), [a], whole)).toEqual(['VANISHED m-a']);
    expect(kinds(told, [a, b, shown('c', { judged: 'gone' })], whole)).toEqual(['DELETED m-a']);
  });

  it('is nothing of events outside of the time that is read whole', () => {
    const [past, far] = [shown('a', { time: at(-48) }), shown('b', { time: at(800 * 24) })];
    expect(
      news({ fromScratch: true, changed: [event('c')] }).noticed([past, far, shown('c')], whole),
    ).toEqual([]);
  });
});
