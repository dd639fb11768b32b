import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Interval } from '../../kernel/interval.js';
import { Outbox } from '../../platform/persistence/outbox.js';
import { PostgresUnitOfWork, Session } from '../../platform/persistence/session.js';
import { Sql } from '../../platform/persistence/sql.js';
import { scheduleContract } from '../../../test/contracts/schedule.contract.js';
import { testDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import { PostgresAgendas } from './postgres-agendas.js';
import { PostgresBookings } from './postgres-bookings.js';
import { PostgresHolds } from './postgres-holds.js';
import { PostgresEventTypes } from './postgres-event-types.js';

const longAgo = Instant.parse('2020-01-01T00:00:00Z');
const later = Instant.parse('2090-01-01T00:00:00Z');

scheduleContract('in PostgreSQL', openStage);

async function openStage() {
  const ids = new RandomIds();
  const { dataSource, drop } = await testDatabase();
  const session = new Session(dataSource);
  /** A calendar of the owner that is stale from then on; its id. */
  const addCalendar = async (ownerId: string, staleAt: Instant): Promise<string> => {
    const [connectionId, calendarId] = [ids.next(), ids.next()];
    await dataSource.query(
      `insert into calendar_connections (id, owner_id, provider, account, credentials, stale_at, failures, access_lost,
         created_at, updated_at)
       values ($1, $2, 'ICS', 'dav.example.com', '', $3, 0, false, now(), now())`,
      [connectionId, ownerId, formatInstant(staleAt)],
    );
    await dataSource.query(
      `insert into calendars (id, connection_id, owner_id, remote_id, name, writable, is_read, is_written)
       values ($1, $2, $3, 'feed', 'Feed', false, true, false)`,
      [calendarId, connectionId, ownerId],
    );
    return calendarId;
  };
  return {
    dataSource,
    bookings: new PostgresBookings(session, new Outbox(session, ids)),
    eventTypes: new PostgresEventTypes(session),
    agendas: new PostgresAgendas(new Sql(dataSource), session),
    holds: new PostgresHolds(session),
    unitOfWork: new PostgresUnitOfWork(session),
    async addOwner() {
      const id = ids.next();
      await dataSource.query(
        `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
         values ($1, $2, 'Owner', $2, 'UTC', 'PRO', now(), now())`,
        [id, id],
      );
      return id;
    },
    async addBusyTime(ownerId: string, { start, end }: Interval) {
      const calendarId = await addCalendar(ownerId, later);
      await dataSource.query(
        `with event as (insert into calendar_events (calendar_id, remote_id, told_in_turn) values ($1, 'event', 1))
         insert into busy_times values ($1, 'event', $2, tstzrange($3, $4))`,
        [calendarId, ownerId, formatInstant(start), formatInstant(end)],
      );
    },
    makeStale: async (ownerId: string) => void (await addCalendar(ownerId, longAgo)),
    eventsOf: (bookingId: string): Promise<{ name: string; data: unknown }[]> =>
      dataSource.query('select name, data from outbox where subject_id = $1 order by position', [bookingId]),
    close: drop,
  };
}

describe('the agenda of a host', () => {
  it('is locked for others until the unit of work ends, and sees what was committed while it waited', async () => {
    const stage = await openStage();
    const eventType = anEventType(await stage.addOwner());
    await stage.unitOfWork.run(() => stage.eventTypes.save(eventType));
    const range = { from: Date.parse('2026-03-02'), to: Date.parse('2026-03-03') };
    const lock = () => stage.agendas.lock(eventType.state.id, range, Instant.parse('2026-03-01T00:00:00Z'));

    const locksThat = (state: string) => () =>
      stage.dataSource
        .query(
          `select from pg_locks l join pg_database d on d.oid = l.database
           where d.datname = current_database() and l.locktype = 'advisory' and ${state}`,
        )
        .then((locks: unknown[]) => locks.length === 1);
    let letGo = () => {};
    const isAwaited = new Promise<void>((resolve) => (letGo = resolve));
    const first = stage.unitOfWork.run(async () => {
      await lock();
      await isAwaited;
      stage.bookings.save(aBooking(eventType, '2026-03-02T10:00:00Z'));
    });
    await eventually(locksThat('granted'));
    const second = stage.unitOfWork.run(lock);
    await eventually(locksThat('not granted'));
    letGo();

    await first;
    expect((await second)?.occupancy.blocked).toHaveLength(1);
    await stage.close();
  });
});
