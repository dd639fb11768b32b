import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import { RandomIds } from '../../kernel/ids.js';
import { Outbox } from '../../platform/persistence/outbox.js';
import { PostgresUnitOfWork, Session } from '../../platform/persistence/session.js';
import { Sql } from '../../platform/persistence/sql.js';
import { PostgresBookings } from '../adapters/postgres-bookings.js';
import { PostgresEventTypes } from '../adapters/postgres-event-types.js';
import type { EventType } from '../domain/event-type.js';
import { BookingCounts } from './booking-counts.js';
import { BookingReads, type BookingFilter } from './booking-reads.js';

const HOUR_MS = 3_600_000;
const first = Date.parse('2027-03-01T00:00:00Z');
const today = Instant.parse('2026-02-01T09:00:00Z');

describe('the kept counts of bookings', () => {
  const ids = new RandomIds();
  let database: TestDatabase;
  let bookings: PostgresBookings;
  let eventTypes: PostgresEventTypes;
  let unitOfWork: PostgresUnitOfWork;
  let counts: BookingCounts;
  let reads: BookingReads;

  beforeAll(async () => {
    database = await testDatabase({ poolSize: 20 });
    const session = new Session(database.dataSource);
    const sql = new Sql(database.dataSource);
    bookings = new PostgresBookings(session, new Outbox(session, ids));
    eventTypes = new PostgresEventTypes(session);
    unitOfWork = new PostgresUnitOfWork(session);
    counts = new BookingCounts(sql);
    reads = new BookingReads(sql);
  });
  afterAll(() => database.drop());

  it('stay exact while many book, lose the race for a slot, cancel and move at once', async () => {
    const eventType = await offered();
    const race = async (slot: number) => {
      const rivals = await Promise.allSettled([book(eventType, slot), book(eventType, slot)]);
      const [id, ...others] = rivals.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      if (slot % 3 === 0) await change(id!, eventType, (booking) => booking.cancel(null, 'HOST', today));
      if (slot % 3 === 1) {
        await change(id!, eventType, (booking) => booking.reschedule(eventType, at(slot + 100), today));
      }
      return others;
    };
    const doubled = await Promise.all(Array.from({ length: 60 }, (_, slot) => race(slot)));

    expect(doubled.flat()).toEqual([]);
    expect(await counts.wrong()).toEqual([]);
    expect(await totals(eventType)).toEqual({ all: 60, confirmed: 40, cancelled: 20 });
  });

  it('follow when an owner is deleted with all there is of his', async () => {
    const eventType = await offered();
    await Promise.all([1, 2, 3].map((slot) => book(eventType, slot)));
    await database.dataSource.query('delete from bookings where event_type_id = $1 and starts_at = $2', [
      eventType.state.id,
      at(1).toString(),
    ]);
    expect(await totals(eventType)).toMatchObject({ all: 2 });

    await database.dataSource.query('delete from users where id = $1', [eventType.state.ownerId]);
    expect(await counts.wrong()).toEqual([]);
    expect(await totals(eventType)).toMatchObject({ all: 0 });
  });

  it('are put right when somebody has changed bookings behind their back', async () => {
    const eventType = await offered();
    const { ownerId } = eventType.state;
    await book(eventType, 1);
    await database.dataSource.query('update booking_counts set total = 7 where owner_id = $1', [ownerId]);

    const wrong = [{ ownerId, status: 'CONFIRMED', kept: 7, counted: 1 }];
    expect(await counts.wrong()).toEqual(wrong);
    expect(await counts.recount()).toEqual(wrong);
    expect(await counts.wrong()).toEqual([]);
    expect(await totals(eventType)).toMatchObject({ all: 1 });
  });

  it('tell the pages of a list from either end: none is skipped, repeated or miscounted', async () => {
    const eventType = await offered();
    await Promise.all(Array.from({ length: 23 }, (_, slot) => book(eventType, slot)));
    const { ownerId } = eventType.state;
    for (const order of ['newest first', 'oldest first'] as const) {
      const pages = [1, 2, 3, 4, 5, 6].map((page) =>
        reads.list(ownerId, { ...everything, page, limit: 5, order }),
      );
      const listed = (await Promise.all(pages)).map(({ data, pagination }) => {
        expect(pagination).toMatchObject({ total: 23, totalPages: 5 });
        return data.map(({ startTime }) => startTime);
      });
      const sorted = listed.flat().toSorted();
      expect(listed.map(({ length }) => length)).toEqual([5, 5, 5, 5, 3, 0]);
      expect(listed.flat()).toEqual(order === 'newest first' ? sorted.toReversed() : sorted);
      expect(new Set(sorted).size).toBe(23);
    }
  });

  const everything: Omit<BookingFilter, 'page' | 'limit' | 'order'> = {
    status: null,
    startsFrom: null,
    startsBefore: null,
    eventTypeId: null,
    contactId: null,
    inviteeEmail: null,
    search: null,
    updatedAfter: null,
  };

  const at = (slot: number) => Instant.ofEpochMilli(first + slot * HOUR_MS);

  async function offered(): Promise<EventType> {
    const ownerId = ids.next();
    await database.dataSource.query(
      `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
       values ($1, $2, 'Owner', $2, 'UTC', 'PRO', now(), now())`,
      [ownerId, ownerId],
    );
    const eventType = anEventType(ownerId);
    await unitOfWork.run(() => eventTypes.save(eventType));
    return eventType;
  }

  async function book(eventType: EventType, slot: number): Promise<string> {
    const booking = aBooking(eventType, at(slot).toString());
    await unitOfWork.run(async () => bookings.save(booking));
    return booking.state.id;
  }

  async function change(
    id: string,
    eventType: EventType,
    move: (booking: NonNullable<Awaited<ReturnType<PostgresBookings['find']>>>) => void,
  ): Promise<void> {
    await unitOfWork.run(async () => {
      const booking = (await bookings.find(id, eventType.state.ownerId))!;
      move(booking);
      bookings.save(booking);
    });
  }

  async function totals({ state: { ownerId } }: EventType) {
    const total = async (status: BookingFilter['status']) =>
      (await reads.list(ownerId, { ...everything, status, page: 1, limit: 1, order: 'newest first' }))
        .pagination.total;
    return {
      all: await total(null),
      confirmed: await total('CONFIRMED'),
      cancelled: await total('CANCELLED'),
    };
  }
});
