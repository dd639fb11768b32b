import { Duration, type Instant } from '@js-joda/core';
import { InvalidData } from '../../kernel/domain-error.js';
import { tameText } from '../../kernel/text.js';
import type { RemoteCalendar } from './remote-event.js';
import type { StaleAfter } from './stale-after.js';
import { isFullReadingDue } from './sync-window.js';

/** Providers whose accounts are opened by signing in there, and known by their e-mail addresses. */
export type SignInProvider = 'GOOGLE' | 'MICROSOFT';

export type CalendarProvider = 'CALDAV' | 'ICS' | SignInProvider;

export function isSignInProvider(provider: CalendarProvider): provider is SignInProvider {
  return provider === 'GOOGLE' || provider === 'MICROSOFT';
}

/** What it does to a booking that its owner moves or deletes its event in the calendar: nothing, or the same to the booking. */
export type OnChange = 'NOTHING' | 'FOLLOW';

const SYNC_EVERY = Duration.ofMinutes(5);

/** After each failure in a row, in minutes; the last goes on. */
const WAITS = [1, 2, 5, 15, 60];

const MOST_WORDS = 500;
const LONGEST_NAME = 200;

/** A calendar of a connection. */
export interface ConnectedCalendar {
  readonly id: string;
  /** As its provider names it. */
  readonly remoteId: string;
  readonly name: string;
  /** Whether events can be put into it. */
  readonly writable: boolean;
  /** Whether its events keep the owner busy. */
  readonly isRead: boolean;
  /** Whether bookings are to be put into it. */
  readonly isWritten: boolean;
  /** What has been read of it; null if it is to be read whole. */
  readonly cursor: string | null;
  /** When it was last read whole. */
  readonly expandedAt: Instant | null;
  /** Since when bookings follow what their owner does to it; null if they do not, or it has not been read whole since they are to. */
  readonly followedSince: Instant | null;
}

export interface CalendarConnectionState {
  readonly id: string;
  readonly ownerId: string;
  readonly provider: CalendarProvider;
  /** How people know the account; no secret. */
  readonly account: string;
  readonly onChange: OnChange;
  readonly calendars: readonly ConnectedCalendar[];
  /** When it is to be looked at next; null once there is nothing to be had without the owner. */
  readonly nextSyncAt: Instant | null;
  /** The last success; null if there was none. */
  readonly syncedAt: Instant | null;
  /** From then on nothing is offered on its account. */
  readonly staleAt: Instant;
  /** When its owner was told of that; null if he was not, or it has been read since. */
  readonly staleToldAt: Instant | null;
  /** How many syncs have failed in a row. */
  readonly failures: number;
  /** One sentence; null after a success. */
  readonly lastError: string | null;
  /** Whether the provider will not have the credentials any more. */
  readonly accessLost: boolean;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Which calendars of an account count, by their names or ids. */
export interface CalendarChoice {
  /** Null for all. */
  readonly read: readonly string[] | null;
  /** Null for none. */
  readonly write: string | null;
  /** As it was if left out, at first `NOTHING`. */
  readonly onChange?: OnChange | undefined;
}

/**
 * An owner's account at a provider of calendars. It owns when it is read, and from when on it is stale: nothing is offered before the
 * first success, nor when the last is too long ago.
 */
export class CalendarConnection {
  private constructor(private current: CalendarConnectionState) {}

  static of(state: CalendarConnectionState): CalendarConnection {
    return new CalendarConnection(state);
  }

  /** To be synced at once. Throws `InvalidData` if what was chosen is not there. `nextId` makes an id for each calendar. */
  static connect(
    origin: Pick<CalendarConnectionState, 'id' | 'ownerId' | 'provider' | 'account'>,
    remote: readonly RemoteCalendar[],
    choice: CalendarChoice,
    nextId: () => string,
    at: Instant,
  ): CalendarConnection {
    const { read, written } = chosen(remote, choice);
    const connection = new CalendarConnection({
      ...origin,
      onChange: 'NOTHING',
      calendars: remote.map((calendar) => ({
        ...unread(nextId(), calendar),
        isRead: read.includes(calendar),
        isWritten: calendar === written,
      })),
      nextSyncAt: at,
      syncedAt: null,
      staleAt: at,
      staleToldAt: null,
      failures: 0,
      lastError: null,
      accessLost: false,
      createdAt: at,
      updatedAt: at,
    });
    connection.decide(choice.onChange ?? 'NOTHING', at);
    return connection;
  }

