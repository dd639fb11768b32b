import type { Instant } from '@js-joda/core';
import type { CalendarOfBooking } from '../../src/calendars/domain/mirrored-event.js';
import { MirroredBookings, type ClaimedMirroring, type MirroringOutcome } from '../../src/calendars/ports.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { BookingEventData } from '../../src/kernel/domain-event.js';
import type { Restorable } from './in-memory-unit-of-work.js';

export interface Mirroring extends ClaimedMirroring {
  readonly state: 'PENDING' | 'MIRRORED' | 'FAILED';
  readonly dueAt: Instant | null;
  readonly isUnderWay: boolean;
}

/** A calendar that bookings of an owner are put into. */
export type WrittenCalendar = Pick<ClaimedMirroring, 'ownerId' | 'connectionId' | 'provider' | 'calendarId'>;

/** Claims end with what is recorded of them, and not with time. */
export class InMemoryMirroredBookings extends MirroredBookings implements Restorable {
  private kept = new Map<string, Mirroring>();
  readonly written: WrittenCalendar[] = [];

  constructor(private readonly clock: Clock) {
    super();
  }

  get all(): Mirroring[] {
    return [...this.kept.values()];
  }

  /** As if whoever claimed it had died long ago. */
  forgetClaim(id: string): void {
    this.kept.set(id, { ...this.kept.get(id)!, isUnderWay: false });
  }

  async add(ownerId: string, booking: BookingEventData): Promise<void> {
    for (const calendar of this.written.filter((each) => each.ownerId === ownerId)) {
      const id = `${booking.id} in ${calendar.calendarId}`;
      if (this.kept.has(id)) continue;
      this.kept.set(id, {
        ...{ ...calendar, id, booking, isWanted: true, wish: 1, placed: null, mayBeThere: false },
        ...{ attempts: 0, lastError: null, turn: 0, state: 'PENDING', isUnderWay: false },
        dueAt: this.clock.now(),
      });
    }
  }

  async change(booking: BookingEventData, { isWanted }: { isWanted: boolean }): Promise<void> {
    for (const row of this.all.filter((each) => each.booking.id === booking.id))
      this.kept.set(row.id, {
        ...{ ...row, booking, isWanted, wish: row.wish + 1, state: 'PENDING', attempts: 0, lastError: null },
        dueAt: this.clock.now(),
      });
  }

  async calendarsOf(bookingId: string): Promise<CalendarOfBooking[]> {
    return this.all
      .filter(({ booking }) => booking.id === bookingId)
      .map(({ provider, placed }) => ({ provider, meetingLink: placed?.meetingLink ?? null }));
  }

  async claim(id: string): Promise<ClaimedMirroring | null> {
    const row = this.kept.get(id);
    if (!row?.dueAt || row.isUnderWay || row.dueAt.isAfter(this.clock.now())) return null;
    const claimed = {
      ...{ ...row, turn: row.turn + 1, isUnderWay: true },
      mayBeThere: row.mayBeThere || row.isWanted,
    };
    this.kept.set(id, claimed);
    return claimed;
  }

  async record({ id, turn, wish }: ClaimedMirroring, outcome: MirroringOutcome): Promise<boolean> {
    const row = this.kept.get(id);
    if (!row?.isUnderWay || row.turn !== turn) return false;
    const isNewest = row.wish === wish;
    const ended = { ...row, isUnderWay: false };
    if (outcome.kind === 'failed') {
      const { state, reason, afterSeconds } = outcome;
      const dueAt = afterSeconds === null ? null : this.clock.now().plusSeconds(afterSeconds);
      const failed = { ...ended, lastError: reason };
      this.kept.set(id, isNewest ? { ...failed, state, dueAt, attempts: row.attempts + 1 } : failed);
      return true;
    }
    const placed = outcome.kind === 'placed' ? outcome.placed : null;
    const done = { ...ended, placed, mayBeThere: false, attempts: 0, lastError: null };
    this.kept.set(id, isNewest ? { ...done, state: 'MIRRORED', dueAt: null } : done);
    return true;
  }

  async retry(connectionId: string): Promise<number> {
    const failed = this.all.filter((row) => row.connectionId === connectionId && row.lastError !== null);
    for (const row of failed) this.kept.set(row.id, { ...row, dueAt: this.clock.now(), attempts: 0 });
    return failed.length;
  }

  snapshot(): () => void {
    const kept = new Map(this.kept);
    return () => void (this.kept = kept);
  }
}
