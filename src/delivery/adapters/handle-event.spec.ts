import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import { PostgresMirroredBookings } from '../../calendars/adapters/postgres-mirrored-bookings.js';
import { FollowBooking } from '../../calendars/use-cases/follow-booking.js';
import type { DomainEvent } from '../../kernel/domain-event.js';
import { RandomIds } from '../../kernel/ids.js';
import { Outbox } from '../../platform/persistence/outbox.js';
import { PostgresUnitOfWork, Session } from '../../platform/persistence/session.js';
import { HandleEvent } from '../use-cases/handle-event.js';
import { CalendarsBookingMirror } from './calendars-booking-mirror.js';
import { OutboxOwedEvents } from './outbox-owed-events.js';
import { PostgresEmailLog } from './postgres-email-log.js';
import { PostgresHosts } from './postgres-hosts.js';
import { PostgresPublishedEvents } from './postgres-published-events.js';
import { PostgresReminders } from './postgres-reminders.js';
import { PostgresWebhookDeliveries } from './postgres-webhook-deliveries.js';

const ids = new RandomIds();

describe('Handling an event', () => {
  let database: TestDatabase;
  let handleEvent: HandleEvent;
  let unitOfWork: PostgresUnitOfWork;
  let outbox: Outbox;
  let eventId: string;
  let bookingId: string;
  let created: DomainEvent;
  const ownerId = ids.next();
  const endpointId = ids.next();

  beforeAll(async () => {
    database = await testDatabase();
    const { dataSource } = database;
    const session = new Session(dataSource);
    unitOfWork = new PostgresUnitOfWork(session);
    outbox = new Outbox(session, ids);
    const clock = new FixedClock();
    handleEvent = new HandleEvent(
      new OutboxOwedEvents(outbox),
      new PostgresHosts(session),
      new PostgresEmailLog(session),
      new PostgresReminders(session),
      new PostgresPublishedEvents(session),
      new PostgresWebhookDeliveries(session),
      new CalendarsBookingMirror(new FollowBooking(new PostgresMirroredBookings(session), unitOfWork, clock)),
      unitOfWork,
      clock,
      ids,
    );

    const eventType = anEventType(ownerId);
    const booking = aBooking(eventType, '2026-03-02T10:00:00Z');
    bookingId = booking.state.id;
    [created] = booking.events as [DomainEvent];
    await dataSource.query(
      `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
       values ($1, 'ann@example.com', 'Ann', 'ann', 'UTC', 'PRO', now(), now())`,
      [ownerId],
    );
    await dataSource.query(
      `insert into event_types (id, owner_id, slug, name, duration_minutes, buffer_before, buffer_after,
         minimum_notice_minutes, booking_window_days, timezone, availability, overrides, questions, is_active,
         position, created_at, updated_at)
       values ($1, $2, 'intro', 'Intro', 30, 0, 0, 0, 60, 'UTC', '[]', '[]', '[]', true, 0, now(), now())`,
      [eventType.state.id, ownerId],
    );
    await dataSource.query(
      `insert into bookings (id, owner_id, event_type_id, status, starts_at, ends_at, blocked, event_type_name,
         duration_minutes, invitee_name, invitee_email, invitee_timezone, guests, answers, invitee_token, sequence,
         created_at, updated_at)
       values ($1, $2, $3, 'CONFIRMED', '2026-03-02T10:00Z', '2026-03-02T10:30Z', '[2026-03-02T10:00Z,2026-03-02T10:30Z)',
         'Intro', 30, 'Ada', 'ada@example.com', 'UTC', '[]', '{}', 't', 0, now(), now())`,
      [bookingId, ownerId, eventType.state.id],
    );
    await dataSource.query(
      `insert into webhook_endpoints (id, owner_id, url, events, secret, state, created_at, updated_at)
       values ($1, $2, 'https://example.com/hook', '{booking.created}', 'whsec_', 'ENABLED', now(), now()),
         ($3, $2, 'https://example.com/deaf', '{contact.created}', 'whsec_', 'ENABLED', now(), now())`,
      [endpointId, ownerId, ids.next()],
    );
    await unitOfWork.run(async () => outbox.append(booking.events));
    [{ id: eventId }] = await dataSource.query('select id from outbox');
  });
  afterAll(() => database.drop());

  const emails = () =>
    database.dataSource.query(
      'select type, recipient, status, attempts, created_at from email_logs where booking_id = $1 order by id',
      [bookingId],
    );

  it('notes the e-mails it owes as queued, once, however often and by however many it is handled', async () => {
    await Promise.all(Array.from({ length: 6 }, () => handleEvent.execute({ eventId })));
    await handleEvent.execute({ eventId });

    const queued = { status: 'QUEUED', attempts: 0, created_at: '2026-02-10T12:00:00.000Z' };
    expect(await emails()).toEqual([
      { type: 'BOOKING_CONFIRMATION', recipient: 'ada@example.com', ...queued },
      { type: 'BOOKING_CONFIRMATION', recipient: 'charles@example.com', ...queued },
      { type: 'BOOKING_NOTIFICATION', recipient: 'ann@example.com', ...queued },
    ]);
    const [{ handled_at: handledAt }] = await database.dataSource.query('select handled_at from outbox');
    expect(handledAt).not.toBeNull();
  });

  it('publishes the event under its own id and owes it once to each endpoint that listens for it', async () => {
    const published = await database.dataSource.query('select id, name, body, is_test from published_events');
    expect(published).toMatchObject([{ id: eventId, name: 'booking.created', is_test: false }]);
    expect(JSON.parse(published[0].body)).toMatchObject({
      id: eventId,
      event: 'booking.created',
      data: { id: bookingId, host: { email: 'ann@example.com' } },
    });
    const owed = await database.dataSource.query(
      'select event_id, endpoint_id, status from webhook_deliveries',
    );
    expect(owed).toEqual([{ event_id: eventId, endpoint_id: endpointId, status: 'PENDING' }]);
  });

  it('plans the reminders of a booking that is still ahead', async () => {
    const planned = await database.dataSource.query(
      'select minutes_before from reminders where booking_id = $1 order by minutes_before',
      [bookingId],
    );
    expect(planned).toEqual([{ minutes_before: 60 }, { minutes_before: 1440 }]);
  });

  it('would note nothing twice even if the event were owed again', async () => {
    await database.dataSource.query('update outbox set handled_at = null');
    await handleEvent.execute({ eventId });
    expect(await emails()).toHaveLength(3);
  });

  it('handles what its owner is owed since along with it, unless that cannot be handled', async () => {
    const more = ['1', '2', '3'].map((n): DomainEvent => ({
      name: 'contact.created',
      ownerId,
      subjectId: ids.next(),
      occurredAt: new FixedClock().now(),
      data: { id: ids.next(), name: n } as never,
    }));
    const owed = () =>
      database.dataSource
        .query('select id from outbox where handled_at is null order by position')
        .then((rows: { id: string }[]) => rows.map(({ id }) => id));
    await unitOfWork.run(async () => outbox.append(more));
    await handleEvent.execute({ eventId: (await owed())[0]! });
    expect(await owed()).toEqual([]);

    await unitOfWork.run(async () => outbox.append(more));
    const [first, second, third] = await owed();
    await database.dataSource.query(`update outbox set name = 'booking.created' where id = $1`, [second]);
    await handleEvent.execute({ eventId: first! });
    expect(await owed()).toEqual([second, third]);
    await expect(handleEvent.execute({ eventId: third! })).rejects.toThrow();
    expect(await owed()).toEqual([second, third]);
    await database.dataSource.query('update outbox set handled_at = now() where id = any($1)', [
      [second, third],
    ]);
  });

  it('does nothing for an event that nobody knows', async () => {
    await handleEvent.execute({ eventId: 'evt_unknown' });
    expect(await emails()).toHaveLength(3);
  });

  it('tells of what happened to a booking in that order, though of several bookings at once', async () => {
    const unknown = { ...created, subjectId: ids.next() } as DomainEvent; // whose booking is gone: it cannot be told of
    const cancelled = { ...created, name: 'booking.cancelled' } as DomainEvent;
    await database.dataSource.query('delete from email_logs');
    await unitOfWork.run(async () => outbox.append([created, cancelled, unknown]));
    const [first, second, third] = await database.dataSource.query(
      'select id from outbox where handled_at is null order by position',
    );
    await handleEvent.execute({ eventId: second.id });
    const types = (await emails()).map(({ type }: { type: string }) => type);
    expect(types.lastIndexOf('BOOKING_CONFIRMATION')).toBeLessThan(
      types.indexOf('CANCELLATION_CONFIRMATION'),
    );
    expect(types).toHaveLength(6);

    await expect(handleEvent.execute({ eventId: third.id })).rejects.toThrow();
    expect(await emails()).toHaveLength(6);
    const owed = await database.dataSource.query('select id from outbox where handled_at is null');
    expect(owed).toEqual([{ id: third.id }]);
    expect(first).toBeDefined();
  });
});