  /**
   * Its account was opened anew: to be synced at once. What was chosen before still holds where nothing else is chosen now, but for
   * calendars that are gone; if no other was read, all are. Throws as `connect`.
   */
  reconnect(
    remote: readonly RemoteCalendar[],
    choice: CalendarChoice,
    nextId: () => string,
    at: Instant,
  ): void {
    const { read, written } = chosen(remote, choice);
    const former = new Map(this.current.calendars.map((calendar) => [calendar.remoteId, calendar]));
    const staysAsItIs = choice.read === null && remote.some(({ id }) => former.get(id)?.isRead);
    const current = remote.map((calendar): ConnectedCalendar => {
      const known = former.get(calendar.id) ?? unread(nextId(), calendar);
      former.delete(calendar.id);
      return {
        ...known,
        name: nameOf(calendar),
        writable: calendar.writable,
        isRead: staysAsItIs ? known.isRead : read.includes(calendar),
        isWritten: choice.write === null ? known.isWritten && calendar.writable : calendar === written,
      };
    });
    const gone = [...former.values()].map((calendar) => ({ ...calendar, isRead: false, isWritten: false }));
    this.current = {
      ...this.current,
      calendars: [...current, ...gone].map((calendar) =>
        calendar.isRead ? calendar : { ...calendar, cursor: null, expandedAt: null, followedSince: null },
      ),
      nextSyncAt: at,
      failures: 0,
      lastError: null,
      accessLost: false,
      updatedAt: at,
    };
    if (choice.onChange) this.decide(choice.onChange, at);
  }

  get state(): CalendarConnectionState {
    return this.current;
  }

  /** Those that keep the owner busy, and that whose changes bookings follow. */
  get calendarsToRead(): readonly ConnectedCalendar[] {
    return this.current.calendars.filter((calendar) => calendar.isRead || this.follows(calendar));
  }

  /** Whether bookings follow what their owner does to their events in a calendar. */
  follows({ isWritten }: ConnectedCalendar): boolean {
    return isWritten && this.current.onChange === 'FOLLOW';
  }

  /**
   * What it does to bookings from now on that their owner changes their events; what was changed before is let be. Throws
   * `InvalidData` if there is nothing to follow.
   */
  decide(onChange: OnChange, at: Instant): void {
    if (onChange === 'FOLLOW' && !this.current.calendars.some(({ isWritten }) => isWritten))
      throw new InvalidData({ onChange: 'No calendar of this connection takes bookings that could follow' });
    if (onChange === this.current.onChange) return;
    const calendars = this.current.calendars.map((calendar) => ({ ...calendar, followedSince: null }));
    const nextSyncAt = this.current.failures === 0 ? at : this.current.nextSyncAt;
    this.current = { ...this.current, onChange, calendars, nextSyncAt, updatedAt: at };
  }

  /** From where a calendar is to be read; null for the whole of it, as is done each day, and to know where its events are at first. */
  cursorOf(calendar: ConnectedCalendar, at: Instant): string | null {
    const isFirst = this.follows(calendar) && calendar.followedSince === null;
    return isFirst || isFullReadingDue(calendar.expandedAt, at) ? null : calendar.cursor;
  }

  /** A calendar was read up to a cursor: whole or only what had changed, and with an eye to what its owner did there or without. */
  read(
    calendarId: string,
    cursor: string,
    { isWhole, isWatched = false }: { isWhole: boolean; isWatched?: boolean },
    at: Instant,
  ): void {
    const isBeginning = isWhole && isWatched;
    const calendars = this.current.calendars.map((calendar) =>
      calendar.id === calendarId
        ? {
            ...calendar,
            cursor,
            expandedAt: isWhole ? at : calendar.expandedAt,
            followedSince: calendar.followedSince ?? (isBeginning && this.follows(calendar) ? at : null),
          }
        : calendar,
    );
    this.current = { ...this.current, calendars };
  }

