import { Instant } from '@js-joda/core';
import PostalMime, { type Email } from 'postal-mime';
import { DeliveryNotices } from '../../src/calendars/adapters/delivery-notices.js';
import { PostgresConnections } from '../../src/calendars/adapters/postgres-connections.js';
import { PostgresMirroredBookings } from '../../src/calendars/adapters/postgres-mirrored-bookings.js';
import { SchedulingBookedMeetings } from '../../src/calendars/adapters/scheduling-booked-meetings.js';
import { CalendarConnection } from '../../src/calendars/domain/connection.js';
import { FollowBooking } from '../../src/calendars/use-cases/follow-booking.js';
import { MirrorBooking } from '../../src/calendars/use-cases/mirror-booking.js';
import { CalendarsBookingMirror } from '../../src/delivery/adapters/calendars-booking-mirror.js';
import { OutboxOwedEvents } from '../../src/delivery/adapters/outbox-owed-events.js';
import { PostgresPublishedEvents } from '../../src/delivery/adapters/postgres-published-events.js';
import { PostgresWebhookDeliveries } from '../../src/delivery/adapters/postgres-webhook-deliveries.js';
import { writeMail } from '../../src/delivery/adapters/written-mail.js';
import { Mailer, type ClaimedEmail, type MailerAnswer } from '../../src/delivery/ports.js';
import { HandleEvent } from '../../src/delivery/use-cases/handle-event.js';
import { SendEmail } from '../../src/delivery/use-cases/send-email.js';
import { TellMeetingLink } from '../../src/delivery/use-cases/tell-meeting-link.js';
import { TellOfStaleCalendar } from '../../src/delivery/use-cases/tell-of-stale-calendar.js';
import { Outbox } from '../../src/platform/persistence/outbox.js';
import { SealedText } from '../../src/platform/sealed-text.js';
import { PostgresBookings } from '../../src/scheduling/adapters/postgres-bookings.js';
import { PostgresEventTypes } from '../../src/scheduling/adapters/postgres-event-types.js';
import type { Booking } from '../../src/scheduling/domain/booking.js';
import type { EventType } from '../../src/scheduling/domain/event-type.js';
import { SetMeetingLink } from '../../src/scheduling/use-cases/set-meeting-link.js';
import { OneOwnerCalendar } from '../fakes/in-memory-owner-calendar.js';
import { deliveryDatabase, type DeliveryDatabase } from './delivery-database.js';
import { aBooking, anEventType } from './event-types.js';
import { stageGoogle, type GoogleStage } from './google-account.js';

/** Keeps the mails that it takes as their readers see them. */
export class KeptMails extends Mailer {
  readonly taken: {
    readonly id: string;
    readonly to: string;
    readonly mail: Email;
    readonly calendar: string;
  }[] = [];
  /** Done while a mail is on its way: what is said of it then. */
  onTheWay: () => Promise<MailerAnswer['kind']> = async () => 'accepted';

  async send(mail: ClaimedEmail): Promise<MailerAnswer> {
    const origin = {
      from: 'LinkTime <no-reply@example.com>',
      baseUrl: { value: 'https://linktime.example.com' },
    };
    const { bytes } = await writeMail(mail, origin);
    const kind = await this.onTheWay();
    if (kind === 'accepted') {
      const read = await PostalMime.parse(bytes, { attachmentEncoding: 'utf8' });
      const calendar = String(read.attachments[0]?.content ?? '').replaceAll('\r\n ', '');
      this.taken.push({ id: mail.id, to: mail.recipient, mail: read, calendar });
    }
    return { kind, words: kind };
  }

  async close(): Promise<void> {}
}

/**
 * All that is at work between a booking and the mails about it, on PostgreSQL and a server like Google's, with nobody who would ring:
 * a test does each job when it wants it done. The owner's bookings take place by Google Meet, in calendars of the account.
 */
export class MeetingStage {
  readonly mailer = new KeptMails();
  private readonly bookings: PostgresBookings;
  private readonly connections: PostgresConnections;
  private readonly handleEvent: HandleEvent;
  private readonly mirrorBooking: MirrorBooking;
  private readonly sendEmail: SendEmail;
  private ownerId = '';
  private eventType: EventType = anEventType('');
  private day = 0;

