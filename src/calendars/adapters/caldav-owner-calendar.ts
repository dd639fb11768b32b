import type { Clock } from '../../kernel/clock.js';
import type { Interval } from '../../kernel/interval.js';
import { timeZoneOrUtc } from '../../kernel/time-zone.js';
import { parseUrl } from '../../kernel/url.js';
import { CalendarAccessLost, CalendarGone, CalendarUnreadable } from '../domain/errors.js';
import type { ChangePage, MirroredEvent, PlacedEvent, RemoteCalendar } from '../domain/remote-event.js';
import { OwnerCalendar, type CalendarAccount } from '../ports.js';
import { readCursor } from './caldav-cursor.js';
import { discoverCalendars } from './caldav-discovery.js';
import { fetchEvents } from './caldav-events.js';
import { listChanges } from './caldav-listing.js';
import { place } from './caldav-placement.js';
import { CALL_MS, SYNC_MS } from './call-limits.js';
import type { CalendarRequests } from './calendar-requests.js';
import { DavSession, PreconditionFailed, type DavCredentials } from './dav-session.js';
import { Allowance } from './ical-busy.js';
import { mirroredEventText } from './mirrored-event-text.js';

export interface CaldavLimits {
  /** For all requests of one sync together. */
  readonly syncMs: number;
  /** For all requests of any other call. */
  readonly callMs: number;
}

const LIMITS: CaldavLimits = { syncMs: SYNC_MS, callMs: CALL_MS };

/** How many events are asked for at once. */
const PAGE = 200;

/**
 * Calendars of a CalDAV server (RFC 4791). An account's credentials are `url` (any address of the server, or its bare name),
 * `username` and `password`, best one made for this use alone. A calendar's id is its URL, an event's id its URL.
 */
export class CaldavOwnerCalendar extends OwnerCalendar {
  constructor(
    private readonly requests: CalendarRequests,
    private readonly clock: Clock,
    private readonly limits: CaldavLimits = LIMITS,
  ) {
    super();
  }

  async calendars(account: CalendarAccount): Promise<RemoteCalendar[]> {
    return inPortsWords(() => discoverCalendars(this.session(account), credentialsOf(account).url));
  }

  async *changes(
    account: CalendarAccount,
    calendarId: string,
    cursor: string | null,
    window: Interval,
    timezone: string,
  ): AsyncGenerator<ChangePage, string> {
    const session = this.session(account, this.limits.syncMs);
    const listing = await inPortsWords(() => listChanges(session, calendarId, readCursor(cursor)));
    const { fromScratch, changed } = listing;
    const total = changed.length;
    const question = {
      window,
      zone: timeZoneOrUtc(timezone),
      allowance: new Allowance(),
    };

    if (listing.removed.length > 0 || total === 0)
      yield { fromScratch, changed: [], removed: listing.removed, total, skipped: 0 };
    for (let from = 0; from < total; from += PAGE) {
      const page = changed.slice(from, from + PAGE);
      const events = await inPortsWords(() => fetchEvents(session, calendarId, page, question));
      yield { fromScratch, ...events, total };
    }
    return listing.cursor;
  }

  async put(
    account: CalendarAccount,
    calendarId: string,
    event: MirroredEvent,
    placed: PlacedEvent | null,
  ): Promise<PlacedEvent> {
    const text = mirroredEventText(event, this.clock.now());
    return inPortsWords(() => place(this.session(account), calendarId, event, placed, text));
  }

  async remove(account: CalendarAccount, _calendarId: string, remoteId: string): Promise<void> {
    await inPortsWords(async () => {
      try {
        await this.session(account).ask(remoteId, 'DELETE');
      } catch (error) {
        if (!(error instanceof CalendarGone)) throw error;
      }
    });
  }

  private session(account: CalendarAccount, withinMs = this.limits.callMs): DavSession {
    return new DavSession(this.requests, credentialsOf(account), AbortSignal.timeout(withinMs));
  }
}

function credentialsOf({ credentials }: CalendarAccount): DavCredentials {
  const { url = '', username = '', password = '' } = credentials;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(url.trim()) ? url.trim() : `https://${url.trim()}`;
  if (!parseUrl(address)) throw new CalendarUnreadable('The address of the server is no URL');
  return { url: address, username, password };
}

/** Does it, and says a refusal that nobody took care of in the words of the port. */
async function inPortsWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PreconditionFailed)) throw error;
    if (error.status === 403)
      throw new CalendarAccessLost('The server does not permit this', { cause: error });
    throw new CalendarUnreadable(`The server refuses: ${error.status}`, { cause: error });
  }
}
