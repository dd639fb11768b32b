import type { Clock } from '../../kernel/clock.js';
import { RandomIds, type Ids } from '../../kernel/ids.js';
import type { Interval } from '../../kernel/interval.js';
import { timeZoneOrUtc } from '../../kernel/time-zone.js';
import { CalendarAccessLost, CalendarUnreadable, isCalendarFault } from '../domain/errors.js';
import type { ChangePage, MirroredEvent, PlacedEvent, RemoteCalendar } from '../domain/remote-event.js';
import { OwnerCalendar, type CalendarAccount, type Watch, type WatchRequest } from '../ports.js';
import type { AccountRequests } from './account-requests.js';
import { CALL_MS, SYNC_MS } from './call-limits.js';
import { listCalendars } from './google-calendar-list.js';
import { listChanges } from './google-listing.js';
import { place } from './google-placement.js';
import { GoogleSession } from './google-session.js';
import { closeChannel, openChannel } from './google-watch.js';

export interface GoogleOptions {
  /** Where the Calendar API v3 is, without a slash at its end. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly ids?: Ids;
  readonly limits?: GoogleLimits;
}

export interface GoogleLimits {
  /** For all requests of one sync together. */
  readonly syncMs: number;
  /** For all requests of any other call. */
  readonly callMs: number;
  /** How many pages of a list are read. */
  readonly pages: number;
  /** How long to wait, in milliseconds, before looking again for a meeting that is being made; each in turn. */
  readonly meetingWaits: readonly number[];
}

const LIMITS: GoogleLimits = {
  syncMs: SYNC_MS,
  callMs: CALL_MS,
  pages: 2_000,
  meetingWaits: [500, 1_500],
};

/**
 * Calendars of a Google account, by Calendar API v3. Recurring events come expanded by Google, each instance as an event of its own.
 * An account's credentials are its tokens. The cursor is Google's sync token, the id of an event of ours tells the booking's UID.
 */
export class GoogleOwnerCalendar extends OwnerCalendar {
  private readonly ids: Ids;
  private readonly limits: GoogleLimits;
  private readonly api: { readonly url: string; readonly clock: Clock };

  constructor(
    private readonly requests: AccountRequests,
    { apiUrl, clock, ids = new RandomIds(), limits = LIMITS }: GoogleOptions,
  ) {
    super();
    this.api = { url: apiUrl, clock };
    this.ids = ids;
    this.limits = limits;
  }

  async calendars(account: CalendarAccount): Promise<RemoteCalendar[]> {
    return listCalendars(this.session(account), this.limits.pages);
  }

  async *changes(
    account: CalendarAccount,
    calendarId: string,
    cursor: string | null,
    window: Interval,
    timezone: string,
  ): AsyncGenerator<ChangePage, string> {
    const session = this.session(account, this.limits.syncMs);
    const question = { window, zone: timeZoneOrUtc(timezone) };
    return yield* listChanges(session, calendarId, cursor, question, this.limits.pages);
  }

  async put(
    account: CalendarAccount,
    calendarId: string,
    event: MirroredEvent,
    placed: PlacedEvent | null,
  ): Promise<PlacedEvent> {
    return place(this.session(account), calendarId, event, placed, this.limits.meetingWaits);
  }

  async remove(account: CalendarAccount, calendarId: string, remoteId: string): Promise<void> {
    const session = this.session(account);
    const answer = await session.ask({
      method: 'DELETE',
      path: ['calendars', calendarId, 'events', remoteId],
      query: { sendUpdates: 'none' },
    });
    if (answer.status !== 404 && answer.status !== 410) session.accept(answer);
  }

  /**
   * Null too where Google will not post to the address: it answers 401 then as if the account were closed. If it really is, the next
   * sync tells.
   */
  override async watch(
    account: CalendarAccount,
    calendarId: string,
    request: WatchRequest,
  ): Promise<Watch | null> {
    const session = this.session(account);
    try {
      const watch = await openChannel(session, calendarId, request, this.ids.next());
      if (request.former) await closeChannel(session, request.former).catch(lapses);
      return watch;
    } catch (error) {
      if (error instanceof CalendarAccessLost || error instanceof CalendarUnreadable) return null;
      throw error;
    }
  }

  override async unwatch(account: CalendarAccount, watch: Watch): Promise<void> {
    await closeChannel(this.session(account), watch);
  }

  private session(account: CalendarAccount, withinMs = this.limits.callMs): GoogleSession {
    return new GoogleSession(this.requests, account, this.api, AbortSignal.timeout(withinMs));
  }
}

/** A former watch that cannot be ended ends by itself. */
function lapses(error: unknown): void {
  if (!isCalendarFault(error)) throw error;
}
