import type { Instant } from '@js-joda/core';
import { Booking, type BookingState } from '../../src/scheduling/domain/booking.js';
import { SlotTaken, SlugTaken } from '../../src/scheduling/domain/errors.js';
import type { Hold } from '../../src/scheduling/domain/hold.js';
import { EventType, type EventTypeState } from '../../src/scheduling/domain/event-type.js';
import type { TakenTime } from '../../src/scheduling/domain/explanation.js';
import { ALL_TIME, occupancyRange, type SlotRange } from '../../src/scheduling/domain/slots.js';
import type { Opening } from '../../src/scheduling/domain/weekly-hours.js';
import {
  Agendas,
  Bookings,
  EventTypes,
  Holds,
  type DetailedAgenda,
  type HostAgenda,
  type Own,
} from '../../src/scheduling/ports.js';
import type { DomainEvent } from '../../src/kernel/domain-event.js';
import type { Interval } from '../../src/kernel/interval.js';
import type { Restorable } from './in-memory-unit-of-work.js';

/** Event types and bookings as three ports see them. */
export class InMemorySchedule implements Restorable {
  private bookingsKept = new Map<string, BookingState>();
  private eventTypesKept = new Map<string, EventTypeState>();
  private holdsKept: readonly Hold[] = [];
  private stored: readonly DomainEvent[] = [];
  private busyKept: readonly { readonly ownerId: string; readonly time: Interval }[] = [];
  private readonly staleOwners = new Set<string>();

  readonly bookings: Bookings;
  readonly eventTypes: EventTypes;
  readonly agendas: Agendas;
  readonly holds: Holds;

  constructor() {
    this.bookings = new InMemoryBookings(this);
    this.eventTypes = new InMemoryEventTypes(this);
    this.agendas = new InMemoryAgendas(this);
    this.holds = new InMemoryHolds(this);
  }

  get allBookings(): BookingState[] {
    return [...this.bookingsKept.values()];
  }

  get allEventTypes(): EventTypeState[] {
    return [...this.eventTypesKept.values()];
  }

  /** The events stored with bookings, oldest first. */
  get events(): readonly DomainEvent[] {
    return this.stored;
  }

  keepBooking({ state, events }: Booking): void {
    const rival = this.live().find(
      (other) =>
        other.id !== state.id &&
        other.ownerId === state.ownerId &&
        other.blocked.start.isBefore(state.blocked.end) &&
        state.blocked.start.isBefore(other.blocked.end),
    );
    if (rival && !state.cancellation) throw new SlotTaken();
    this.bookingsKept.set(state.id, state);
    this.stored = [...this.stored, ...events];
  }

  keepEventType({ state }: EventType): void {
    const taken = this.allEventTypes.some(
      ({ id, ownerId, slug }) => id !== state.id && ownerId === state.ownerId && slug === state.slug,
    );
    if (taken) throw new SlugTaken();
    this.eventTypesKept.set(state.id, state);
  }

  agendaOf(
    eventType: EventTypeState | undefined,
    range: SlotRange,
    at: Instant,
    own: Own = {},
  ): HostAgenda | null {
    const reach = eventType && occupancyRange(EventType.of(eventType).rules, range);
    const agenda = reach && this.detailedAgendaOf(eventType, reach, at, own);
    if (!agenda) return null;
    const { taken, starts } = agenda.takenTimes;
    return {
      eventType: agenda.eventType,
      occupancy: { blocked: taken.map(({ blocked }) => blocked), starts },
      isCalendarStale: agenda.isCalendarStale,
    };
  }

  detailedAgendaOf(
    eventType: EventTypeState | undefined,
    { from, to }: SlotRange,
    at: Instant,
    own: Own = {},
  ): DetailedAgenda | null {
    if (!eventType?.isActive) return null;
    const standing = [
      ...this.live().filter(({ id }) => id !== own.bookingId),
      ...this.holdsKept.filter(({ token, expiresAt }) => token !== own.holdToken && expiresAt.isAfter(at)),
    ].filter(({ ownerId }) => ownerId === eventType.ownerId);
    const typeOf = (each: BookingState | Hold) =>
      'eventTypeId' in each ? each.eventTypeId : each.eventType.id;
    const isCalendarStale = this.staleOwners.has(eventType.ownerId);
    const busy = this.busyKept
      .filter(({ ownerId }) => ownerId === eventType.ownerId)
      .map(({ time }) => busyTimeOf(epochOf(time)));
    const taken = [...standing.map(takenTimeOf), ...busy, ...(isCalendarStale ? [busyTimeOf(ALL_TIME)] : [])];
    return {
      eventType: EventType.of(eventType),
      isCalendarStale,
      takenTimes: {
        taken: taken.filter(({ blocked }) => blocked.start < to && blocked.end > from),
        starts: standing
          .filter((each) => typeOf(each) === eventType.id)
          .map(({ time }) => time.start.toEpochMilli())
          .filter((start) => start >= from && start < to),
      },
    };
  }

