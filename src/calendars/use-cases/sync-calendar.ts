import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { busyNews } from '../domain/busy-news.js';
import type { CalendarConnection, ConnectedCalendar } from '../domain/connection.js';
import {
  CalendarAccessLost,
  CalendarConnectionNotFound,
  CalendarSyncUnderWay,
  CalendarUnavailable,
  isCalendarFault,
  type CalendarFault,
} from '../domain/errors.js';
import { OwnNews } from '../domain/own-news.js';
import type { ChangePage } from '../domain/remote-event.js';
import type { StaleAfter } from '../domain/stale-after.js';
import { syncWindow } from '../domain/sync-window.js';
import type {
  BusyCache,
  CalendarAccount,
  ClaimedSync,
  Connections,
  MirroredBookings,
  Notices,
  OwnerCalendar,
  OwnerCalendars,
  OwnersChanges,
} from '../ports.js';

export interface SyncCalendarCommand {
  readonly connectionId: string;
  /** Whether somebody asks for it now, due or not. */
  readonly isAsked?: boolean;
  /** Hears how far it has come. */
  readonly onProgress?: (progress: SyncProgress) => void;
}

export interface SyncProgress {
  /** The calendar's name. */
  readonly calendar: string;
  /** How many of its events were told of. */
  readonly events: number;
  /** About how many there are; null if the provider does not say. */
  readonly total: number | null;
}

/** The claim on a connection ended before its sync did: another goes on with it, or it is gone. */
class TurnLost extends Error {}

/**
 * What keeps an owner busy elsewhere is read, and what he does to the events of bookings that follow that: what changed since the last
 * time, or once a day all of it.
 */
