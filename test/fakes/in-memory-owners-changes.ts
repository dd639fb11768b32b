import type { Instant } from '@js-joda/core';
import type { NoticedState, ShownBooking } from '../../src/calendars/domain/own-news.js';
import type { OwnersChange } from '../../src/calendars/domain/owners-change.js';
import { OwnersChanges, type OwedAnswer } from '../../src/calendars/ports.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { Restorable } from './in-memory-unit-of-work.js';

export interface Shown extends ShownBooking {
  readonly booking: { readonly id: string; readonly ownerId: string };
  readonly calendarId: string;
  readonly sequence: number;
  readonly isFollowed: boolean;
  readonly owed: OwnersChange | null;
  readonly refusal: string | null;
  /** Whether it is to be put back; then it is not shown any more. */
  readonly isPutBack: boolean;
}

/** Bookings that calendars show. */
export class InMemoryOwnersChanges extends OwnersChanges implements Restorable {
  private kept = new Map<string, Shown>();

  constructor(private readonly clock: Clock) {
    super();
  }

  get(mirroringId: string): Shown {
    return this.kept.get(mirroringId)!;
  }

  /** Has a calendar show a booking. */
  show(shown: Pick<Shown, 'mirroringId' | 'booking' | 'calendarId' | 'time'> & Partial<Shown>): void {
    this.kept.set(shown.mirroringId, {
      ...{ remoteId: shown.mirroringId, etag: null, judged: null, sequence: 0, isFollowed: true },
      ...{ shownAt: this.clock.now().minusSeconds(60), owed: null, refusal: null, isPutBack: false },
      ...shown,
    });
  }

  async now(): Promise<Instant> {
    return this.clock.now();
  }

  async shownIn(calendarId: string): Promise<ShownBooking[]> {
    return [...this.kept.values()].filter((each) => each.calendarId === calendarId && !each.isPutBack);
  }

  async note(states: readonly NoticedState[]): Promise<void> {
    for (const { mirroringId, state, change } of states)
      this.change(mirroringId, { judged: state, owed: change, refusal: null });
  }

  async bookingOf(mirroringId: string): Promise<Shown['booking'] | null> {
    const shown = this.kept.get(mirroringId);
    return shown?.owed ? shown.booking : null;
  }

  async take(mirroringId: string): Promise<OwedAnswer | null> {
    const { owed: change, sequence, isFollowed } = this.get(mirroringId);
    return change && { change, event: { sequence, isElsewhere: false }, isFollowed };
  }

  async settle(mirroringId: string, refusal: string | null): Promise<void> {
    this.change(mirroringId, { owed: null, refusal });
  }

  async putBack(mirroringId: string, refusal: string | null): Promise<void> {
    this.change(mirroringId, { owed: null, refusal, isPutBack: true });
  }

  snapshot(): () => void {
    const kept = new Map(this.kept);
    return () => void (this.kept = kept);
  }

  private change(mirroringId: string, change: Partial<Shown>): void {
    this.kept.set(mirroringId, { ...this.get(mirroringId), ...change });
  }
}