  /** All its calendars were read, beginning at that time. */
  synced(at: Instant, { duration }: StaleAfter): void {
    this.current = {
      ...this.current,
      nextSyncAt: at.plus(SYNC_EVERY),
      syncedAt: at,
      staleAt: at.plus(duration),
      staleToldAt: null,
      failures: 0,
      lastError: null,
      accessLost: false,
      updatedAt: at,
    };
  }

  /** It could not be read and is tried again: later each time, and no sooner than the provider asks for. */
  failed(reason: string, retryAfterSeconds: number | null, at: Instant): void {
    const { failures } = this.current;
    const wait = WAITS[Math.min(failures, WAITS.length - 1)]! * 60;
    const nextSyncAt = at.plusSeconds(Math.max(wait, retryAfterSeconds ?? 0));
    this.fail(reason, { nextSyncAt, accessLost: false }, at);
  }

  /** The credentials are refused: there is nothing more to try without the owner, and he will be told of it once it is stale. */
  accessWasLost(reason: string, at: Instant, staleAfter: StaleAfter): void {
    const nextSyncAt = this.current.staleToldAt ? null : this.tellAt(staleAfter);
    this.fail(reason, { nextSyncAt, accessLost: true }, at);
  }

  /** Whether its owner is to be told now that it is stale, which happens once until it is read again. */
  tellOfStaleness(at: Instant, staleAfter: StaleAfter): boolean {
    if (this.current.staleToldAt || at.isBefore(this.tellAt(staleAfter))) return false;
    const nextSyncAt = this.current.accessLost ? null : this.current.nextSyncAt;
    this.current = { ...this.current, staleToldAt: at, nextSyncAt };
    return true;
  }

  // One that never was read is stale from the start, but its owner sees that himself for a while.
  private tellAt({ duration }: StaleAfter): Instant {
    return (this.current.syncedAt ?? this.current.createdAt).plus(duration);
  }

  private fail(
    reason: string,
    change: Pick<CalendarConnectionState, 'nextSyncAt' | 'accessLost'>,
    at: Instant,
  ): void {
    const lastError = tameText(reason, MOST_WORDS);
    const failures = this.current.failures + 1;
    this.current = { ...this.current, ...change, lastError, failures, updatedAt: at };
  }
}

function unread(id: string, calendar: RemoteCalendar): ConnectedCalendar {
  return {
    id,
    remoteId: calendar.id,
    name: nameOf(calendar),
    writable: calendar.writable,
    isRead: false,
    isWritten: false,
    cursor: null,
    expandedAt: null,
    followedSince: null,
  };
}

function chosen(
  remote: readonly RemoteCalendar[],
  { read, write }: CalendarChoice,
): { read: readonly RemoteCalendar[]; written: RemoteCalendar | null } {
  if (remote.length === 0) throw new InvalidData({ account: 'The account has no calendars' });
  const named = (wanted: string) =>
    remote.filter((calendar) => calendar.id === wanted || nameOf(calendar) === wanted);
  const names = remote.map((calendar) => `"${nameOf(calendar)}"`).join(', ');
  const missing = (wanted: string) => `There is no calendar "${wanted}", only ${names}`;
  const unknown = read?.find((wanted) => named(wanted).length === 0);
  if (unknown !== undefined) throw new InvalidData({ read: missing(unknown) });
  if (read?.length === 0) throw new InvalidData({ read: 'read must name at least one calendar' });

  const candidates = write === null ? [] : named(write);
  const written = candidates.find(({ writable }) => writable) ?? null;
  if (write !== null && candidates.length === 0) throw new InvalidData({ write: missing(write) });
  if (write !== null && !written)
    throw new InvalidData({ write: `The calendar "${write}" can only be read` });
  return { read: read === null ? remote : read.flatMap(named), written };
}

function nameOf({ name }: RemoteCalendar): string {
  return tameText(name, LONGEST_NAME);
}
