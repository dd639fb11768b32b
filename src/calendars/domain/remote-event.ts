import type { Interval } from '../../kernel/interval.js';

/** A calendar of an account elsewhere, as its provider names it. */
export interface RemoteCalendar {
  /** Opaque, and the same for as long as the calendar exists. */
  readonly id: string;
  readonly name: string;
  /** Whether events can be put into it. */
  readonly writable: boolean;
  /** Whether it is the account's own first choice. */
  readonly primary: boolean;
}

/** An event of an owner's calendar, as far as availability and the mirror need to know it. Titles and guests are nobody's business. */
export interface RemoteEvent {
  /** Under which the provider tells of its changes; opaque. */
  readonly id: string;
  /** RFC 5545 UID, where the provider tells it. */
  readonly uid: string | null;
  /** Changes whenever the event does, where the provider has such a thing. */
  readonly etag: string | null;
  /** When the owner is busy for it: each occurrence that reaches into the window asked for, whole, ascending; none if it blocks no time. */
  readonly busy: readonly Interval[];
  /** When its only occurrence is; null for an event that repeats. */
  readonly time: Interval | null;
}

/** Some of what changed in a calendar. */
export interface ChangePage {
  /** True if all there is comes with this and the following pages: what they do not tell of is gone. */
  readonly fromScratch: boolean;
  readonly changed: readonly RemoteEvent[];
  /** Ids of events that are gone. */
  readonly removed: readonly string[];
  /** About how many events there are in all, if that is known. */
  readonly total: number | null;
  /** How many of this page could not be understood, or repeat without bounds, and are told of nowhere; none if left out. */
  readonly skipped?: number;
}

/** What a booking looks like in its owner's calendar. */
export interface MirroredEvent {
  /** RFC 5545 UID, the same for the booking's whole life: what makes putting it twice put it once. */
  readonly uid: string;
  /** RFC 5545 SEQUENCE. */
  readonly sequence: number;
  readonly time: Interval;
  readonly title: string;
  readonly description: string;
  readonly location: string | null;
  readonly attendees: readonly { readonly name: string | null; readonly email: string }[];
  /** Whether the provider is to make a video meeting for it, where it can. */
  readonly wantsMeetingLink: boolean;
}

/** Where a booking stands in the owner's calendar. */
export interface PlacedEvent {
  readonly remoteId: string;
  readonly etag: string | null;
  /** The video meeting that the provider made; null if none. */
  readonly meetingLink: string | null;
}