  private constructor(
    readonly world: DeliveryDatabase,
    private readonly stage: GoogleStage,
  ) {
    const { session, unitOfWork, hosts, emailLog, reminders, clock, ids } = world;
    const outbox = new Outbox(session, ids);
    const mirrored = new PostgresMirroredBookings(session);
    this.bookings = new PostgresBookings(session, outbox);
    this.connections = new PostgresConnections(
      session,
      unitOfWork,
      new SealedText(async () => Buffer.alloc(32, 1)),
    );
    this.handleEvent = new HandleEvent(
      new OutboxOwedEvents(outbox),
      hosts,
      emailLog,
      reminders,
      new PostgresPublishedEvents(session),
      new PostgresWebhookDeliveries(session),
      new CalendarsBookingMirror(new FollowBooking(mirrored, unitOfWork, clock)),
      unitOfWork,
      clock,
      ids,
    );
    this.mirrorBooking = new MirrorBooking(
      mirrored,
      this.connections,
      new OneOwnerCalendar(stage.calendar),
      new SchedulingBookedMeetings(new SetMeetingLink(this.bookings, unitOfWork, clock)),
      new DeliveryNotices(
        new TellOfStaleCalendar(hosts, emailLog, unitOfWork, ids),
        new TellMeetingLink(emailLog, unitOfWork, clock, ids),
      ),
      unitOfWork,
      clock,
    );
    this.sendEmail = new SendEmail(emailLog, this.mailer, unitOfWork, clock);
  }

  static async open(): Promise<MeetingStage> {
    return new MeetingStage(await deliveryDatabase(), await stageGoogle());
  }

  get google(): GoogleStage['google'] {
    return this.stage.google;
  }

  /** Begins anew with an owner whose bookings go into so many calendars. */
  async begin({ calendars = 1, location = 'Google Meet' } = {}): Promise<void> {
    this.mailer.taken.length = 0;
    this.mailer.onTheWay = async () => 'accepted';
    this.google.recover();
    const { ids, unitOfWork, session } = this.world;
    await this.world.sql.query('delete from bookings');
    await this.world.sql.query('delete from outbox');
    const ownerId = await this.world.addOwner();
    const eventType = anEventType(ownerId, { location });
    Object.assign(this, { ownerId, eventType });
    await unitOfWork.run(() => new PostgresEventTypes(session).save(eventType));
    for (let n = 0; n < calendars; n += 1) {
      const remote = { id: this.google.addCalendar(), name: 'Work', writable: true, primary: true };
      const connection = CalendarConnection.connect(
        { id: ids.next(), ownerId, provider: 'GOOGLE', account: `ann-${n}@example.com` },
        [remote],
        { read: null, write: 'Work' },
        () => ids.next(),
        this.world.clock.now(),
      );
      await unitOfWork.run(() => this.connections.add(connection, this.stage.account.credentials));
    }
  }

  /** Half an hour with Ada, who brings Charles. */
  async book(): Promise<Booking> {
    const start = Instant.parse('2026-03-02T10:00:00Z').plusSeconds((this.day += 1) * 86_400);
    const booking = aBooking(this.eventType, start.toString());
    await this.save(booking);
    return booking;
  }

  /** Stores what happened to a booking, and has it handled. */
  async change(
    id: string,
    change: (booking: Booking, eventType: EventType, at: Instant) => void,
  ): Promise<void> {
    await this.world.unitOfWork.run(async () => {
      const booking = await this.bookings.find(id, this.ownerId);
      change(booking!, this.eventType, this.world.clock.now());
      this.bookings.save(booking!);
    });
  }

  async save(booking: Booking): Promise<void> {
    await this.world.unitOfWork.run(async () => this.bookings.save(booking));
  }

  /** Handles all events that are owed. */
  async handle(): Promise<void> {
    const owed = await this.world.sql.query<{ id: string }>(
      'select id from outbox where handled_at is null order by position',
    );
    for (const { id } of owed) await this.handleEvent.execute({ eventId: id });
  }

  /** Has calendars show what is due to be shown, one after another; what came of each attempt. */
  async mirror(): Promise<(string | undefined)[]> {
    const due = await this.world.sql.query<{ id: string }>(
      'select id from mirrored_bookings where next_attempt_at <= now() order by id',
    );
    const outcomes: (string | undefined)[] = [];
    for (const { id } of due) outcomes.push((await this.mirrorBooking.execute({ mirroringId: id }))?.outcome);
    return outcomes;
  }

  /** Sends what is due, and what becomes due by that, as relays and workers do. */
  async send(): Promise<void> {
    for (;;) {
      const jobs = await this.world.dueEmails.takeDue(100);
      if (jobs.length === 0) return;
      await Promise.all(jobs.map(({ id }) => this.sendEmail.execute({ emailId: id })));
    }
  }

  /** Lets time pass for what waits to be sent, and for calendars that are to be asked again. */
  async pass(seconds: number): Promise<void> {
    await this.world.pass(seconds);
    await this.world.sql.query(
      `update mirrored_bookings set next_attempt_at = next_attempt_at - make_interval(secs => $1),
         busy_until = busy_until - make_interval(secs => $1)`,
      [seconds],
    );
  }

  async linkOf(id: string): Promise<string | null> {
    const [row] = await this.world.sql.query<{ link: string | null }>(
      'select meeting_link as link from bookings where id = $1',
      [id],
    );
    return row!.link;
  }

  async close(): Promise<void> {
    await this.stage.close();
    await this.world.close();
  }
}
