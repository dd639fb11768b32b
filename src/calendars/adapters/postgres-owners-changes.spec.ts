import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliveryDatabase, type DeliveryDatabase } from '../../../test/support/delivery-database.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import type { BookingEventData } from '../../kernel/domain-event.js';
import { Outbox } from '../../platform/persistence/outbox.js';
import { PostgresUnitOfWork, Session } from '../../platform/persistence/session.js';
import { PostgresAgendas } from '../../scheduling/adapters/postgres-agendas.js';
import { PostgresBookings } from '../../scheduling/adapters/postgres-bookings.js';
import { CancelBooking } from '../../scheduling/use-cases/cancel-booking.js';
import { LookUpBooking } from '../../scheduling/use-cases/look-up-booking.js';
import { MoveBooking } from '../../scheduling/use-cases/move-booking.js';
import type { OwnersChange } from '../domain/owners-change.js';
import { FollowCalendar } from '../use-cases/follow-calendar.js';
import { DueFollowings } from './due-followings.js';
import { PostgresMirroredBookings } from './postgres-mirrored-bookings.js';
import { PostgresOwnersChanges } from './postgres-owners-changes.js';
import { SchedulingHostedMeetings } from './scheduling-hosted-meetings.js';

const inDays = (days: number) => Instant.ofEpochMilli(Date.now()).plusSeconds(days * 86_400);
const moved = (start = inDays(9)): OwnersChange => ({ kind: 'MOVED', start });

