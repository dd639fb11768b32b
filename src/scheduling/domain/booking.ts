import { Duration, type Instant } from '@js-joda/core';
import type { BookingEvent, BookingEventData } from '../../kernel/domain-event.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Interval } from '../../kernel/interval.js';
import { BookingAlreadyCancelled, BookingAlreadyEnded, NotIntoThePast } from './errors.js';
import { stretchesOf, type EventType } from './event-type.js';

export type CancelledBy = 'HOST' | 'INVITEE' | 'SYSTEM';

export type Answers = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Invitee {
  readonly name: string;
  readonly email: string;
  /** The IANA name of the zone in which the invitee reads times. */
  readonly timezone: string;
  readonly phone: string | null;
  readonly guests: readonly string[];
}

/** The event type as it was when the time was booked: what was agreed does not change when the offer does. */
export interface BookedEventType {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly durationMinutes: number;
  readonly price: { readonly amount: number; readonly currency: string } | null;
}

export interface Cancellation {
  readonly at: Instant;
  readonly by: CancelledBy;
  readonly reason: string | null;
}

export interface BookingState {
  readonly id: string;
  readonly ownerId: string;
  readonly eventType: BookedEventType;
  readonly contactId: string | null;
  readonly time: Interval;
  /** The stretch of the host's time that nobody else can have: the meeting with its buffers, as they were at booking time. */
  readonly blocked: Interval;
  readonly invitee: Invitee;
  readonly notes: string | null;
  readonly answers: Answers;
  readonly location: string | null;
  readonly meetingLink: string | null;
  /** What lets its bearer, the invitee, manage this one booking without an account. */
  readonly inviteeToken: string;
  /** How often the booking was moved (RFC 5545, SEQUENCE). */
  readonly sequence: number;
  readonly cancellation: Cancellation | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** A meeting agreed on. It owns which moves a booking allows and records what happened to it. */
export class Booking {
  private readonly recorded: BookingEvent[] = [];

  private constructor(private current: BookingState) {}

  static of(state: BookingState): Booking {
    return new Booking(state);
  }

  /** Agrees on a time that was found free. */
  static confirm(
    eventType: EventType,
    start: Instant,
    details: Pick<BookingState, 'id' | 'contactId' | 'invitee' | 'notes' | 'answers' | 'inviteeToken'>,
    at: Instant,
  ): Booking {
    const offer = eventType.state;
    const { time, blocked } = stretchesOf(eventType, start);
    const booking = new Booking({
      id: details.id,
      ownerId: offer.ownerId,
      eventType: {
        id: offer.id,
        name: offer.name,
        slug: offer.slug,
        durationMinutes: offer.durationMinutes,
        price: offer.price && offer.currency ? { amount: offer.price, currency: offer.currency } : null,
      },
      contactId: details.contactId,
      time,
      blocked,
      invitee: details.invitee,
      notes: details.notes,
      answers: details.answers,
      location: offer.location,
      meetingLink: offer.location !== null && isWebAddress(offer.location) ? offer.location : null,
      inviteeToken: details.inviteeToken,
      sequence: 0,
      cancellation: null,
      createdAt: at,
      updatedAt: at,
    });
    booking.record('booking.created', at);
    return booking;
  }

  get state(): BookingState {
    return this.current;
  }

  get status(): 'CONFIRMED' | 'CANCELLED' {
    return this.current.cancellation ? 'CANCELLED' : 'CONFIRMED';
  }

  /** What happened since the booking was made or found, oldest first. */
  get events(): readonly BookingEvent[] {
    return this.recorded;
  }

  /** Confirmed until cancelled; a cancelled booking never comes back, and one that is over stays as it was. */
  cancel(reason: string | null, by: CancelledBy, at: Instant): void {
    this.checkStillOn(at);
    this.current = { ...this.current, cancellation: { at, by, reason }, updatedAt: at };
    this.record('booking.cancelled', at);
  }

  /** Moves to another time that was found free, on the event type's present terms: same booking, same id, one move more. */
  reschedule(eventType: EventType, start: Instant, at: Instant): void {
    this.checkStillOn(at);
    const { durationMinutes } = eventType.state;
    this.moveTo(
      {
        ...stretchesOf(eventType, start),
        eventType: { ...this.current.eventType, durationMinutes },
      },
      at,
    );
  }

  /** The host moves it to any time to come, on the terms it was booked on: as long as it was, with the same buffers. */
  move(start: Instant, at: Instant): void {
    this.checkStillOn(at);
    if (!start.isAfter(at)) throw new NotIntoThePast();
    const { time, blocked } = this.current;
    const by = Duration.between(time.start, start);
    this.moveTo({ time: movedBy(by, time), blocked: movedBy(by, blocked) }, at);
  }

  /** Learns where its video meeting is, if it is still on and has none: nothing that those who wait for events need to act on. */
  meetAt(link: string, at: Instant): void {
    const { cancellation, time, meetingLink } = this.current;
    if (cancellation || meetingLink !== null || !time.end.isAfter(at) || !isWebAddress(link)) return;
    this.current = { ...this.current, meetingLink: link, updatedAt: at };
  }

  private moveTo(
    change: Pick<BookingState, 'time' | 'blocked'> & Partial<Pick<BookingState, 'eventType'>>,
    at: Instant,
  ): void {
    const { time: previous, sequence } = this.current;
    this.current = { ...this.current, ...change, sequence: sequence + 1, updatedAt: at };
    this.record('booking.rescheduled', at, {
      previousStartTime: formatInstant(previous.start),
      previousEndTime: formatInstant(previous.end),
    });
  }

  private checkStillOn(at: Instant): void {
    if (this.current.cancellation) throw new BookingAlreadyCancelled();
    if (!this.current.time.end.isAfter(at)) throw new BookingAlreadyEnded();
  }

  private record(name: BookingEvent['name'], occurredAt: Instant, more?: Partial<BookingEventData>): void {
    const { id, ownerId, cancellation } = this.current;
    const data = this.eventData();
    if (cancellation) Object.assign(data, cancellationData(cancellation));
    this.recorded.push({ name, ownerId, subjectId: id, occurredAt, data: Object.assign(data, more) });
  }

  private eventData(): BookingEventData {
    const { current } = this;
    const { id, name, slug, durationMinutes } = current.eventType;
    return {
      id: current.id,
      status: this.status,
      sequence: current.sequence,
      eventType: { id, name, slug, durationMinutes },
      startTime: formatInstant(current.time.start),
      endTime: formatInstant(current.time.end),
      invitee: current.invitee,
      contactId: current.contactId,
      location: current.location,
      meetingLink: current.meetingLink,
      notes: current.notes,
      answers: current.answers,
      price: current.eventType.price,
      createdAt: formatInstant(current.createdAt),
      updatedAt: formatInstant(current.updatedAt),
    };
  }
}

function cancellationData({ at, by, reason }: Cancellation): Partial<BookingEventData> {
  return { cancelReason: reason, cancelledAt: formatInstant(at), cancelledBy: by };
}

function movedBy(by: Duration, { start, end }: Interval): Interval {
  return { start: start.plus(by), end: end.plus(by) };
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}