  refuseHeld(ownerId: string, { start, end }: Opening, at: Instant): void {
    const isHeld = this.holdsKept
      .filter((hold) => hold.ownerId === ownerId && hold.expiresAt.isAfter(at))
      .map(({ blocked }) => epochOf(blocked))
      .some((blocked) => blocked.start < end && blocked.end > start);
    if (isHeld) throw new SlotTaken();
  }

  keepHold(hold: Hold): void {
    this.holdsKept = [...this.holdsKept, hold];
  }

  releaseHold(ownerId: string, released: string | null, at: Instant): void {
    this.holdsKept = this.holdsKept.filter(
      (hold) => hold.ownerId !== ownerId || (hold.token !== released && hold.expiresAt.isAfter(at)),
    );
  }

  /** What a calendar of the owner says. */
  keepBusy(ownerId: string, time: Interval): void {
    this.busyKept = [...this.busyKept, { ownerId, time }];
  }

  /** One of the owner's calendars has been unreadable for too long. */
  makeStale(ownerId: string): void {
    this.staleOwners.add(ownerId);
  }

  snapshot(): () => void {
    const before = {
      bookingsKept: new Map(this.bookingsKept),
      eventTypesKept: new Map(this.eventTypesKept),
      holdsKept: this.holdsKept,
      stored: this.stored,
    };
    return () => Object.assign(this, before);
  }

  private live(): BookingState[] {
    return this.allBookings.filter(({ cancellation }) => !cancellation);
  }
}

function takenTimeOf(taken: BookingState | Hold): TakenTime {
  const blocked = epochOf(taken.blocked);
  return 'token' in taken
    ? { by: 'hold', bookingId: null, meeting: blocked, blocked }
    : { by: 'booking', bookingId: taken.id, meeting: epochOf(taken.time), blocked };
}

function busyTimeOf(blocked: Opening): TakenTime {
  return { by: 'busy', bookingId: null, meeting: blocked, blocked };
}

function epochOf({ start, end }: Interval): Opening {
  return { start: start.toEpochMilli(), end: end.toEpochMilli() };
}

class InMemoryBookings extends Bookings {
  constructor(private readonly schedule: InMemorySchedule) {
    super();
  }

  async find(id: string, ownerId: string): Promise<Booking | null> {
    const state = this.schedule.allBookings.find((each) => each.id === id && each.ownerId === ownerId);
    return state ? Booking.of(state) : null;
  }

  save(booking: Booking): void {
    this.schedule.keepBooking(booking);
  }
}

class InMemoryEventTypes extends EventTypes {
  constructor(private readonly schedule: InMemorySchedule) {
    super();
  }

  async find(id: string, ownerId: string): Promise<EventType | null> {
    const state = this.schedule.allEventTypes.find((each) => each.id === id && each.ownerId === ownerId);
    return state ? EventType.of(state) : null;
  }

  async nextPosition(ownerId: string): Promise<number> {
    const own = this.schedule.allEventTypes.filter((each) => each.ownerId === ownerId);
    return Math.max(-1, ...own.map(({ position }) => position)) + 1;
  }

  async save(eventType: EventType): Promise<void> {
    this.schedule.keepEventType(eventType);
  }
}

class InMemoryAgendas extends Agendas {
  constructor(private readonly schedule: InMemorySchedule) {
    super();
  }

  async read(ownerId: string, slug: string, range: SlotRange, at: Instant): Promise<HostAgenda | null> {
    const found = this.schedule.allEventTypes.find((each) => each.ownerId === ownerId && each.slug === slug);
    return this.schedule.agendaOf(found, range, at);
  }

  async readDetailed(
    ownerId: string,
    slug: string,
    range: SlotRange,
    at: Instant,
  ): Promise<DetailedAgenda | null> {
    const found = this.schedule.allEventTypes.find((each) => each.ownerId === ownerId && each.slug === slug);
    return this.schedule.detailedAgendaOf(found, range, at);
  }

  async hostOf(eventTypeId: string): Promise<string | null> {
    return this.schedule.allEventTypes.find(({ id }) => id === eventTypeId)?.ownerId ?? null;
  }

  async see(eventTypeId: string, range: SlotRange, at: Instant): Promise<HostAgenda | null> {
    return this.lock(eventTypeId, range, at);
  }

  claim(hostId: string, blocked: Interval, at: Instant): void {
    this.schedule.refuseHeld(hostId, epochOf(blocked), at);
  }

  /** Nothing to lock: the unit of work of the fakes does one thing after another. */
  async lock(eventTypeId: string, range: SlotRange, at: Instant, own?: Own): Promise<HostAgenda | null> {
    return this.schedule.agendaOf(
      this.schedule.allEventTypes.find(({ id }) => id === eventTypeId),
      range,
      at,
      own,
    );
  }
}

class InMemoryHolds extends Holds {
  constructor(private readonly schedule: InMemorySchedule) {
    super();
  }

  async save(hold: Hold): Promise<void> {
    this.schedule.keepHold(hold);
  }

  async release(ownerId: string, token: string | null, at: Instant): Promise<void> {
    this.schedule.releaseHold(ownerId, token, at);
  }
}