describe('What owners do to the events of their bookings, in PostgreSQL', () => {
  let world: DeliveryDatabase;
  let unitOfWork: PostgresUnitOfWork;
  let mirrored: PostgresMirroredBookings;
  let changes: PostgresOwnersChanges;
  let due: DueFollowings;
  let follow: FollowCalendar;
  let cancel: CancelBooking;
  let ownerId: string;
  let calendarId: string;
  let minutes = 60;
  beforeAll(async () => {
    world = await deliveryDatabase();
    const session = new Session(world.dataSource);
    unitOfWork = new PostgresUnitOfWork(session);
    mirrored = new PostgresMirroredBookings(session);
    changes = new PostgresOwnersChanges(session);
    due = new DueFollowings(world.sql);
    const bookings = new PostgresBookings(session, new Outbox(session, world.ids));
    cancel = new CancelBooking(bookings, unitOfWork, world.clock);
    const meetings = new SchedulingHostedMeetings(
      new LookUpBooking(bookings, unitOfWork),
      new MoveBooking(new PostgresAgendas(world.sql, session), bookings, unitOfWork, world.clock),
      cancel,
    );
    follow = new FollowCalendar(changes, meetings, unitOfWork, world.clock);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.sql.query('delete from calendar_connections');
    ownerId = await world.addOwner();
    const connectionId = world.ids.next();
    calendarId = world.ids.next();
    await world.sql.query(
      `insert into calendar_connections (id, owner_id, provider, account, on_change, credentials, stale_at, failures, access_lost, created_at, updated_at)
       values ($1, $2, 'CALDAV', 'ann', 'FOLLOW', '', now(), 0, false, now(), now())`,
      [connectionId, ownerId],
    );
    await world.sql.query(
      `insert into calendars (id, connection_id, owner_id, remote_id, name, writable, is_read, is_written)
       values ($1, $2, $3, '/work/', 'Work', true, false, true)`,
      [calendarId, connectionId, ownerId],
    );
  });

  const run = <T>(work: () => Promise<T>) => unitOfWork.run(work);
  /** Has the calendar show a booking. */
  const show = async (): Promise<{ id: string; booking: BookingEventData }> => {
    const bookingId = await world.addBooking(ownerId, (minutes += 60));
    const { data } = aBooking(anEventType(ownerId), '2026-03-02T10:00:00Z').events[0]!;
    const booking = { ...data, id: bookingId, endTime: inDays(300).toString() };
    await run(() => mirrored.add(ownerId, booking));
    const [row] = await world.sql.query<{ id: string }>(
      'select id from mirrored_bookings where booking_id = $1',
      [bookingId],
    );
    await put(row!.id);
    return { id: row!.id, booking };
  };
  /** Has the calendar show what is wanted. */
  const put = async (id: string) => {
    const claim = await run(() => mirrored.claim(id));
    const event = {
      ...{ uid: 'u', sequence: 0, title: '', description: '', location: null, attendees: [] },
      ...{ wantsMeetingLink: false, time: { start: inDays(1), end: inDays(2) } },
    };
    const placed = { remoteId: `/work/${id}.ics`, etag: '"1"', meetingLink: null };
    await run(() => mirrored.record(claim!, { kind: 'placed', placed, event }));
  };
  const note = (id: string, change: OwnersChange | null = moved(), state = '"2"') =>
    run(() => changes.note([{ mirroringId: id, state, change }]));
  const take = (id: string) => run(() => changes.take(id));
  const shown = () => run(() => changes.shownIn(calendarId));
  const rowOf = async (id: string) =>
    (await world.sql.query('select * from mirrored_bookings where id = $1', [id]))[0]!;
  const statusOf = async ({ id }: BookingEventData) =>
    (
      await world.sql.query<{ status: string; sequence: number; starts_at: string }>(
        'select status, sequence, starts_at from bookings where id = $1',
        [id],
      )
    )[0]!;

  it('is looked for in events that stand as they were put, and that nothing of ours is about to change', async () => {
    const [{ id }, { id: other, booking }] = [await show(), await show()];
    const before = await run(() => changes.now());
    expect(await shown()).toHaveLength(2);
    const first = (await shown()).find(({ mirroringId }) => mirroringId === id)!;
    expect(first).toMatchObject({ remoteId: `/work/${id}.ics`, etag: '"1"', judged: null });
    expect(first.shownAt.isAfter(before)).toBe(false);

    await run(() => mirrored.change(booking, { isWanted: true }));
    expect((await shown()).map(({ mirroringId }) => mirroringId)).toEqual([id]);
    await put(other);
    expect(await shown()).toHaveLength(2);
    await world.sql.query('update mirrored_bookings set placed_ends_at = now() where id = $1', [id]);
    expect((await shown()).map(({ mirroringId }) => mirroringId)).toEqual([other]);
  });

  it('is owed an answer until that is given, and is remembered until the event is put anew', async () => {
    const { id } = await show();
    const change = moved();
    await note(id, change);
    const event = { sequence: 0, isElsewhere: false };
    expect(await take(id)).toEqual({ change, event, isFollowed: true });
    expect((await shown())[0]).toMatchObject({ judged: '"2"' });
    await note(id, { kind: 'DELETED' }, 'gone');
    expect(await take(id)).toMatchObject({ change: { kind: 'DELETED' } });
    await run(() => changes.settle(id, 'No'));
    expect(await take(id)).toBeNull();
    expect(await rowOf(id)).toMatchObject({ judged: 'gone', refusal: 'No', state: 'MIRRORED' });

    await run(() => changes.putBack(id, 'Never'));
    expect(await shown()).toEqual([]);
    await put(id);
    expect(await rowOf(id)).toMatchObject({ judged: null, refusal: 'Never', state: 'MIRRORED' });
    expect(await run(() => changes.bookingOf('nonsense'))).toBeNull();
  });

  it('is owed none where it was only looked at, or the booking changes first', async () => {
    const { id, booking } = await show();
    await note(id, null);
    expect([await take(id), await due.takeDue(10)]).toEqual([null, []]);
    await note(id, moved(), 'x\0'.repeat(10_000));
    await run(() => mirrored.change(booking, { isWanted: true }));
    await note(id);
    expect([await take(id), await due.takeDue(10)]).toEqual([null, []]);
    expect(await run(() => changes.bookingOf(id))).toBeNull();
  });

  it('is known to be in another calendar of the owner, if it is', async () => {
    const { id, booking } = await show();
    await note(id, { kind: 'DELETED' }, 'gone');
    const elsewhere = world.ids.next();
    await world.sql.query(
      `insert into calendars (id, connection_id, owner_id, remote_id, name, writable, is_read, is_written)
       select $1, connection_id, owner_id, '/home/', 'Home', true, true, false from calendars`,
      [elsewhere],
    );
    const told = `insert into calendar_events (calendar_id, remote_id, uid, told_in_turn) values ($1, $2, $2, 1)`;
    await world.sql.query(told, [calendarId, `${booking.id}@linktime`]);
    expect(await take(id)).toMatchObject({ event: { isElsewhere: false } });
    await world.sql.query(told, [elsewhere, `${booking.id}@linktime`]);
    expect(await take(id)).toMatchObject({ event: { isElsewhere: true } });
  });

  it('is rung for once the sync is over that noticed it', async () => {
    const { id } = await show();
    await note(id);
    const syncing = (isUnderWay: boolean) =>
      world.sql.query(
        `update calendar_connections set under_way = $1, busy_until = now() + interval '1 min'`,
        [isUnderWay],
      );
    await syncing(true);
    expect(await due.takeDue(10)).toEqual([]);
    await syncing(false);
    expect(await due.takeDue(10)).toHaveLength(1);
  });

  it('is rung for by one relay, and again when the ring was lost', async () => {
    const { id } = await show();
    await note(id);
    const taken = (await Promise.all([1, 2, 3].map(() => due.takeDue(10)))).flat();
    expect(taken).toEqual([{ name: 'follow-calendar', id }]);
    expect(await due.takeDue(10)).toEqual([]);
    await due.giveBack(taken);
    expect(await due.takeDue(10)).toHaveLength(1);
    await world.sql.query('update mirrored_bookings set follow_rung_until = now()');
    expect(await due.takeDue(10)).toHaveLength(1);
    await run(() => changes.settle(id, null));
    await world.sql.query('update mirrored_bookings set follow_rung_until = now()');
    expect(await due.takeDue(10)).toEqual([]);
  });

  it('is followed once by many at the same moment', async () => {
    const { id, booking } = await show();
    const start = inDays(9);
    await note(id, moved(start));
    await Promise.all(Array.from({ length: 6 }, () => follow.execute({ mirroringId: id })));
    expect(await statusOf(booking)).toMatchObject({ status: 'CONFIRMED', sequence: 1 });
    expect(Date.parse((await statusOf(booking)).starts_at)).toBe(start.toEpochMilli());
  });

  it('ends in one of both where the booking is cancelled at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, booking } = await show();
      await note(id, moved(inDays(20 + round)));
      await Promise.all([
        follow.execute({ mirroringId: id }),
        cancel.execute({ bookingId: booking.id, ownerId, reason: null }),
        run(() => mirrored.change(booking, { isWanted: false })),
      ]);
      expect(await statusOf(booking)).toMatchObject({ status: 'CANCELLED' });
      expect(await take(id)).toBeNull();
    }
  });

  it('is undone where two events are moved to one time: one booking gets it', async () => {
    const both = [await show(), await show()];
    const start = inDays(11);
    for (const { id } of both) await note(id, moved(start));
    await Promise.all(both.map(({ id }) => follow.execute({ mirroringId: id })));
    const sequences = await Promise.all(both.map(async ({ booking }) => (await statusOf(booking)).sequence));
    expect(sequences.toSorted()).toEqual([0, 1]);
    const loser = both[sequences.indexOf(0)]!;
    expect(await rowOf(loser.id)).toMatchObject({
      ...{ state: 'PENDING', refusal: expect.stringMatching('no longer available: it was put back') },
    });
  });
});
