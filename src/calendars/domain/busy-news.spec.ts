import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { busyNews } from './busy-news.js';
import type { RemoteEvent } from './remote-event.js';

const lunch = { start: Instant.parse('2026-03-02T12:00:00Z'), end: Instant.parse('2026-03-02T13:00:00Z') };
const event = (id: string, given: Partial<RemoteEvent> = {}): RemoteEvent => ({
  ...{ id, uid: id, etag: '1', busy: [lunch], time: lunch },
  ...given,
});
const told = (changed: RemoteEvent[], removed: string[] = []) =>
  busyNews({ fromScratch: false, changed, removed, total: null });

describe('What a page of changes comes to', () => {
  it('is the events that block time, and which are gone', () => {
    expect(told([event('a')], ['b'])).toEqual({
      kept: [{ id: 'a', uid: 'a', etag: '1', busy: [lunch] }],
      forgotten: ['b'],
    });
  });

  it('forgets an event that blocks no time any more', () => {
    expect(told([event('a', { busy: [] })])).toEqual({ kept: [], forgotten: ['a'] });
  });

  it('keeps our own events without any busy time, whichever case the server writes their UID in', () => {
    const { kept, forgotten } = told([event('a', { uid: '1234@LinkTime' })]);
    expect(kept).toMatchObject([{ id: 'a', busy: [] }]);
    expect(forgotten).toEqual([]);
  });

  it('is the last word of a page that tells of an event twice', () => {
    expect(told([event('a'), event('a', { etag: '2' })]).kept).toMatchObject([{ etag: '2' }]);
    expect(told([event('a'), event('a', { busy: [] })])).toEqual({ kept: [], forgotten: ['a'] });
    expect(told([event('a', { busy: [] }), event('a')])).toMatchObject({
      kept: [{ id: 'a' }],
      forgotten: [],
    });
  });
});
