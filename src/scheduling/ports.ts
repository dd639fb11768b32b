import type { Instant } from '@js-joda/core';
import type { Interval } from '../kernel/interval.js';
import type { Booking, Invitee } from './domain/booking.js';
import type { EventType } from './domain/event-type.js';
import type { TakenTimes } from './domain/explanation.js';
import type { Hold } from './domain/hold.js';
import type { Occupancy, SlotRange } from './domain/slots.js';

/** The bookings of all owners. */
export abstract class Bookings {
  /** The booking, if it is this owner's, locked until the unit of work ends; null if unknown or another's. */
  abstract find(id: string, ownerId: string): Promise<Booking | null>;

  /** Has the booking stored with the events it recorded. If the time was lost to another, the unit of work ends with `SlotTaken`. */
  abstract save(booking: Booking): void;
}

/** What owners offer. */
export abstract class EventTypes {
  /** The event type, if it is this owner's, locked until the unit of work ends; null if unknown or another's. */
  abstract find(id: string, ownerId: string): Promise<EventType | null>;

  /** The place after the last in the owner's order. */
  abstract nextPosition(ownerId: string): Promise<number>;

  /** Stores it. Throws `SlugTaken` if the owner has another of that slug. */
  abstract save(eventType: EventType): Promise<void>;
}

/** An event type on offer with what already takes its host's time. */
export interface HostAgenda {
  readonly eventType: EventType;
  readonly occupancy: Occupancy;
  /** Whether one of the host's calendars has been unreadable for too long: all his time is taken then. */
  readonly isCalendarStale: boolean;
}

/** The same with what each taken stretch is. */
export interface DetailedAgenda {
  readonly eventType: EventType;
  readonly takenTimes: TakenTimes;
  /** As of `HostAgenda`. */
  readonly isCalendarStale: boolean;
}

/** What does not stand in the way of whoever asks: his own booking when he moves it, the slot held for him when he books it. */
export interface Own {
  readonly bookingId?: string;
  readonly holdToken?: string | null;
}

/**
 * When hosts are taken, by whichever event type: by live bookings, by holds that have not expired and by what their calendars say. A
 * range is that of the slots in question, in epoch milliseconds; what is told reaches as far around it as matters to them (`occupancyRange`).
 */
export abstract class Agendas {
  /** To look: as it stands at `at`, for an active event type of that owner and slug; null if there is none. One round trip. */
  abstract read(ownerId: string, slug: string, range: SlotRange, at: Instant): Promise<HostAgenda | null>;

  /** To explain: the same agenda as `read`, at more cost, and for the very range. */
  abstract readDetailed(
    ownerId: string,
    slug: string,
    range: SlotRange,
    at: Instant,
  ): Promise<DetailedAgenda | null>;

  /** Whose time bookings of the event type take, active or not; null if it is unknown. That never changes. */
  abstract hostOf(eventTypeId: string): Promise<string | null>;

  /** To book without waiting for others: as `lock` tells it, and not locked. What others do meanwhile, `claim` finds out. */
  abstract see(eventTypeId: string, range: SlotRange, at: Instant): Promise<HostAgenda | null>;

  /**
   * Takes a stretch of the host's time for what is then stored: one after another, whoever else wants some of it. If it is held for
   * another by then, the unit of work ends with `SlotTaken`.
   */
  abstract claim(hostId: string, blocked: Interval, at: Instant): void;

  /**
   * To book: for an active event type of any owner; null if there is none. The host's agenda is then locked until the unit of
   * work ends, so that what is free stays free and limits stay exact; bookings of other hosts go on.
   */
  abstract lock(eventTypeId: string, range: SlotRange, at: Instant, own?: Own): Promise<HostAgenda | null>;
}

/** Slots kept for invitees. */
export abstract class Holds {
  abstract save(hold: Hold): Promise<void>;

  /** Ends the hold of that token, if there is one, and forgets those of the owner that have expired. */
  abstract release(ownerId: string, token: string | null, at: Instant): Promise<void>;
}

/** The owner's contacts, as far as booking needs them. */
export abstract class ContactBook {
  /** Looks the address up, so that it is known who books before it is certain that he may. */
  abstract lookUp(ownerId: string, email: string): Promise<ContactEntry>;

  /** The same without waiting for anybody; null if something known of the invitee is missing there: for that it must be locked. */
  abstract see(ownerId: string, invitee: Invitee): Promise<SeenContact | null>;
}

/** What there is in the book under one address, if anything: it stays so until the unit of work ends. */
export interface ContactEntry {
  /** The id of the contact, made of the invitee if there was none; its blanks are filled, nothing overwritten. */
  complete(invitee: Invitee): Promise<string>;
}

/** What was seen in the book under one address, with nothing to be changed of it. */
export interface SeenContact {
  /** The id of the contact; if there was none, one of the invitee is added. */
  enter(invitee: Invitee): string;
}
