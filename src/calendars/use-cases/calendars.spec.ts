import { Duration, Instant } from '@js-joda/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import {
  InMemoryBusyCache,
  InMemoryConnections,
  RememberedNotices,
} from '../../../test/fakes/in-memory-calendars.js';
import { InMemoryMirroredBookings } from '../../../test/fakes/in-memory-mirrored-bookings.js';
import { InMemoryOwnerCalendar, OneOwnerCalendar } from '../../../test/fakes/in-memory-owner-calendar.js';
import { InMemoryOwnersChanges } from '../../../test/fakes/in-memory-owners-changes.js';
import { InMemorySignIn, InMemoryWatches } from '../../../test/fakes/in-memory-sign-in.js';
import { InMemoryUnitOfWork } from '../../../test/fakes/in-memory-unit-of-work.js';
import { SequentialIds } from '../../../test/fakes/sequential-ids.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import {
  CalendarAccessLost,
  CalendarConnectionNotFound,
  CalendarGone,
  CalendarSyncUnderWay,
  CalendarUnavailable,
} from '../domain/errors.js';
import type { RemoteEvent } from '../domain/remote-event.js';
import { StaleAfter } from '../domain/stale-after.js';
import { ConnectCalendar } from './connect-calendar.js';
import { DecideOnChange } from './decide-on-change.js';
import { DisconnectCalendar } from './disconnect-calendar.js';
import { SyncCalendar, type SyncProgress } from './sync-calendar.js';

const start = Instant.parse('2026-03-02T09:00:00Z');
const lunch = { start: Instant.parse('2026-03-02T12:00:00Z'), end: Instant.parse('2026-03-02T13:00:00Z') };

const event = (id: string, given: Partial<RemoteEvent> = {}): RemoteEvent => ({
  ...{ id, uid: id, etag: null, busy: [lunch], time: lunch },
  ...given,
});

