import { randomBytes } from 'node:crypto';
import { Duration, Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { RandomIds } from '../../kernel/ids.js';
import { PostgresUnitOfWork, Session } from '../../platform/persistence/session.js';
import { Sql } from '../../platform/persistence/sql.js';
import { SealedText } from '../../platform/sealed-text.js';
import type { BusyNews } from '../domain/busy-news.js';
import { CalendarConnection } from '../domain/connection.js';
import { CalendarAccessLost } from '../domain/errors.js';
import { StaleAfter } from '../domain/stale-after.js';
import { DueSyncs } from './due-syncs.js';
import { PostgresBusyCache } from './postgres-busy-cache.js';
import { PostgresConnections } from './postgres-connections.js';

const staleAfter = new StaleAfter(Duration.ofHours(24));
const lunch = { start: Instant.parse('2026-03-02T12:00:00Z'), end: Instant.parse('2026-03-02T13:00:00Z') };

describe('Connections and what is read by them, in PostgreSQL', () => {
  const ids = new RandomIds();
  let database: TestDatabase;
  let sql: Sql;
  let unitOfWork: PostgresUnitOfWork;
  let connections: PostgresConnections;
  let withAnotherKey: PostgresConnections;
  let busyCache: PostgresBusyCache;
  let dueSyncs: DueSyncs;
  let connection: CalendarConnection;
  let id: string;
  beforeAll(async () => {
    database = await testDatabase();
    sql = new Sql(database.dataSource);
    const session = new Session(database.dataSource);
    unitOfWork = new PostgresUnitOfWork(session);
    const sealedBy = (key: Buffer) => new SealedText(async () => key);
    connections = new PostgresConnections(session, unitOfWork, sealedBy(randomBytes(32)));
    withAnotherKey = new PostgresConnections(session, unitOfWork, sealedBy(randomBytes(32)));
    busyCache = new PostgresBusyCache(session);
    dueSyncs = new DueSyncs(sql);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await sql.query('delete from calendar_connections');
    const ownerId = ids.next();
    await sql.query(
      `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
       values ($1::uuid, $1::text, 'Ann', $1::text, 'Asia/Kathmandu', 'PRO', now(), now())`,
      [ownerId],
    );
    id = ids.next();
    connection = CalendarConnection.connect(
      { id, ownerId, provider: 'CALDAV', account: 'ann at dav.example.com' },
      ['Work', 'Home'].map((name) => ({ id: `/${name}/`, name, writable: true, primary: false })),
      { read: null, write: 'Home' },
      () => ids.next(),
      now(),
    );
    await unitOfWork.run(() => connections.add(connection, { password: 'pässword' }));
  });

  const now = () => Instant.ofEpochMilli(Date.now() - 1_000);
  const claim = (isAsked = false) => unitOfWork.run(() => connections.claim(id, isAsked));
  const calendarId = () => connection.state.calendars[0]!.id;
  const take = (news: Partial<BusyNews>, turn = 1) =>
    unitOfWork.run(() => busyCache.take(calendarId(), { kept: [], forgotten: [], ...news }, turn));
  const kept = (eventId: string, busy = [lunch]) => ({ id: eventId, uid: eventId, etag: null, busy });
  const cached = () =>
    sql.query<{ remote_id: string; hours: number }>(
      `select remote_id, (extract(epoch from upper(busy) - lower(busy)) / 3600)::int as hours
       from busy_times where calendar_id = $1 order by remote_id, busy`,
      [calendarId()],
    );

  it('gives a connection back as it was saved', async () => {
    expect((await claim())?.connection.state).toEqual(connection.state);
    const { calendars } = connection.state;
    connection.read(calendars[0]!.id, 'cursor', { isWhole: true }, now());
    connection.failed('Away', null, now());
    connection.accessWasLost('Wrong password', now(), staleAfter);
    expect(connection.tellOfStaleness(now().plusSeconds(90_000), staleAfter)).toBe(true);
    await unitOfWork.run(() => connections.save(connection));

    const claimed = (await unitOfWork.run(() => connections.resume({ connection, timezone: '', turn: 1 })))!;
    expect(claimed.state).toEqual(connection.state);
  });

  it('opens an account with what it was connected with, or with what the provider renewed since', async () => {
    const account = await connections.account(id);
    expect(account.credentials).toEqual({ password: 'pässword' });
    await account.renewed({ password: 'fresh' });
    expect((await connections.account(id)).credentials).toEqual({ password: 'fresh' });
  });

  it('says that access is lost when the credentials were kept under another key, or the connection is gone', async () => {
    await expect(withAnotherKey.account(id)).rejects.toThrow(CalendarAccessLost);
    await expect(connections.account(ids.next())).rejects.toThrow(CalendarAccessLost);
  });

  it('is claimed by one of many at a time, with the time zone of its owner', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim()));
    expect(claims.filter((each) => each !== null)).toMatchObject([{ timezone: 'Asia/Kathmandu', turn: 1 }]);
    expect(await claim(true)).toBeNull();
    expect(await unitOfWork.run(() => connections.claim('nonsense', true))).toBeNull();
  });

  it('is claimed before its time only by who asks', async () => {
    connection.synced(now(), staleAfter);
    await unitOfWork.run(() => connections.save(connection));
    expect(await claim()).toBeNull();
    expect(await claim(true)).not.toBeNull();
  });

  it('is lost to another when a claim has ended by itself', async () => {
    const first = (await claim())!;
    const resume = () => unitOfWork.run(() => connections.resume(first));
    expect(await resume()).not.toBeNull();
    await sql.query('update calendar_connections set busy_until = now()');
    const second = (await claim())!;

    expect(second.turn).toBe(2);
    expect(await resume()).toBeNull();
    await unitOfWork.run(() => connections.release(first)); // has no say any more
    expect(await claim()).toBeNull();
    await unitOfWork.run(() => connections.release(second));
    expect(await claim()).not.toBeNull();
  });

  it('is rung for when it is due, once in 20 s, and not while it is being synced', async () => {
    expect(await dueSyncs.takeDue(10)).toEqual([{ name: 'sync-calendar', id }]);
    expect(await dueSyncs.takeDue(10)).toEqual([]);
    await dueSyncs.giveBack([{ name: 'sync-calendar', id }]);
    expect(await dueSyncs.takeDue(10)).toHaveLength(1);
    const claimed = (await claim())!;
    await dueSyncs.giveBack([{ name: 'sync-calendar', id }]);
    expect(await dueSyncs.takeDue(10)).toEqual([]);

    connection.synced(now(), staleAfter);
    await unitOfWork.run(() => connections.save(connection));
    await unitOfWork.run(() => connections.release(claimed));
    expect(await dueSyncs.takeDue(10)).toEqual([]); // only in five minutes
  });

  it('keeps the busy times of an event until it is told of anew, or is gone', async () => {
    const dinner = { start: lunch.end.plusSeconds(3_600), end: lunch.end.plusSeconds(10_800) };
    await take({ kept: [kept('a', [lunch, dinner]), kept('b'), kept('own', [])] });
    expect(await cached()).toEqual([
      { remote_id: 'a', hours: 1 },
      { remote_id: 'a', hours: 2 },
      { remote_id: 'b', hours: 1 },
    ]);
    await take({ kept: [kept('a', [dinner])], forgotten: ['b', 'unknown'] });
    expect(await cached()).toEqual([{ remote_id: 'a', hours: 2 }]);
  });

  it('forgets what was not told of in a turn', async () => {
    await take({ kept: [kept('a'), kept('b')] }, 1);
    await take({ kept: [kept('b')] }, 2);
    await unitOfWork.run(() => busyCache.forgetUntold(calendarId(), 2));
    expect(await cached()).toEqual([{ remote_id: 'b', hours: 1 }]);
  });

  it('keeps events whatever their ids are, each by itself', async () => {
    const long = 'x'.repeat(10_000);
    const odd = [long, `${long}y`, 'a\0b', 'ab', '\ud800', ''];
    await take({ kept: odd.map((each) => kept(each)) });
    expect(await cached()).toHaveLength(odd.length);
    await take({ forgotten: odd });
    expect(await cached()).toEqual([]);
  });

  it('forgets all of a connection that is removed', async () => {
    await take({ kept: [kept('a')] });
    expect(await unitOfWork.run(() => connections.remove(id))).toEqual({
      provider: 'CALDAV',
      account: 'ann at dav.example.com',
    });
    expect(await cached()).toEqual([]);
    expect(await unitOfWork.run(() => connections.has(id))).toBe(false);
    for (const none of [id, 'nonsense'])
      expect(await unitOfWork.run(() => connections.remove(none))).toBeNull();
  });
});
