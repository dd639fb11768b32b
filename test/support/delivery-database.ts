import type { DataSource } from 'typeorm';
import { DueEmails } from '../../src/delivery/adapters/due-emails.js';
import { DueReminders } from '../../src/delivery/adapters/due-reminders.js';
import { PostgresEmailLog } from '../../src/delivery/adapters/postgres-email-log.js';
import { PostgresHosts } from '../../src/delivery/adapters/postgres-hosts.js';
import { PostgresReminders } from '../../src/delivery/adapters/postgres-reminders.js';
import type { EmailType, MailContent } from '../../src/delivery/domain/mail.js';
import type { QueuedEmail } from '../../src/delivery/ports.js';
import { RandomIds } from '../../src/kernel/ids.js';
import { PostgresUnitOfWork, Session } from '../../src/platform/persistence/session.js';
import { Sql } from '../../src/platform/persistence/sql.js';
import { FixedClock } from '../fakes/fixed-clock.js';
import { testDatabase, type TestDatabase } from './database.js';
import { bookingMail } from './mails.js';

/** A database with what sends mails on it, and what it reads of others: owners, event types, bookings. */
export async function deliveryDatabase(): Promise<DeliveryDatabase> {
  return new DeliveryDatabase(await testDatabase());
}

export class DeliveryDatabase {
  readonly ids = new RandomIds();
  readonly clock = new FixedClock();
  readonly dataSource: DataSource;
  readonly session: Session;
  readonly sql: Sql;
  readonly unitOfWork: PostgresUnitOfWork;
  readonly emailLog: PostgresEmailLog;
  readonly reminders: PostgresReminders;
  readonly hosts: PostgresHosts;
  readonly dueEmails: DueEmails;
  readonly dueReminders: DueReminders;

  constructor(private readonly database: TestDatabase) {
    this.dataSource = database.dataSource;
    const session = new Session(this.dataSource);
    this.session = session;
    this.sql = new Sql(this.dataSource);
    this.unitOfWork = new PostgresUnitOfWork(session);
    this.emailLog = new PostgresEmailLog(session);
    this.reminders = new PostgresReminders(session);
    this.hosts = new PostgresHosts(session);
    this.dueEmails = new DueEmails(this.sql);
    this.dueReminders = new DueReminders(this.sql);
  }

  /** Returns the owner's id. */
  async addOwner(): Promise<string> {
    const id = this.ids.next();
    await this.sql.query(
      `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
       values ($1::uuid, $2, 'Ann Host', $1::text, 'Europe/Berlin', 'PRO', now(), now())`,
      [id, `${id}@example.com`],
    );
    return id;
  }

  /** Returns the id of a confirmed booking, half an hour long, that begins so many minutes from now. */
  async addBooking(ownerId: string, startsInMinutes: number): Promise<string> {
    const [eventTypeId, bookingId] = [this.ids.next(), this.ids.next()];
    await this.sql.query(
      `insert into event_types (id, owner_id, slug, name, duration_minutes, buffer_before, buffer_after,
         minimum_notice_minutes, booking_window_days, timezone, availability, overrides, questions, is_active,
         position, created_at, updated_at)
       values ($1::uuid, $2, $1::text, 'Lesson', 30, 0, 0, 0, 60, 'UTC', '[]', '[]', '[]', true, 0, now(), now())`,
      [eventTypeId, ownerId],
    );
    await this.sql.query(
      `insert into bookings (id, owner_id, event_type_id, status, starts_at, ends_at, blocked, event_type_name,
         duration_minutes, invitee_name, invitee_email, invitee_timezone, guests, answers, invitee_token, sequence,
         created_at, updated_at)
       select $1, $2, $3, 'CONFIRMED', t, t + interval '30 min', tstzrange(t, t + interval '30 min'), 'Lesson', 30,
         'Ada Lovelace', 'ada@example.com', 'Europe/London', '["charles@example.com"]', '{"topic":"engines"}', 'token', 0,
         now(), now()
       from (select date_trunc('milliseconds', now()) + make_interval(mins => $4) as t) start`,
      [bookingId, ownerId, eventTypeId, startsInMinutes],
    );
    return bookingId;
  }

  /** Queues a mail about a booking and returns its id. */
  async queue(
    ownerId: string,
    bookingId: string | null,
    given: Partial<QueuedEmail> & { type?: EmailType; afterSeconds?: number } = {},
  ): Promise<string> {
    const { type = 'BOOKING_CONFIRMATION', afterSeconds, ...more } = given;
    const { links: _links, ...content } = bookingMail(type);
    const id = this.ids.next();
    const email: QueuedEmail = {
      id,
      ownerId,
      bookingId,
      eventId: `evt_${id}`,
      recipient: 'ada@example.com',
      subject: 'Confirmed: Lesson',
      content: content as MailContent,
      at: this.clock.now(),
      ...more,
    };
    await this.unitOfWork.run(() => this.emailLog.queue([email], afterSeconds));
    return id;
  }

  /** The row of a mail, with how many seconds it still has to wait and is still taken for. */
  async email(id: string): Promise<Record<string, unknown>> {
    const [row] = await this.sql.query<Record<string, unknown>>(
      `select status, attempts, error, turn, under_way, sent_at is not null as is_sent,
         round(extract(epoch from next_attempt_at - now()))::int as due_in,
         round(extract(epoch from busy_until - now()))::int as busy_for
       from email_logs where id = $1`,
      [id],
    );
    return row!;
  }

  /** Lets so many seconds have passed for all that is queued. */
  async pass(seconds: number): Promise<void> {
    await this.sql.query(
      `update email_logs set next_attempt_at = next_attempt_at - make_interval(secs => $1),
         busy_until = busy_until - make_interval(secs => $1)`,
      [seconds],
    );
    await this.sql.query(
      `update reminders set due_at = due_at - make_interval(secs => $1),
         busy_until = busy_until - make_interval(secs => $1)`,
      [seconds],
    );
  }

  close(): Promise<void> {
    return this.database.drop();
  }
}
