import type { Instant } from '@js-joda/core';
import { OWN_UID_END } from '../../kernel/booking-uid.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Interval } from '../../kernel/interval.js';
import { changeOf, type OwnersChange } from './owners-change.js';
import type { ChangePage, RemoteEvent } from './remote-event.js';

/** A booking that a calendar shows, as far as we know. */
export interface ShownBooking {
  /** Of what the calendar is to show of the booking. */
  readonly mirroringId: string;
  /** Under which the provider tells of the event. */
  readonly remoteId: string;
  /** As it was last put: its version, where the provider tells that, and its time. */
  readonly etag: string | null;
  readonly time: Interval;
  readonly shownAt: Instant;
  /** Which state of the event was looked at last; null for none since it was put. */
  readonly judged: string | null;
}

/** A state of an event that was not looked at before. */
export interface NoticedState {
  readonly mirroringId: string;
  readonly state: string;
  /** Null if it was only looked at, and nothing follows. */
  readonly change: OwnersChange | null;
}

const GONE = 'gone';

/** So many events may go at once though none is left, and count as called off. */
const MOST_AT_ONCE = 2;

/** What one reading of a calendar told of the events of bookings. */
export class OwnNews {
  private readonly told = new Map<string, RemoteEvent>();
  private readonly removed = new Set<string>();
  /** Whether something of it could not be understood, which may be one of ours. */
  private isPatchy = false;

  /** `beganAt` is of the clock that says when bookings were put; `window` is that of the reading. */
  constructor(
    private readonly beganAt: Instant,
    private readonly window: Interval,
  ) {}

  add({ changed, removed, skipped = 0 }: ChangePage): void {
    this.isPatchy ||= skipped > 0;
    for (const id of removed) {
      this.told.delete(id);
      if (skipped === 0) this.removed.add(id);
    }
    for (const event of changed) {
      if (!event.uid?.toLowerCase().endsWith(OWN_UID_END)) continue;
      this.told.set(event.id, event);
      this.removed.delete(event.id);
    }
  }

  isEmpty({ isWhole }: { isWhole: boolean }): boolean {
    return !isWhole && this.told.size === 0 && this.removed.size === 0;
  }

  /** Whether it tells something of an event that we put while it was read: nobody can say then which came first. */
  isUnsure(shown: readonly ShownBooking[]): boolean {
    return shown.some(
      (booking) => !this.isOlder(booking) && (this.removed.has(booking.remoteId) || this.newStateOf(booking)),
    );
  }

  /**
   * What owners did, each state once. Of a whole reading everything in its window that it does not tell of is gone, if all of it
   * was understood. Gone events are called off, but `VANISHED` if more are gone than left in a whole reading, or more than two and
   * none is left otherwise.
   */
  noticed(shown: readonly ShownBooking[], { isWhole }: { isWhole: boolean }): NoticedState[] {
    const known = shown.filter((booking) => this.isOlder(booking));
    const there = known.flatMap((booking) => this.newStateOf(booking) ?? []);
    const expected = known.filter(({ judged }) => judged !== GONE);
    const gone = expected.filter((booking) => this.isGone(booking, isWhole));
    const left = expected.length - gone.length;
    const isTooMuch = isWhole ? gone.length > left : gone.length > MOST_AT_ONCE && left === 0;
    const change: OwnersChange = { kind: isTooMuch ? 'VANISHED' : 'DELETED' };
    return [...there, ...gone.map(({ mirroringId }) => ({ mirroringId, state: GONE, change }))];
  }

  private isOlder({ shownAt }: ShownBooking): boolean {
    return shownAt.isBefore(this.beganAt);
  }

  private isGone({ remoteId, time }: ShownBooking, isWhole: boolean): boolean {
    if (!isWhole) return this.removed.has(remoteId);
    const isInWindow = time.start.isBefore(this.window.end) && time.end.isAfter(this.window.start);
    return isInWindow && !this.isPatchy && !this.told.has(remoteId);
  }

  /** Null if nothing is told of its event, or nothing new. */
  private newStateOf({ mirroringId, remoteId, etag, time, judged }: ShownBooking): NoticedState | null {
    const event = this.told.get(remoteId);
    if (!event || (etag !== null && event.etag === etag)) return null;
    const state = stateOf(event);
    const change = changeOf(time, event.time);
    return change && state !== judged ? { mirroringId, state, change } : null;
  }
}

function stateOf({ etag, time }: RemoteEvent): string {
  if (etag !== null) return etag;
  return time ? [time.start, time.end].map(formatInstant).join('/') : 'repeats';
}