export class SyncCalendar {
  constructor(
    private readonly ownerCalendars: OwnerCalendars,
    private readonly connections: Connections,
    private readonly busyCache: BusyCache,
    private readonly notices: Notices,
    private readonly mirroredBookings: MirroredBookings,
    private readonly ownersChanges: OwnersChanges,
    private readonly staleAfter: StaleAfter,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Does nothing for a connection that is not due, unless it is asked for: then it throws `CalendarConnectionNotFound` or
   * `CalendarSyncUnderWay` where it cannot be done. Why a sync failed is told by the connection.
   */
  async execute({ connectionId, isAsked = false, onProgress }: SyncCalendarCommand): Promise<void> {
    const claim = await this.unitOfWork.run(() => this.connections.claim(connectionId, isAsked));
    if (!claim) return isAsked ? this.refuse(connectionId) : undefined;

    const startedAt = this.clock.now();
    try {
      if (claim.connection.state.accessLost && !isAsked) return await this.end(claim, () => undefined);
      const fault = await this.readAll(claim, onProgress ?? (() => undefined));
      await this.end(claim, (connection) => {
        const at = this.clock.now();
        if (!fault) connection.synced(startedAt, this.staleAfter);
        else if (fault instanceof CalendarAccessLost)
          connection.accessWasLost(fault.message, at, this.staleAfter);
        else connection.failed(fault.message, retryAfterOf(fault), at);
      });
    } catch (error) {
      if (!(error instanceof TurnLost)) throw error;
    }
  }

  /**
   * Reads every calendar that it can, and returns the first fault of those that it cannot. That of a calendar which does not keep the
   * owner busy stands in nobody's way, unless it is the account's.
   */
  private async readAll(
    claim: ClaimedSync,
    onProgress: (progress: SyncProgress) => void,
  ): Promise<CalendarFault | null> {
    const { state, calendarsToRead } = claim.connection;
    const ownerCalendar = await this.ownerCalendars.of(state.provider);
    let first: CalendarFault | null = null;
    for (const calendar of calendarsToRead) {
      try {
        const account = await this.connections.account(state.id);
        await this.readOne(claim, ownerCalendar, account, calendar, onProgress);
      } catch (error) {
        if (!isCalendarFault(error)) throw error;
        if (error instanceof CalendarAccessLost) return error;
        if (calendar.isRead) first ??= error;
      }
    }
    return first;
  }

  private async readOne(
    claim: ClaimedSync,
    ownerCalendar: OwnerCalendar,
    account: CalendarAccount,
    calendar: ConnectedCalendar,
    onProgress: (progress: SyncProgress) => void,
  ): Promise<void> {
    const at = this.clock.now();
    const from = claim.connection.cursorOf(calendar, at);
    const window = syncWindow(at);
    const own = claim.connection.follows(calendar) ? new OwnNews(await this.whatTimeItIs(), window) : null;
    const pages = ownerCalendar.changes(account, calendar.remoteId, from, window, claim.timezone);
    let isWhole = from === null;
    let events = 0;
    for (;;) {
      const { done, value } = await pages.next();
      if (done) return this.finish(claim, calendar, { cursor: value, isWhole, own }, at);
      await this.take(claim, calendar, value);
      own?.add(value);
      isWhole ||= value.fromScratch;
      events += value.changed.length + value.removed.length;
      onProgress({ calendar: calendar.name, events, total: value.total });
    }
  }

  private async take(claim: ClaimedSync, { id, isRead }: ConnectedCalendar, page: ChangePage): Promise<void> {
    await this.whileClaimed(claim, async () => {
      if (isRead) await this.busyCache.take(id, busyNews(page), claim.turn);
    });
  }

  private async finish(
    claim: ClaimedSync,
    { id }: ConnectedCalendar,
    { cursor, isWhole, own }: { cursor: string; isWhole: boolean; own: OwnNews | null },
    at: Instant,
  ): Promise<void> {
    await this.whileClaimed(claim, async (connection) => {
      if (isWhole) await this.busyCache.forgetUntold(id, claim.turn);
      if (own && !(await this.notice(connection, id, own, isWhole))) return;
      connection.read(id, cursor, { isWhole, isWatched: own !== null }, at);
      await this.connections.save(connection);
    });
  }

  /** False if it must be read from the same cursor again to know what the owner did. In the first reading nothing is followed. */
  private async notice(
    connection: CalendarConnection,
    id: string,
    own: OwnNews,
    isWhole: boolean,
  ): Promise<boolean> {
    const calendar = connection.state.calendars.find((each) => each.id === id)!;
    if (!connection.follows(calendar) || own.isEmpty({ isWhole })) return true;
    const shown = await this.ownersChanges.shownIn(id);
    if (own.isUnsure(shown)) return false;
    const isFirst = calendar.followedSince === null;
    const noticed = own.noticed(shown, { isWhole });
    await this.ownersChanges.note(isFirst ? noticed.map((state) => ({ ...state, change: null })) : noticed);
    return true;
  }

  private whatTimeItIs(): Promise<Instant> {
    return this.unitOfWork.run(() => this.ownersChanges.now());
  }

  private async end(claim: ClaimedSync, learn: (connection: CalendarConnection) => void): Promise<void> {
    await this.whileClaimed(claim, async (connection) => {
      const at = this.clock.now();
      const wasFailing = connection.state.failures > 0;
      learn(connection);
      if (wasFailing && connection.state.failures === 0)
        await this.mirroredBookings.retry(connection.state.id);
      const { id: connectionId, ownerId, account, syncedAt, lastError } = connection.state;
      if (lastError !== null && connection.tellOfStaleness(at, this.staleAfter))
        await this.notices.calendarIsStale({ connectionId, ownerId, account, syncedAt, lastError, at });
      await this.connections.save(connection);
      await this.connections.release(claim);
    });
  }

  /** Works on the connection as it is now, in a unit of work of its own. Throws `TurnLost` if it is no longer ours. */
  private async whileClaimed(
    claim: ClaimedSync,
    work: (connection: CalendarConnection) => Promise<void>,
  ): Promise<void> {
    await this.unitOfWork.run(async () => {
      const connection = await this.connections.resume(claim);
      if (!connection) throw new TurnLost();
      await work(connection);
    });
  }

  private async refuse(connectionId: string): Promise<never> {
    const isThere = await this.unitOfWork.run(() => this.connections.has(connectionId));
    throw isThere ? new CalendarSyncUnderWay() : new CalendarConnectionNotFound();
  }
}

function retryAfterOf(fault: CalendarFault): number | null {
  return fault instanceof CalendarUnavailable ? fault.retryAfterSeconds : null;
}
