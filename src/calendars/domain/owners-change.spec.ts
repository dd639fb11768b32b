import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { answerTo, changeOf, type Answer, type MeetingNow, type OwnersChange } from './owners-change.js';

const now = Instant.parse('2026-03-02T08:00:00Z');
const stretch = (start: string, end: string) => ({
  start: Instant.parse(`2026-03-${start}Z`),
  end: Instant.parse(`2026-03-${end}Z`),
});
const put = stretch('04T10:00:00', '04T10:30:00');
const meeting = (given: Partial<MeetingNow> = {}): MeetingNow => ({
  ...{ sequence: 1, time: put, isCancelled: false },
  ...given,
});
const movedTo = (start: string): OwnersChange => ({ kind: 'MOVED', start: Instant.parse(start) });
const deleted: OwnersChange = { kind: 'DELETED' };
const nothing: Answer = { kind: 'nothing' };

describe('What an owner did to the event of a booking', () => {
  it.each([
    ['nothing, if it is where it was put', put, null],
    ['a move', stretch('05T11:07:00', '05T11:37:00'), movedTo('2026-03-05T11:07:00Z')],
    [
      'a move, if it is shorter besides',
      stretch('05T11:07:00', '05T11:10:00'),
      movedTo('2026-03-05T11:07:00Z'),
    ],
    ['a change of its length', stretch('04T10:00:00', '04T12:00:00'), movedTo('2026-03-04T10:00:00Z')],
    ['unfit for a booking, if it repeats', null, { kind: 'UNFIT' }],
    ['unfit, if it takes a whole day', stretch('03T23:00:00', '04T23:00:00'), { kind: 'UNFIT' }],
    [
      'unfit, if it takes the day on which clocks go forward',
      stretch('28T23:00:00', '29T22:00:00'),
      { kind: 'UNFIT' },
    ],
  ] as const)('is %s', (_what, found, change) => {
    expect(changeOf(put, found)).toEqual(change);
  });

  it('is a move of a booking that lasts a day', () => {
    const day = stretch('04T00:00:00', '05T00:00:00');
    expect(changeOf(day, stretch('05T00:00:00', '06T00:00:00'))).toEqual(movedTo('2026-03-05T00:00:00Z'));
  });
});

describe('What follows from it', () => {
  const answer = (change: OwnersChange, given: Partial<MeetingNow> = {}) =>
    answerTo(change, { sequence: 1, isElsewhere: false }, meeting(given), now);
  const running = stretch('02T07:45:00', '02T08:15:00');
  const over = stretch('02T07:00:00', '02T07:30:00');

  it('is that the booking goes where its event went, or is called off with it', () => {
    expect(answer(movedTo('2026-03-05T11:07:00Z'))).toEqual({
      kind: 'move',
      start: Instant.parse('2026-03-05T11:07:00Z'),
    });
    expect(answer(deleted)).toEqual({ kind: 'cancel' });
  });

  it.each([
    ['is cancelled', { isCancelled: true }],
    ['was moved meanwhile', { sequence: 2 }],
    ['begins just now', { time: { start: now, end: now.plusSeconds(60) } }],
    ['has begun', { time: running }],
    ['is over', { time: over }],
  ])('is nothing for a booking that %s', (_what, given) => {
    for (const change of [movedTo('2026-03-05T11:00:00Z'), deleted, { kind: 'UNFIT' } as const])
      expect(answer(change, given)).toEqual(nothing);
  });

  it('is that the event is put back, without a word where only its length was changed', () => {
    expect(answer(movedTo('2026-03-04T10:00:00Z'))).toEqual({ kind: 'put back', reason: null });
  });

  it.each([
    [
      movedTo('2026-03-02T08:00:00Z'),
      /^The event was moved to 2026-03-02T08:00:00.000Z .* that time has passed: it was put back$/,
    ],
    [movedTo('2028-03-04T00:00:00Z'), /more than two years ahead/],
    [{ kind: 'UNFIT' } as const, /repeat or to take whole days/],
  ])('is that the event is put back where no booking can follow, with the reason', (change, reason) => {
    expect(answer(change)).toEqual({ kind: 'put back', reason: expect.stringMatching(reason) });
  });

  it('is nothing but a word to the owner where the event went into another calendar', () => {
    expect(answerTo(deleted, { sequence: 1, isElsewhere: true }, meeting(), now)).toEqual({
      kind: 'let be',
      reason: 'The event is in another calendar now: the booking stays',
    });
  });

  it('is nothing but a word to the owner where the calendar was emptied', () => {
    expect(answer({ kind: 'VANISHED' })).toEqual({
      kind: 'let be',
      reason: expect.stringMatching(/the booking stays$/),
    });
  });
});
