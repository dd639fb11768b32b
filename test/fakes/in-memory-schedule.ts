import { Booking, type BookingState } from '../../src/scheduling/domain/booking.js';
import { SlotTaken, SlugTaken } from '../../src/scheduling/domain/errors.js';
import { EventType, type EventTypeState } from '../../src/scheduling/domain/event-type.js';
import type { SlotRange } from '../../src/scheduling/domain/slots.js';
import { Agendas, Bookings, EventTypes, type HostAgenda } from '../../src/scheduling/ports.js';
import type { DomainEvent } from '../../src/kernel/domain-event.js';
import type { Restorable } from './in-memory-unit-of-work.js';

/** Event types and bookings as three ports see them. */
export class InMemorySchedule implements Restorable {
  private bookingsKept = new Map<string, BookingState>();
  private eventTypesKept = new Map<string, EventTypeState>();
  private stored: readonly DomainEvent[] = [];

  readonly bookings: Bookings;
  readonly eventTypes: EventTypes;
  readonly agendas: Agendas;

  constructor() {
    this.bookings = new InMemoryBookings(this);
    this.eventTypes = new InMemoryEventTypes(this);
    this.agendas = new InMemoryAgendas(this);
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

  agendaOf(eventType: EventTypeState | undefined, { from, to }: SlotRange): HostAgenda | null {
    if (!eventType?.isActive) return null;
    const hosts = this.live().filter(({ ownerId }) => ownerId === eventType.ownerId);
    return {
      eventType: EventType.of(eventType),
      occupancy: {
        blocked: hosts
          .map(({ blocked }) => ({ start: blocked.start.toEpochMilli(), end: blocked.end.toEpochMilli() }))
          .filter(({ start, end }) => start < to && end > from),
        starts: hosts
          .filter((booking) => booking.eventType.id === eventType.id)
          .map(({ time }) => time.start.toEpochMilli())
          .filter((start) => start >= from && start < to),
      },
    };
  }

  snapshot(): () => void {
    const before = {
      bookingsKept: new Map(this.bookingsKept),
      eventTypesKept: new Map(this.eventTypesKept),
      stored: this.stored,
    };
    return () => Object.assign(this, before);
  }

  private live(): BookingState[] {
    return this.allBookings.filter(({ cancellation }) => !cancellation);
  }
}

class InMemoryBookings extends Bookings {
  constructor(private readonly schedule: InMemorySchedule) {
    super();
  }

  async find(id: string, ownerId: string): Promise<Booking | null> {
    const state = this.schedule.allBookings.find((each) => each.id === id && each.ownerId === ownerId);
    return state ? Booking.of(state) : null;
  }

  async save(booking: Booking): Promise<void> {
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

  async read(ownerId: string, slug: string, range: SlotRange): Promise<HostAgenda | null> {
    const found = this.schedule.allEventTypes.find((each) => each.ownerId === ownerId && each.slug === slug);
    return this.schedule.agendaOf(found, range);
  }

  /** Nothing to lock: the unit of work of the fakes does one thing after another. */
  async lock(eventTypeId: string, range: SlotRange): Promise<HostAgenda | null> {
    return this.schedule.agendaOf(
      this.schedule.allEventTypes.find(({ id }) => id === eventTypeId),
      range,
    );
  }
}
