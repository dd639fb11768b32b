import type { Instant } from '@js-joda/core';
import type { BookingEventData } from '../kernel/domain-event.js';
import type { Interval } from '../kernel/interval.js';
import type { Authorization, AuthorizationOutcome } from './domain/authorization.js';
import type { BusyNews } from './domain/busy-news.js';
import type { CalendarConnection, CalendarProvider, SignInProvider } from './domain/connection.js';
import type { NoticedState, ShownBooking } from './domain/own-news.js';
import type { MeetingNow, OwnersChange, PutEvent } from './domain/owners-change.js';
import type { PublishedFeed } from './domain/published-feed.js';
import type { CalendarOfBooking } from './domain/mirrored-event.js';
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

  /**
   * Has the provider tell an address whenever the calendar changes, in place of the former watch if there was one. Null where it
   * tells nobody: it is asked in turns anyway.
   */
  async watch(_account: CalendarAccount, _calendarId: string, _request: WatchRequest): Promise<Watch | null> {
    return null;
  }

  /** Ends a watch; one that has ended already is as good. */
  async unwatch(_account: CalendarAccount, _watch: Watch): Promise<void> {}
}

export interface WatchRequest {
  /** An https URL that the provider posts to. */
  readonly address: string;
  /** Comes back with everything that is told, by which it is believed: up to 128 characters. */
  readonly secret: string;
  readonly former: Watch | null;
}

/** A provider's promise to tell of changes until some time. */
export interface Watch {
  /** Opaque: by it the adapter ends or renews the watch. */
  readonly handle: string;
  readonly expiresAt: Instant;
}

export interface CalendarAccount {
  readonly connectionId: string;
  /** What opens the account, as the adapter wants it: never logged, never shown. */
  readonly credentials: Credentials;
  /** Keeps credentials that the provider has renewed, at once and for good. */
  renewed(credentials: Credentials): Promise<void>;
  /** The credentials as they are kept now: another may have renewed them meanwhile. */
  reread(): Promise<Credentials>;
}

export type Credentials = Readonly<Record<string, string>>;

/** The calendars of each provider. */
export abstract class OwnerCalendars {
  abstract of(provider: CalendarProvider): Promise<OwnerCalendar>;
}

/** The accounts that owners have connected. */
export abstract class Connections {
  /** Stores a new connection, and its credentials so that nobody else can read them. */
  abstract add(connection: CalendarConnection, credentials: Credentials): Promise<void>;

  /** What opens a connection's account. Throws `CalendarAccessLost` if that can no longer be read, or the connection is gone. */
  abstract account(connectionId: string): Promise<CalendarAccount>;

  abstract save(connection: CalendarConnection): Promise<void>;

  /** Forgets a connection with all that was read by it; null if there is none of that id. */
  abstract remove(connectionId: string): Promise<RemovedConnection | null>;

  /**
   * Takes a connection for one sync, if it is due or `isAsked` for all the same; null if it is not, or is being synced, or is unknown.
   * A claim ends by itself five minutes after it was made or last resumed.
   */
  abstract claim(connectionId: string, isAsked: boolean): Promise<ClaimedSync | null>;

  /** The claimed connection as it is now, locked until the unit of work ends; null if the claim has been lost to another. */
  abstract resume(claim: ClaimedSync): Promise<CalendarConnection | null>;

  /** Ends a claim. */
  abstract release(claim: ClaimedSync): Promise<void>;

  /** Whether there is a connection of that id. */
  abstract has(connectionId: string): Promise<boolean>;

  /** The connection of that id, locked until the unit of work ends; null if there is none. */
  abstract find(connectionId: string): Promise<CalendarConnection | null>;

  /** The connection of that account, if the owner has one; locked, as is his making of others, until the unit of work ends. */
  abstract ofAccount(
    ownerId: string,
    provider: SignInProvider,
    account: string,
  ): Promise<CalendarConnection | null>;

  /** Whether anybody has that account connected. */
  abstract hasAccount(provider: CalendarProvider, account: string): Promise<boolean>;

  /** Stores a connection whose account was opened anew, with what opens it now. A sync under way loses its claim. */
  abstract reopen(connection: CalendarConnection, credentials: Credentials): Promise<void>;

  /**
   * Makes a connection due at once, though not before a sync under way has ended. Nothing happens to one that is unknown, or that
   * could not be read the last time: that waits for its turn.
   */
  abstract hasNews(connectionId: string): Promise<void>;
}

export interface RemovedConnection {
  readonly provider: CalendarProvider;
  readonly account: string;
}

export interface ClaimedSync {
  readonly connection: CalendarConnection;
  /** The owner's, an IANA name. */
  readonly timezone: string;
  /** Greater with each claim of a connection. */
  readonly turn: number;
}

