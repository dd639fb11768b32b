import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { deliveryDatabase, type DeliveryDatabase } from '../../../test/support/delivery-database.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import type { BookingEventData } from '../../kernel/domain-event.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { PostgresUnitOfWork, Session } from '../../platform/persistence/session.js';
import type { ClaimedMirroring, MirroringOutcome } from '../ports.js';
import { DueMirrorings } from './due-mirrorings.js';
import { PostgresMirroredBookings } from './postgres-mirrored-bookings.js';

const time = { start: Instant.parse('2026-03-02T10:00:00Z'), end: Instant.parse('2026-03-02T10:30:00Z') };
const event = {
  ...{ uid: 'u', sequence: 3, time, title: '', description: '', location: null, attendees: [] },
  wantsMeetingLink: false,
};
const placed = (given: Partial<{ remoteId: string; etag: string | null }> = {}): MirroringOutcome => ({
  kind: 'placed',
  placed: { remoteId: '/work/a.ics', etag: '"1"', meetingLink: null, ...given },
  event,
});
const failed = (afterSeconds: number | null = 60): MirroringOutcome => ({
  ...{ kind: 'failed', state: 'PENDING', reason: 'The server answered 503', afterSeconds },
});

describe('What calendars are to show of bookings, in PostgreSQL', () => {
  let world: DeliveryDatabase;
  let unitOfWork: PostgresUnitOfWork;
  let mirrored: PostgresMirroredBookings;
  let due: DueMirrorings;
  let ownerId: string;
  let minutes = 60;
  beforeAll(async () => {
    world = await deliveryDatabase();
    const session = new Session(world.dataSource);
    unitOfWork = new PostgresUnitOfWork(session);
    mirrored = new PostgresMirroredBookings(session);
    due = new DueMirrorings(session, unitOfWork, world.sql);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.sql.query('delete from calendar_connections');
    ownerId = await world.addOwner();
  });

  /** Returns the id of a connection with one calendar that bookings are put into and one that they are not. */
  const connect = async (owner = ownerId) => {
    const id = world.ids.next();
    await world.sql.query(
      `insert into calendar_connections (id, owner_id, provider, account, credentials, stale_at, failures, access_lost, created_at, updated_at)
       values ($1, $2, 'CALDAV', 'ann', '', now(), 0, false, now(), now())`,
      [id, owner],
    );
    await world.sql.query(
      `insert into calendars (id, connection_id, owner_id, remote_id, name, writable, is_read, is_written)
       values (gen_random_uuid(), $1, $2, '/work/', 'Work', true, true, true),
         (gen_random_uuid(), $1, $2, '/home/', 'Home', true, true, false)`,
      [id, owner],
    );
    return id;
  };
  const run = <T>(work: () => Promise<T>) => unitOfWork.run(work);
  const made = async (owner = ownerId): Promise<BookingEventData> => {
    const id = await world.addBooking(owner, (minutes += 60));
    const { data } = aBooking(anEventType(owner), '2026-03-02T10:00:00Z').events[0]!;
    return { ...data, id, endTime: formatInstant(Instant.now().plusSeconds(36_000)) };
  };
  const added = async (owner = ownerId) => {
    const booking = await made(owner);
    await run(() => mirrored.add(owner, booking));
    return booking;
  };
  const rows = (booking: BookingEventData) =>
    world.sql.query<{ id: string; state: string } & Record<string, unknown>>(
      `select *, round(extract(epoch from next_attempt_at - now()))::int as due_in
       from mirrored_bookings where booking_id = $1 order by id`,
      [booking.id],
    );
  const idOf = async (booking: BookingEventData) => (await rows(booking))[0]!.id;
  const claim = (id: string) => run(() => mirrored.claim(id));
  const record = (claimed: ClaimedMirroring | null, outcome: MirroringOutcome) =>
    run(() => mirrored.record(claimed!, outcome));
  const take = async (limit = 100) => (await due.takeDue(limit)).map(({ id }) => id);
  const endClaims = () => world.sql.query('update mirrored_bookings set busy_until = now()');

  it('is wanted once in each calendar that the owner chose for bookings, and in nobody else’s', async () => {
    const [first] = await Promise.all([connect(), connect(), connect(await world.addOwner())]);
    const booking = await added();
    await run(() => mirrored.add(ownerId, booking));
    expect(await rows(booking)).toMatchObject([
      { state: 'PENDING', is_wanted: true, wish: 1, due_in: 0 },
      { state: 'PENDING', is_wanted: true, wish: 1, due_in: 0 },
    ]);
    await world.sql.query('delete from calendar_connections where id = $1', [first]);
    expect(await rows(booking)).toHaveLength(1);
  });

  it('is claimed by one of many at a time, with all that is to be known of it', async () => {
    const connectionId = await connect();
    const booking = await added();
    const id = await idOf(booking);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(id)));
    expect(claims.filter((each) => each !== null)).toEqual([
      {
        ...{ id, ownerId, booking, isWanted: true, wish: 1, connectionId, provider: 'CALDAV' },
        ...{ calendarId: '/work/', placed: null, mayBeThere: true, attempts: 0, lastError: null, turn: 1 },
      },
    ]);
    expect(await claim('nonsense')).toBeNull();
    expect(await claim(world.ids.next())).toBeNull();
  });

  it('is told by what was put last, and that is found by the event’s id', async () => {
    await connect();
    const booking = await added();
    const claimed = await claim(await idOf(booking));
    expect(await record(claimed, placed())).toBe(true);
    expect(await rows(booking)).toMatchObject([
      {
        ...{ state: 'MIRRORED', next_attempt_at: null, under_way: false, may_be_there: false },
        ...{ remote_id: '/work/a.ics', remote_key: '/work/a.ics', etag: '"1"', placed_sequence: 3 },
        ...{ placed_starts_at: '2026-03-02T10:00:00.000Z', placed_ends_at: '2026-03-02T10:30:00.000Z' },
      },
    ]);
    await run(() => mirrored.change(booking, { isWanted: false }));
    const removal = await claim(claimed!.id);
    expect(removal).toMatchObject({ isWanted: false, placed: { remoteId: '/work/a.ics', etag: '"1"' } });
    await record(removal, { kind: 'removed' });
    expect(await rows(booking)).toMatchObject([
      { state: 'MIRRORED', remote_id: null, remote_key: null, placed_starts_at: null, next_attempt_at: null },
    ]);
  });

  it('takes ids that are longer than an index can hold', async () => {
    await connect();
    const booking = await added();
    const remoteId = `/work/${'x'.repeat(10_000)}`;
    await record(await claim(await idOf(booking)), placed({ remoteId }));
    const [row] = await rows(booking);
    expect(row!['remote_id']).toBe(remoteId);
    expect((row!['remote_key'] as string).length).toBeLessThanOrEqual(500);
  });

  it('stays due if something else was wanted while the attempt was made, and keeps what that came to', async () => {
    await connect();
    const booking = await added();
    for (const outcome of [placed(), failed(3_600)]) {
      const claimed = await claim(await idOf(booking));
      await run(() => mirrored.change({ ...booking, sequence: 1 }, { isWanted: true }));
      expect(await claim(claimed!.id)).toBeNull(); // still under way
      expect(await record(claimed, outcome)).toBe(true);
      expect(await rows(booking)).toMatchObject([
        { state: 'PENDING', due_in: 0, remote_id: '/work/a.ics', attempts: 0, under_way: false },
      ]);
    }
    expect(await claim(await idOf(booking))).toMatchObject({ booking: { sequence: 1 }, wish: 3 });
  });

  it('is not changed any more by who was too slow', async () => {
    await connect();
    const booking = await added();
    const slow = await claim(await idOf(booking));
    await endClaims();
    const next = await claim(slow!.id);
    expect(next!.turn).toBe(2);
    expect(await record(slow, failed())).toBe(false);
    expect(await record(next, placed())).toBe(true);
    expect(await record(next, failed())).toBe(false);
    expect(await rows(booking)).toMatchObject([{ state: 'MIRRORED', last_error: null }]);
  });

  it('waits after a failure, is tried again when somebody asks, and never again once it is given up', async () => {
    const connectionId = await connect();
    const [first, second] = [await added(), await added()];
    for (const booking of [first, second]) await record(await claim(await idOf(booking)), failed(600));
    expect(await rows(first)).toMatchObject([
      { state: 'PENDING', due_in: 600, attempts: 1, last_error: 'The server answered 503' },
    ]);
    expect(await take()).toEqual([]);

    expect(await run(() => mirrored.retry(connectionId))).toBe(2);
    const ended = { ...second, endTime: '2026-01-01T00:00:00.000Z' };
    await run(() => mirrored.change(ended, { isWanted: true }));
    await record(await claim(await idOf(second)), failed(null));
    expect(await rows(second)).toMatchObject([{ next_attempt_at: null }]);
    expect(await run(() => mirrored.retry(connectionId))).toBe(1);
    const another = await connect();
    expect(await run(() => mirrored.retry(another))).toBe(0);
  });

  it('is rung for once in 20 s, and not while it is under way', async () => {
    await connect();
    const id = await idOf(await added());
    expect(await due.takeDue(10)).toEqual([{ name: 'mirror-booking', id }]);
    expect(await take()).toEqual([]);
    await due.giveBack([{ name: 'mirror-booking', id }]);
    expect(await take()).toEqual([id]);
    const claimed = await claim(id);
    await due.giveBack([{ name: 'mirror-booking', id }]);
    expect(await take()).toEqual([]);
    await endClaims();
    expect(await take()).toEqual([id]);
    expect(await record(claimed, placed())).toBe(false); // it was taken to be dead
  });

  it('is rung for in turns of the calendars, four at a time, and one of a calendar that fails', async () => {
    await connect();
    for (let i = 0; i < 6; i += 1) await added();
    const others = await world.addOwner();
    await connect(others);
    const theirs = await idOf(await added(others));
    const taken = await take();
    expect(taken).toHaveLength(5);
    expect(taken.indexOf(theirs)).toBeLessThan(2);
    expect(await take()).toEqual([]);

    await record(await claim(taken.find((id) => id !== theirs)!), failed());
    await endClaims();
    const again = await take();
    expect(again).toHaveLength(2);
    expect(again).toContain(theirs);
  });

  it('is taken by one of many relays', async () => {
    await connect();
    for (let i = 0; i < 4; i += 1) await added();
    const taken = (await Promise.all(Array.from({ length: 6 }, () => take()))).flat();
    expect(taken).toHaveLength(4);
    expect(new Set(taken).size).toBe(4);
  });
});