describe('The calendars of an owner', () => {
  let clock: FixedClock;
  let provider: InMemoryOwnerCalendar;
  let connections: InMemoryConnections;
  let busyCache: InMemoryBusyCache;
  let notices: RememberedNotices;
  let mirroredBookings: InMemoryMirroredBookings;
  let ownersChanges: InMemoryOwnersChanges;
  let unitOfWork: InMemoryUnitOfWork;
  let ids: SequentialIds;
  let sync: SyncCalendar;
  beforeEach(() => {
    clock = new FixedClock(start);
    provider = new InMemoryOwnerCalendar([
      { id: '/work/', name: 'Work', writable: true, primary: true },
      { id: '/home/', name: 'Home', writable: true, primary: false },
    ]);
    connections = new InMemoryConnections(clock);
    busyCache = new InMemoryBusyCache();
    notices = new RememberedNotices();
    ownersChanges = new InMemoryOwnersChanges(clock);
    unitOfWork = new InMemoryUnitOfWork(connections, busyCache, ownersChanges);
    ids = new SequentialIds();
    mirroredBookings = new InMemoryMirroredBookings(clock);
    const staleAfter = new StaleAfter(Duration.ofHours(24));
    sync = new SyncCalendar(
      ...([new OneOwnerCalendar(provider), connections, busyCache] as const),
      ...([notices, mirroredBookings, ownersChanges, staleAfter, unitOfWork, clock] as const),
    );
  });

  const connect = (
    given: { read?: string[]; password?: string; write?: string; onChange?: 'FOLLOW' } = {},
  ): Promise<string> =>
    new ConnectCalendar(
      ...([new OneOwnerCalendar(provider), connections, busyCache] as const),
      ...([unitOfWork, clock, ids] as const),
    ).execute({
      ownerId: 'ann',
      provider: 'CALDAV',
      account: 'ann at dav.example.com',
      credentials: { password: given.password ?? 'secret' },
      read: given.read ?? null,
      write: given.write ?? null,
      onChange: given.onChange,
    });
  const busy = (id: string, name = 'Work') => {
    const calendar = connections.stateOf(id)!.calendars.find((each) => each.name === name)!;
    return busyCache.busyOf(calendar.id).length;
  };
  const syncAfter = async (connectionId: string, minutes: number) => {
    clock.advance(Duration.ofMinutes(minutes));
    await sync.execute({ connectionId });
    return connections.stateOf(connectionId)!;
  };

  it('are connected once the account was opened, and nothing is stored of one that cannot be', async () => {
    provider.fault = new CalendarAccessLost('Wrong password');
    await expect(connect()).rejects.toThrow('Wrong password');
    expect(connections.all).toEqual([]);

    provider.fault = null;
    await connect();
    expect(connections.all).toMatchObject([{ ownerId: 'ann', syncedAt: null, nextSyncAt: start }]);
  });

  it('are read into the busy cache, page by page, and how far that has come is told', async () => {
    for (let i = 0; i < 5; i += 1) provider.write('/work/', event(`${i}`));
    const connectionId = await connect({ read: ['Work'] });
    const told: SyncProgress[] = [];
    await sync.execute({ connectionId, onProgress: (progress) => told.push(progress) });

    expect(busy(connectionId)).toBe(5);
    expect(told.map(({ events }) => events)).toEqual([2, 4, 5]);
    expect(told[0]).toEqual({ calendar: 'Work', events: 2, total: 5 });
    expect(connections.stateOf(connectionId)).toMatchObject({ syncedAt: start, lastError: null });
    expect(provider.asked).toHaveLength(1); // the other is not read
  });

  it('are asked for nothing but what changed, every five minutes, and once a day for all', async () => {
    provider.write('/work/', event('a'));
    const id = await connect({ read: ['Work'] });
    await syncAfter(id, 0);
    provider.write('/work/', event('b'));
    provider.erase('/work/', 'a');
    await syncAfter(id, 4);
    expect(provider.asked).toEqual([null]); // not due
    await syncAfter(id, 1);
    expect(busy(id)).toBe(1);
    await syncAfter(id, 24 * 60);
    expect(provider.asked).toEqual([null, '1', null]);
    expect(busy(id)).toBe(1);
  });

  it('lose what a reading of the whole does not tell of any more', async () => {
    provider.write('/work/', event('a'));
    provider.write('/work/', event('b'));
    const id = await connect({ read: ['Work'] });
    await syncAfter(id, 0);
    provider.forgetsCursors = true;
    provider.erase('/work/', 'a');
    await syncAfter(id, 5);

    expect(busy(id)).toBe(1);
  });

  it('keep what is known of one that fails in the middle, and read the others', async () => {
    for (const name of ['a', 'b', 'c']) provider.write('/work/', event(name));
    provider.write('/home/', event('d'));
    const id = await connect();
    await syncAfter(id, 0);
    provider.faultOf.set('/work/', new CalendarGone('The calendar is not there any more'));
    provider.write('/home/', event('e'));
    const state = await syncAfter(id, 5);

    expect([busy(id), busy(id, 'Home')]).toEqual([3, 2]);
    expect(state).toMatchObject({ lastError: 'The calendar is not there any more', syncedAt: start });
    provider.faultOf.clear();
    expect((await syncAfter(id, 1)).lastError).toBeNull();
  });

  it('are left alone for as long as their provider asks', async () => {
    const id = await connect();
    provider.fault = new CalendarUnavailable('Too many requests', 600);
    const { nextSyncAt } = await syncAfter(id, 0);
    expect(nextSyncAt).toEqual(start.plusSeconds(600));
  });

  it('are not tried again once access is lost, until somebody asks', async () => {
    const id = await connect();
    await syncAfter(id, 0);
    provider.fault = new CalendarAccessLost('Wrong password');
    expect(await syncAfter(id, 5)).toMatchObject({ accessLost: true });
    const { length } = provider.asked;
    await syncAfter(id, 24 * 60);
    await syncAfter(id, 24 * 60);
    expect(provider.asked).toHaveLength(length);

    provider.fault = null;
    await sync.execute({ connectionId: id, isAsked: true });
    expect(connections.stateOf(id)).toMatchObject({ accessLost: false, lastError: null });
  });

  it('have the bookings tried again that could not be put into them, once they can be read again', async () => {
    const connectionId = await connect();
    const calendar = { ownerId: 'ann', connectionId, provider: 'CALDAV', calendarId: '/work/' } as const;
    mirroredBookings.written.push(calendar);
    await mirroredBookings.add('ann', aBooking(anEventType('ann'), '2026-03-04T10:00:00Z').events[0]!.data);
    const { id } = mirroredBookings.all[0]!;
    const failed = { kind: 'failed', state: 'FAILED', reason: 'No', afterSeconds: 3_600 } as const;
    await mirroredBookings.record((await mirroredBookings.claim(id))!, failed);
    await syncAfter(connectionId, 0);
    expect(mirroredBookings.all[0]!.dueAt).toEqual(start.plusSeconds(3_600)); // that it can be read is no news

    provider.fault = new CalendarAccessLost('Wrong password');
    await syncAfter(connectionId, 5);
    provider.fault = null;
    await sync.execute({ connectionId, isAsked: true });
    expect(mirroredBookings.all[0]!.dueAt).toEqual(clock.now());
  });

  it('have their owner told once when they have been unreadable for a day, whatever the reason', async () => {
    for (const fault of [new CalendarAccessLost('Wrong password'), new CalendarUnavailable('Away')]) {
      provider.fault = null;
      notices.told.length = 0;
      const id = await connect();
      await syncAfter(id, 0);
      const { syncedAt } = connections.stateOf(id)!;
      provider.fault = fault;
      for (let hour = 0; hour < 23; hour += 1) await syncAfter(id, 60);
      expect(notices.told).toEqual([]);
      for (let hour = 0; hour < 5; hour += 1) await syncAfter(id, 60);
      expect(notices.told).toMatchObject([{ connectionId: id, syncedAt, lastError: fault.message }]);
    }
  });

  it('are read by one at a time: one that was too slow changes nothing any more', async () => {
    for (const name of ['a', 'b', 'c']) provider.write('/work/', event(name));
    const id = await connect({ read: ['Work'] });
    let pages = 0;
    provider.beforePage = async () => {
      pages += 1;
      if (pages !== 2) return;
      await expect(sync.execute({ connectionId: id, isAsked: true })).rejects.toThrow(CalendarSyncUnderWay);
      connections.forgetClaim(id);
      clock.advance(Duration.ofMinutes(1));
      provider.erase('/work/', 'c');
      await sync.execute({ connectionId: id });
    };
    await sync.execute({ connectionId: id });

    expect(pages).toBe(3); // two of the first, one of the second, which found less
    expect(busy(id)).toBe(2);
    expect(connections.stateOf(id)?.syncedAt).toEqual(start.plusSeconds(60));
  });

  it('are forgotten when they are disconnected, also in the middle of a sync', async () => {
    provider.write('/work/', event('a'));
    const id = await connect();
    const disconnect = new DisconnectCalendar(
      ...([new OneOwnerCalendar(provider), new InMemorySignIn(), connections] as const),
      ...([new InMemoryWatches(connections), unitOfWork] as const),
    );
    provider.beforePage = () => disconnect.execute({ connectionId: id }).catch(() => undefined);
    await sync.execute({ connectionId: id });

    expect(connections.all).toEqual([]);
    await expect(disconnect.execute({ connectionId: id })).rejects.toThrow(CalendarConnectionNotFound);
    await expect(sync.execute({ connectionId: id, isAsked: true })).rejects.toThrow(
      CalendarConnectionNotFound,
    );
  });

  describe('that bookings follow', () => {
    const meeting = { start: start.plusSeconds(86_400), end: start.plusSeconds(88_200) };
    const moved = (id: string, etag = '"2"') =>
      event(id, { uid: `${id}@linktime`, etag, time: lunch, busy: [lunch] });
    const placed = (id: string) =>
      event(id, { uid: `${id}@linktime`, etag: '"1"', time: meeting, busy: [meeting] });
    let id: string;
    const show = (name: string) =>
      ownersChanges.show({
        ...{ mirroringId: name, booking: { id: name, ownerId: 'ann' }, time: meeting, etag: '"1"' },
        calendarId: connections.stateOf(id)!.calendars.find((each) => each.isWritten)!.id,
      });
    const put = (name: string) => {
      provider.write('/home/', placed(name));
      show(name);
    };
    beforeEach(async () => {
      id = await connect({ read: ['Work'], write: 'Home', onChange: 'FOLLOW' });
    });

    it('are read for what their owner does there, and make him no busier', async () => {
      provider.write('/home/', event('private'));
      put('a');
      put('b');
      await syncAfter(id, 0);
      provider.write('/home/', moved('a'));
      provider.erase('/home/', 'b');
      await syncAfter(id, 5);
      expect(ownersChanges.get('a').owed).toEqual({ kind: 'MOVED', start: lunch.start });
      expect(ownersChanges.get('b').owed).toEqual({ kind: 'DELETED' });
      expect(busy(id, 'Home')).toBe(0);
    });

    it('let be what was done before bookings were to follow', async () => {
      put('a');
      put('b');
      provider.write('/home/', moved('a'));
      provider.erase('/home/', 'b');
      await syncAfter(id, 0);
      provider.forgetsCursors = true;
      await syncAfter(id, 5);
      for (const name of ['a', 'b']) expect(ownersChanges.get(name).owed).toBeNull();
      provider.write('/home/', moved('a', '"3"'));
      await syncAfter(id, 5);
      expect(ownersChanges.get('a').owed).toMatchObject({ kind: 'MOVED' });
    });

    it('let be what was done before, also if that is decided in the middle of a reading of the whole', async () => {
      const decide = new DecideOnChange(connections, unitOfWork, clock);
      id = await connect({ write: 'Home' });
      put('a');
      provider.write('/home/', moved('a'));
      provider.beforePage = () => decide.execute({ connectionId: id, onChange: 'FOLLOW' });
      await syncAfter(id, 0);
      provider.beforePage = async () => undefined;
      for (const minutes of [5, 24 * 60]) await syncAfter(id, minutes);
      expect(ownersChanges.get('a').owed).toBeNull();
    });

    it('are read again from where they were, if a booking was put there in between', async () => {
      put('a');
      await syncAfter(id, 0);
      provider.write('/home/', moved('a'));
      ownersChanges.show({ ...ownersChanges.get('a'), shownAt: start.plusSeconds(300) });
      await syncAfter(id, 5);
      expect(ownersChanges.get('a').owed).toBeNull();
      await syncAfter(id, 5);
      expect(ownersChanges.get('a').owed).toMatchObject({ kind: 'MOVED' });
    });

    it('stand in nobody’s way if only they cannot be read', async () => {
      provider.faultOf.set('/home/', new CalendarGone('The calendar is not there any more'));
      expect(await syncAfter(id, 0)).toMatchObject({ lastError: null, syncedAt: start });
    });

    it('are followed no more once their owner decides so, be it in the middle of a sync', async () => {
      put('a');
      await syncAfter(id, 0);
      provider.write('/home/', moved('a'));
      const decide = new DecideOnChange(connections, unitOfWork, clock);
      provider.beforePage = () => decide.execute({ connectionId: id, onChange: 'NOTHING' });
      await syncAfter(id, 5);
      expect(ownersChanges.get('a').owed).toBeNull();
      await expect(decide.execute({ connectionId: 'x', onChange: 'NOTHING' })).rejects.toThrow(
        CalendarConnectionNotFound,
      );
    });
  });
});
