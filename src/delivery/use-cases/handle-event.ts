import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { BookingEvent, DomainEvent, OwedEvent } from '../../kernel/domain-event.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { contentOf, LONGEST_WAIT_FOR_LINK } from '../domain/mail-content.js';
import { owedEmails } from '../domain/owed-emails.js';
import { envelopeOf, eventTypeIdOf } from '../domain/webhook-payload.js';
import type {
  BookingMirror,
  EmailLog,
  Host,
  Hosts,
  OwedEvents,
  PublishedEvent,
  PublishedEvents,
  QueuedEmail,
  Reminders,
  WebhookDeliveries,
} from '../ports.js';

/** How many events are handled in one unit of work at most: few enough for others of the same owner not to wait in vain for its locks. */
const AT_ONCE = 50;

export interface HandleEventCommand {
  readonly eventId: string;
}

/** Turns what happened into what is owed for it, once, however often it is asked to. */
export class HandleEvent {
  constructor(
    private readonly owedEvents: OwedEvents,
    private readonly hosts: Hosts,
    private readonly emailLog: EmailLog,
    private readonly reminders: Reminders,
    private readonly publishedEvents: PublishedEvents,
    private readonly deliveries: WebhookDeliveries,
    private readonly bookingMirror: BookingMirror,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** What happened to the same owner before is handled before: the world is told of things in the order in which they happened. */
  async execute({ eventId }: HandleEventCommand): Promise<void> {
    let handled;
    do {
      handled = await this.handleMany(eventId);
    } while (handled.length === AT_ONCE && !handled.includes(eventId));
  }

  /** What the owner is owed since is handled along with it, which spares it most of its cost: but for its own sake, should that fail. */
  private async handleMany(eventId: string): Promise<readonly string[]> {
    try {
      return await this.unitOfWork.run(() => this.handleSome(eventId, true));
    } catch {
      return this.unitOfWork.run(() => this.handleSome(eventId, false));
    }
  }

  /** Returns the ids of the events that were handled. */
  private async handleSome(eventId: string, withLater: boolean): Promise<readonly string[]> {
    const owed = await this.owedEvents.take(eventId, AT_ONCE, withLater);
    const [first] = owed;
    const host = first ? await this.hosts.find(first.event.ownerId) : null;
    const ids = owed.map(({ id }) => id);
    if (host) {
      await this.tellAllPeople(owed, host);
      // Last, as others who publish for this owner wait from here on.
      const at = this.clock.now();
      await this.publishedEvents.publish(owed.map(({ id, event }) => publishedEvent(id, event, host, at)));
      await this.deliveries.fanOut(ids);
    }
    if (ids.length > 0) await this.owedEvents.settle(ids);
    return ids;
  }

  /** About different bookings at the same time, as most of it is waiting for the database; of each booking in order. */
  private async tellAllPeople(owed: readonly OwedEvent[], host: Host): Promise<void> {
    const ofBookings = new Map<string, OwedEvent<BookingEvent>[]>();
    for (const { id, event } of owed) {
      if (!isAboutBooking(event)) continue;
      const earlier = ofBookings.get(event.subjectId);
      if (earlier) earlier.push({ id, event });
      else ofBookings.set(event.subjectId, [{ id, event }]);
    }
    const told = await Promise.allSettled(
      [...ofBookings.values()].map(async (events) => {
        for (const { id, event } of events) await this.tellPeople(id, event, host);
      }),
    );
    for (const each of told) if (each.status === 'rejected') throw each.reason; // now that none is under way any more
  }

  private async tellPeople(eventId: string, event: BookingEvent, host: Host): Promise<void> {
    const at = this.clock.now();
    await this.reminders.plan(event.subjectId, host.reminderMinutes, at);
    const isLinkAwaited = await this.bookingMirror.follow(event);
    const emails = this.emailsOf(eventId, event, host, at);
    await this.emailLog.queue(emails, isLinkAwaited ? LONGEST_WAIT_FOR_LINK : 0);
    // What was to be confirmed first is not waited with any longer, and goes before this.
    if (event.name === 'booking.cancelled') await this.emailLog.letGo(event.subjectId);
  }

  private emailsOf(eventId: string, event: BookingEvent, host: Host, at: Instant): QueuedEmail[] {
    return owedEmails(event, host).map((email) => ({
      ...email,
      id: this.ids.next(),
      ownerId: event.ownerId,
      bookingId: event.subjectId,
      eventId,
      content: contentOf(email, event.data, host),
      at,
    }));
  }
}

function publishedEvent(id: string, event: DomainEvent, host: Host, at: Instant): PublishedEvent {
  return {
    id,
    ownerId: event.ownerId,
    name: event.name,
    eventTypeId: eventTypeIdOf(event),
    body: envelopeOf(id, event, host),
    isTest: false,
    at,
  };
}

function isAboutBooking(event: DomainEvent): event is BookingEvent {
  return event.name.startsWith('booking.');
}
