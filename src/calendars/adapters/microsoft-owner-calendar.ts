import type { Clock } from '../../kernel/clock.js';
import type { Interval } from '../../kernel/interval.js';
import { timeZoneOrUtc } from '../../kernel/time-zone.js';
import { CalendarUnreadable } from '../domain/errors.js';
import type { ChangePage, MirroredEvent, PlacedEvent, RemoteCalendar } from '../domain/remote-event.js';
import { OwnerCalendar, type CalendarAccount, type Watch, type WatchRequest } from '../ports.js';
import type { AccountRequests } from './account-requests.js';
import { CALL_MS, SYNC_MS } from './call-limits.js';
import { graphChanges } from './graph-changes.js';
import { fieldsOf, idIn, textIn } from './graph-fields.js';
import { pathOf, place } from './graph-placement.js';
import { GraphSession } from './graph-session.js';
import { subscribe, unsubscribe } from './graph-subscriptions.js';

export interface MicrosoftOptions {
  /** Of Microsoft Graph, with its version and no slash at its end. */
  readonly apiUrl: string;
  readonly clock: Clock;
  /** For all requests of one sync together, in milliseconds. */
  readonly syncMs?: number;
  /** For all requests of any other call, in milliseconds. */
  readonly callMs?: number;
}

const MOST_CALENDARS = 1_000;
const MOST_CALENDAR_PAGES = 20;

/**
 * Calendars of Microsoft 365, by Microsoft Graph v1.0, which also serves accounts of outlook.com. The token needs the permission
 * `Calendars.ReadWrite`. An event that moves to another calendar, or to the deleted items, gets another id (no immutable ids are asked
 * for), so that one that was removed cannot be changed by mistake.
 */
export class MicrosoftOwnerCalendar extends OwnerCalendar {
  constructor(
    private readonly accountRequests: AccountRequests,
    private readonly options: MicrosoftOptions,
  ) {
    super();
  }

  async calendars(account: CalendarAccount): Promise<RemoteCalendar[]> {
    const calendars: RemoteCalendar[] = [];
    const path = '/me/calendars?$top=100&$select=id,name,canEdit,isDefaultCalendar';
    for await (const item of this.session(account).all(path, MOST_CALENDAR_PAGES)) {
      const calendar = calendarIn(item);
      if (calendar) calendars.push(calendar);
      if (calendars.length > MOST_CALENDARS)
        throw new CalendarUnreadable(`The account has more than ${MOST_CALENDARS} calendars`);
    }
    return calendars;
  }

  changes(
    account: CalendarAccount,
    calendarId: string,
    cursor: string | null,
    window: Interval,
    timezone: string,
  ): AsyncGenerator<ChangePage, string> {
    const zone = timeZoneOrUtc(timezone);
    const session = this.session(account, this.options.syncMs ?? SYNC_MS);
    return graphChanges(session, calendarId, cursor, { window, zone });
  }

  async put(
    account: CalendarAccount,
    calendarId: string,
    event: MirroredEvent,
    placed: PlacedEvent | null,
  ): Promise<PlacedEvent> {
    return place(this.session(account), calendarId, event, placed);
  }

  async remove(account: CalendarAccount, _calendarId: string, remoteId: string): Promise<void> {
    const session = this.session(account);
    const answer = await session.ask(pathOf(remoteId), { method: 'DELETE' });
    if (answer.status !== 404) session.fields(answer);
  }

  override async watch(
    account: CalendarAccount,
    calendarId: string,
    request: WatchRequest,
  ): Promise<Watch | null> {
    return subscribe(this.session(account), calendarId, request);
  }

  override async unwatch(account: CalendarAccount, watch: Watch): Promise<void> {
    await unsubscribe(this.session(account), watch);
  }

  private session(account: CalendarAccount, withinMs = this.options.callMs ?? CALL_MS): GraphSession {
    const { apiUrl, clock } = this.options;
    return new GraphSession(this.accountRequests, account, apiUrl, clock, AbortSignal.timeout(withinMs));
  }
}

/** Null for what is no calendar. */
function calendarIn(item: unknown): RemoteCalendar | null {
  const fields = fieldsOf(item) ?? {};
  const id = idIn(fields);
  if (id === null) return null;
  return {
    id,
    name: textIn(fields, 'name') ?? '',
    writable: fields['canEdit'] === true,
    primary: fields['isDefaultCalendar'] === true,
  };
}