/** When owners' calendars keep them busy, as far as it has been read. */
export abstract class BusyCache {
  /** Takes over what was told of a calendar, noting in whose turn. */
  abstract take(calendarId: string, news: BusyNews, turn: number): Promise<void>;

  /** Forgets the events of a calendar of which no page told in that turn. */
  abstract forgetUntold(calendarId: string, turn: number): Promise<void>;

  /** Forgets all that was read of a calendar. */
  abstract forget(calendarId: string): Promise<void>;
}

/** How an owner lets us into his account: by signing in at its provider (OAuth 2.0 with PKCE, RFC 6749 and 7636). */
export abstract class SignIn {
  /**
   * Where the owner is sent. `state` comes back with the answer, and `verifier` proves that it is we who began. Throws
   * `SignInNotConfigured` or a `CalendarFault`.
   */
  abstract address(provider: SignInProvider, secrets: SignInSecrets): Promise<string>;

  /**
   * What the provider gives for its answer, the query with which it sent the owner back. Throws `AuthorizationDenied` or a `CalendarFault`.
   */
  abstract complete(provider: SignInProvider, query: string, secrets: SignInSecrets): Promise<OpenedAccount>;

  /** Gives back what opens an account, where the provider takes it back. Throws a `CalendarFault`. */
  abstract revoke(provider: SignInProvider, credentials: Credentials): Promise<void>;
}

/** 256 random bits each, as base64url. */
export interface SignInSecrets {
  readonly state: string;
  readonly verifier: string;
}

export interface OpenedAccount {
  /** Its e-mail address. */
  readonly account: string;
  readonly credentials: Credentials;
}

/** Sign-ins that have begun. */
export abstract class Authorizations {
  /** Stores one; of `state` only a hash, and `verifier` so that nobody else can read it. */
  abstract begin(authorization: Authorization, secrets: SignInSecrets): Promise<void>;

  /** The one of that state, with its verifier, if it has not expired at that time; this once, whoever asks at the same time. */
  abstract use(
    state: string,
    at: Instant,
  ): Promise<{ authorization: Authorization; verifier: string } | null>;

  /** Says what became of one to whoever waits for it. */
  abstract finish(id: string, outcome: AuthorizationOutcome): Promise<void>;
}

/** What providers have promised to tell of. */
export abstract class Watches {
  /** Of a connection that could be read the last time: the calendars that are read and whose watch is to be made or renewed now. */
  abstract due(connectionId: string, at: Instant): Promise<DueWatch[]>;

  /** Keeps a calendar's watch, which is to be renewed then; false if there is no such calendar any more. */
  abstract keep(calendarId: string, watch: Watch | null, dueAt: Instant): Promise<boolean>;

  /** All of a connection. */
  abstract of(connectionId: string): Promise<Watch[]>;
}

export interface DueWatch {
  readonly provider: CalendarProvider;
  readonly calendarId: string;
  /** As its provider names it. */
  readonly remoteId: string;
  readonly former: Watch | null;
}

/** Where providers tell of changes. */
export abstract class PushDoor {
  /** Null if no provider can reach us. */
  abstract addressOf(connectionId: string): string | null;

  /** By which what is told of a connection is believed: always the same, and 43 characters long. */
  abstract secretOf(connectionId: string): Promise<string>;
}

/** The feeds by which owners show their bookings to calendars elsewhere: one an owner. */
export abstract class PublishedFeeds {
  /** Stores an owner's feed in place of the one before. */
  abstract publish(feed: PublishedFeed): Promise<void>;

  /** The feed whose token has that SHA-256; null if there is none. */
  abstract find(tokenHash: Buffer): Promise<PublishedFeed | null>;

  /** Notes when a feed was last read, unless it has ended meanwhile. */
  abstract noteReading(tokenHash: Buffer, at: Instant): Promise<void>;

  /** Ends an owner's feed; false if there is none. */
  abstract end(ownerId: string): Promise<boolean>;
}

/** What people are told by mail. */
export abstract class Notices {
  /** Owes the owner the news, once for each such staleness. */
  abstract calendarIsStale(news: StaleCalendar): Promise<void>;

  /** Tells all who come to a meeting the link that its booking has just learnt, before the unit of work ends. */
  abstract meetingLinkIsKnown(bookingId: string, link: string): Promise<void>;
}

export interface StaleCalendar {
  readonly connectionId: string;
  readonly ownerId: string;
  readonly account: string;
  /** The last success; null if there was none. */
  readonly syncedAt: Instant | null;
  readonly lastError: string;
  readonly at: Instant;
}

/** What owners' calendars are to show of bookings, and what was last put there. Times of attempts are counted by the database's clock. */
export abstract class MirroredBookings {
  /** Wants a new booking in each calendar that its owner has chosen for bookings by now; once, however often it is asked to. */
  abstract add(ownerId: string, booking: BookingEventData): Promise<void>;

