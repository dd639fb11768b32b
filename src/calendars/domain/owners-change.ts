import { Duration, type Instant } from '@js-joda/core';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Interval } from '../../kernel/interval.js';
import { syncWindow } from './sync-window.js';

/** What an owner did to the event of a booking in the calendar. */
export type OwnersChange =
  /** It begins at another time, or has another length. */
  | { readonly kind: 'MOVED'; readonly start: Instant }
  /** It repeats now, or takes whole days: nothing that a booking can follow. */
  | { readonly kind: 'UNFIT' }
  /** It is gone, or called off. */
  | { readonly kind: 'DELETED' }
  /** It is gone, and too much with it: the calendar may have been emptied, or wrongly read. */
  | { readonly kind: 'VANISHED' };

/** The event of a booking, as we put it. */
export interface PutEvent {
  /** RFC 5545 SEQUENCE. */
  readonly sequence: number;
  /** Whether another calendar of the owner has an event of its UID. */
  readonly isElsewhere: boolean;
}

/** A booking as it is now. */
export interface MeetingNow {
  /** RFC 5545 SEQUENCE. */
  readonly sequence: number;
  readonly time: Interval;
  readonly isCancelled: boolean;
}

/** What becomes of the booking, and of its event. */
export type Answer =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'move'; readonly start: Instant }
  | { readonly kind: 'cancel' }
  /** The event is put where the booking is. The reason is for the owner; null if it is no refusal. */
  | { readonly kind: 'put back'; readonly reason: string | null }
  /** Event and booking stay as they are, and the owner is told why. */
  | { readonly kind: 'let be'; readonly reason: string };

const NOTHING: Answer = { kind: 'nothing' };

/**
 * What follows from a change that an owner made to an event. A booking that has changed since it was put comes first: the calendar
 * follows it anyway. One that has begun, is over or cancelled stays as it is, whatever the owner does to its event. Whoever puts an event
 * into another calendar calls nothing off.
 */
export function answerTo(change: OwnersChange, event: PutEvent, meeting: MeetingNow, at: Instant): Answer {
  const { sequence, time, isCancelled } = meeting;
  if (isCancelled || sequence !== event.sequence || !time.start.isAfter(at)) return NOTHING;
  switch (change.kind) {
    case 'DELETED':
      return event.isElsewhere
        ? { kind: 'let be', reason: 'The event is in another calendar now: the booking stays' }
        : { kind: 'cancel' };
    case 'VANISHED':
      return {
        kind: 'let be',
        reason:
          'The event is gone from the calendar, which may have been emptied or wrongly read: the booking stays',
      };
    case 'UNFIT':
      return {
        kind: 'put back',
        reason: 'The event was made to repeat or to take whole days, which a booking cannot: it was put back',
      };
    case 'MOVED':
      return answerToMove(change.start, meeting, at);
  }
}

function answerToMove(start: Instant, { time }: MeetingNow, at: Instant): Answer {
  if (start.equals(time.start)) return { kind: 'put back', reason: null };
  if (!start.isAfter(at)) return refusal(start, 'that time has passed');
  if (!start.isBefore(syncWindow(at).end)) return refusal(start, 'that is more than two years ahead');
  return { kind: 'move', start };
}

/** The answer to a move that cannot be followed. */
export function refusal(start: Instant, why: string): Answer {
  const reason = `The event was moved to ${formatInstant(start)} in the calendar, but ${why}: it was put back`;
  return { kind: 'put back', reason };
}

/** From this length on an event takes a whole day, be it one of 23 hours. */
const WHOLE_DAY = Duration.ofHours(23);

/** What was done to an event that was put at `put` and now is at `now`: null for nothing that matters. `now` is null if it repeats. */
export function changeOf(put: Interval, now: Interval | null): OwnersChange | null {
  if (!now || takesDays(put, now)) return { kind: 'UNFIT' };
  const isThere = now.start.equals(put.start) && now.end.equals(put.end);
  return isThere ? null : { kind: 'MOVED', start: now.start };
}

function takesDays(put: Interval, now: Interval): boolean {
  return lengthOf(now).compareTo(WHOLE_DAY) >= 0 && lengthOf(put).compareTo(WHOLE_DAY) < 0;
}

function lengthOf({ start, end }: Interval): Duration {
  return Duration.between(start, end);
}
