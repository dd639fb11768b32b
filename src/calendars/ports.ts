import type { Interval } from '../kernel/interval.js';
import type { ChangePage, MirroredEvent, PlacedEvent, RemoteCalendar } from './domain/remote-event.js';

/**
 * An owner's calendar account elsewhere: CalDAV, Google, Microsoft 365, or a feed that can only be read. Every call is bounded in
 * time and memory and throws nothing but `CalendarAccessLost`, `CalendarUnavailable`, `CalendarUnreadable` and `CalendarGone`.
 */
export abstract class OwnerCalendar {
  /** The account's calendars. */
  abstract calendars(account: CalendarAccount): Promise<RemoteCalendar[]>;

  /**
   * What changed in a calendar since the cursor of the last time, page by page as it arrives; null asks for all there is. Recurring
   * events come expanded within `window`, and all-day events as whole days of `timezone`. The generator returns the next cursor.
   * A cursor that the provider knows no longer is answered from scratch.
   */
  abstract changes(
    account: CalendarAccount,
    calendarId: string,
    cursor: string | null,
    window: Interval,
    timezone: string,
  ): AsyncGenerator<ChangePage, string>;

  /** Puts the event where it belongs: made if there is none of its UID, else changed to what it is now. */
  abstract put(
    account: CalendarAccount,
    calendarId: string,
    event: MirroredEvent,
    placed: PlacedEvent | null,
  ): Promise<PlacedEvent>;

  /** Removes an event; one that is gone already is as good. */
  abstract remove(account: CalendarAccount, calendarId: string, remoteId: string): Promise<void>;
}

export interface CalendarAccount {
  readonly connectionId: string;
  /** What opens the account, as the adapter wants it: never logged, never shown. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Keeps credentials that the provider has renewed, at once and for good. */
  renewed(credentials: Readonly<Record<string, string>>): Promise<void>;
}