  /** Wants a booking to stand as it is now, or no more, in the calendars that it was wanted in. What was wanted before is forgotten. */
  abstract change(booking: BookingEventData, wish: { readonly isWanted: boolean }): Promise<void>;

  /** The calendars that a booking is or was wanted in, as they stand in this unit of work. */
  abstract calendarsOf(bookingId: string): Promise<CalendarOfBooking[]>;

  /**
   * Takes what one calendar is to show of one booking for an attempt; null if that is not due, or under way elsewhere. A claim ends
   * by itself after 150 s.
   */
  abstract claim(id: string): Promise<ClaimedMirroring | null>;

  /**
   * Records what came of the claimed attempt; if something else has been wanted meanwhile, that is due at once. False, and nothing is
   * recorded, if somebody else has claimed it since, or the calendar was disconnected.
   */
  abstract record(claim: ClaimedMirroring, outcome: MirroringOutcome): Promise<boolean>;

  /** Makes due now what last failed in the calendars of a connection; how many bookings these are. */
  abstract retry(connectionId: string): Promise<number>;
}

export interface ClaimedMirroring {
  readonly id: string;
  readonly ownerId: string;
  /** As its last event tells. */
  readonly booking: BookingEventData;
  /** Whether it is to be there. */
  readonly isWanted: boolean;
  /** Greater with each change of what is wanted. */
  readonly wish: number;
  readonly connectionId: string;
  readonly provider: CalendarProvider;
  /** As the provider names the calendar. */
  readonly calendarId: string;
  /** Where it stands; null if it stands nowhere as far as was recorded. */
  readonly placed: PlacedEvent | null;
  /** Whether it may stand there all the same. */
  readonly mayBeThere: boolean;
  /** How many attempts in a row have failed before this one, and why the last did; null if none has. */
  readonly attempts: number;
  readonly lastError: string | null;
  readonly turn: number;
}

export type MirroringOutcome =
  | { readonly kind: 'placed'; readonly placed: PlacedEvent; readonly event: MirroredEvent }
  | { readonly kind: 'removed' }
  | {
      readonly kind: 'failed';
      readonly state: 'PENDING' | 'FAILED';
      readonly reason: string;
      /** Null if it is given up. */
      readonly afterSeconds: number | null;
    };

/** Bookings, as far as calendars change them. */
export abstract class BookedMeetings {
  /** Gives a booking that is still on the link of its video meeting, if it has none; whether it has learnt it by this. */
  abstract meetAt(bookingId: string, ownerId: string, link: string): Promise<boolean>;
}

/** What owners do to the events of their bookings in calendars, until it is answered. */
export abstract class OwnersChanges {
  /** What time it is by the clock of `ShownBooking.shownAt`. */
  abstract now(): Promise<Instant>;

  /** The bookings that a calendar shows and that are not over, without those that we are about to change there. */
  abstract shownIn(calendarId: string): Promise<ShownBooking[]>;

  /** Notes states that were looked at. An answer is owed for those with a change, in place of what was owed before. */
  abstract note(states: readonly NoticedState[]): Promise<void>;

  /** Which booking the answer is about; null if none is owed. Locks nothing. */
  abstract bookingOf(mirroringId: string): Promise<{ readonly id: string; readonly ownerId: string } | null>;

  /** The change that is to be answered, locked until the unit of work ends; null if none is any more. */
  abstract take(mirroringId: string): Promise<OwedAnswer | null>;

  /** Nothing is owed for it any more. What kept a booking from following is told until the booking changes; null for nothing. */
  abstract settle(mirroringId: string, refusal: string | null): Promise<void>;

  /** The same, and the calendar is made to show the booking where it is. */
  abstract putBack(mirroringId: string, refusal: string | null): Promise<void>;
}

export interface OwedAnswer {
  readonly change: OwnersChange;
  readonly event: PutEvent;
  /** Whether bookings still follow the calendar. */
  readonly isFollowed: boolean;
}

/** Bookings, as far as their owners change them in calendars. */
export abstract class HostedMeetings {
  /** The owner's booking as it is now, locked until the unit of work ends; null if there is none. */
  abstract lookUp(bookingId: string, ownerId: string): Promise<MeetingNow | null>;

  /** Moves it to a time to come, with all notices. Throws a `DomainError` or ends the unit of work with one if it cannot be. */
  abstract move(bookingId: string, ownerId: string, start: Instant): Promise<void>;

  /** Calls it off, with all notices. Throws a `DomainError` if it cannot be. */
  abstract cancel(bookingId: string, ownerId: string, reason: string): Promise<void>;
}
