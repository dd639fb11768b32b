import { Duration, Instant } from '@js-joda/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import {
  InMemoryBusyCache,
  InMemoryConnections,
  RememberedNotices,
} from '../../../test/fakes/in-memory-calendars.js';
import { InMemoryMirroredBookings } from '../../../test/fakes/in-memory-mirrored-bookings.js';
import { InMemoryOwnersChanges } from '../../../test/fakes/in-memory-owners-changes.js';
import { InMemoryOwnerCalendar, OneOwnerCalendar } from '../../../test/fakes/in-memory-owner-calendar.js';
import {
  InMemoryAuthorizations,
  InMemorySignIn,
  InMemoryWatches,
  OpenPushDoor,
} from '../../../test/fakes/in-memory-sign-in.js';
import { InMemoryUnitOfWork } from '../../../test/fakes/in-memory-unit-of-work.js';
import { SequentialIds } from '../../../test/fakes/sequential-ids.js';
import type { CalendarChoice } from '../domain/connection.js';
import {
  AuthorizationDenied,
  AuthorizationUnknown,
  CalendarAccessLost,
  CalendarUnavailable,
} from '../domain/errors.js';
import { StaleAfter } from '../domain/stale-after.js';
import { BeginAuthorization } from './begin-authorization.js';
import { CompleteAuthorization } from './complete-authorization.js';
import { ConnectCalendar } from './connect-calendar.js';
import { DisconnectCalendar } from './disconnect-calendar.js';
import { HearOfChange } from './hear-of-change.js';
import { SyncCalendar } from './sync-calendar.js';
import { WatchCalendars } from './watch-calendars.js';

const start = Instant.parse('2026-03-02T09:00:00Z');
const work = { id: '/work/', name: 'Work', writable: true, primary: true };
const home = { id: '/home/', name: 'Home', writable: true, primary: false };
const all: CalendarChoice = { read: null, write: null };

describe('An account that its owner opens by signing in', () => {
  let clock: FixedClock;
  let provider: InMemoryOwnerCalendar;
  let signIn: InMemorySignIn;
  let connections: InMemoryConnections;
  let authorizations: InMemoryAuthorizations;
  let busyCache: InMemoryBusyCache;
  let pushDoor: OpenPushDoor;
  let begin: BeginAuthorization;
  let complete: CompleteAuthorization;
  let disconnect: DisconnectCalendar;
  let sync: SyncCalendar;
  let watch: WatchCalendars;
  let hear: HearOfChange;
  beforeEach(() => {
    clock = new FixedClock(start);
    provider = new InMemoryOwnerCalendar([work, home]);
    signIn = new InMemorySignIn();
    connections = new InMemoryConnections(clock);
    authorizations = new InMemoryAuthorizations();
    busyCache = new InMemoryBusyCache();
    pushDoor = new OpenPushDoor();
    const watches = new InMemoryWatches(connections);
    const unitOfWork = new InMemoryUnitOfWork(connections, authorizations, busyCache);
    const ids = new SequentialIds();
    const ownerCalendars = new OneOwnerCalendar(provider);
    const at = [unitOfWork, clock] as const;
    const connect = new ConnectCalendar(ownerCalendars, connections, busyCache, ...at, ids);
    begin = new BeginAuthorization(signIn, authorizations, ...at, ids);
    complete = new CompleteAuthorization(signIn, authorizations, connect, ...at);
    disconnect = new DisconnectCalendar(ownerCalendars, signIn, connections, watches, unitOfWork);
    watch = new WatchCalendars(ownerCalendars, connections, watches, pushDoor, ...at);
    hear = new HearOfChange(pushDoor, connections, unitOfWork);
    const staleAfter = new StaleAfter(Duration.ofHours(24));
    sync = new SyncCalendar(
      ...([ownerCalendars, connections, busyCache, new RememberedNotices()] as const),
      ...([new InMemoryMirroredBookings(clock), new InMemoryOwnersChanges(clock), staleAfter] as const),
      ...at,
    );
  });

  const beginning = async (choice = all, ownerId = 'ann') => {
    const { id, address } = await begin.execute({ ownerId, provider: 'GOOGLE', choice });
    return { id, ...InMemorySignIn.answerTo(address) };
  };
  const connected = async (choice = all, ownerId = 'ann'): Promise<string> => {
    const { id, state, query } = await beginning(choice, ownerId);
    await complete.execute({ state, query });
    return (authorizations.outcomeOf(id) as { connectionId: string }).connectionId;
  };
  const credentialsOf = async (id: string) => (await connections.account(id)).credentials;
  const readNames = (id: string) =>
    connections
      .stateOf(id)!
      .calendars.filter(({ isRead }) => isRead)
      .map(({ name }) => name);
  const synced = async (connectionId: string) => {
    await sync.execute({ connectionId, isAsked: true });
    await watch.execute({ connectionId });
  };

  describe('signing in', () => {
    it('connects it, and tells whoever waits for that', async () => {
      const { id, state, query } = await beginning({ read: ['Work'], write: 'Home' });
      expect(authorizations.outcomeOf(id)).toBeNull();
      expect(await complete.execute({ state, query })).toEqual({
        ownerId: 'ann',
        account: 'ann@example.com',
      });

      const [connection] = connections.all;
      expect(connection).toMatchObject({ ownerId: 'ann', provider: 'GOOGLE', account: 'ann@example.com' });
      expect(connection!.calendars).toMatchObject([
        { name: 'Work', isRead: true, isWritten: false },
        { name: 'Home', isRead: false, isWritten: true },
      ]);
      expect(await credentialsOf(connection!.id)).toEqual({ password: 'token 1' });
      expect(authorizations.outcomeOf(id)).toEqual({ connectionId: connection!.id });
    });

    it('is good for once, also for two who come back at the same time', async () => {
      const { state, query } = await beginning();
      const came = await Promise.allSettled([1, 2, 3].map(() => complete.execute({ state, query })));
      expect(came.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(complete.execute({ state, query })).rejects.toThrow(AuthorizationUnknown);
      expect(connections.all).toHaveLength(1);
    });

    it('is good for ten minutes', async () => {
      const { state, query } = await beginning();
      clock.advance(Duration.ofMinutes(10));
      await expect(complete.execute({ state, query })).rejects.toThrow(AuthorizationUnknown);
      expect(connections.all).toEqual([]);
    });

    it.each([null, '', 'c29tZXRoaW5nIGVsc2U'])('means nothing that never began: state %p', async (state) => {
      const { query } = await beginning();
      await expect(complete.execute({ state, query })).rejects.toThrow(AuthorizationUnknown);
      expect(connections.all).toEqual([]);
    });

    it('connects nothing if the owner does not allow it', async () => {
      const { id, state } = await beginning();
      const query = `error=access_denied&state=${state}`;
      await expect(complete.execute({ state, query })).rejects.toThrow(AuthorizationDenied);
      expect(authorizations.outcomeOf(id)).toEqual({ fault: 'Access to the calendars was not allowed' });
      expect(connections.all).toEqual([]);
    });

    it('connects nothing if the calendars that were named are not there, and says which are', async () => {
      const { id, state, query } = await beginning({ read: ['Wrok'], write: null });
      await expect(complete.execute({ state, query })).rejects.toThrow('Invalid request data');
      const fault = 'There is no calendar "Wrok", only "Work", "Home"';
      expect(authorizations.outcomeOf(id)).toEqual({ fault });
      expect(connections.all).toEqual([]);
    });

    it('is not begun where the provider cannot be asked', async () => {
      signIn.fault = new CalendarUnavailable('The provider answered 503');
      await expect(beginning()).rejects.toThrow('The provider answered 503');
    });

    it('tells whoever waits also of what nobody foresaw, but not what that was', async () => {
      const { id, state, query } = await beginning();
      provider.fault = new Error('token 1 is wrong');
      await expect(complete.execute({ state, query })).rejects.toThrow('token 1 is wrong');
      expect(authorizations.outcomeOf(id)).toEqual({ fault: expect.stringContaining('unforeseen') });
    });
  });

  describe('signing in once more', () => {
    it('is the cure for access that was lost: the same connection goes on with new credentials', async () => {
      const id = await connected({ read: ['Work'], write: 'Home' });
      provider.fault = new CalendarAccessLost('Revoked');
      await sync.execute({ connectionId: id });
      expect(connections.stateOf(id)).toMatchObject({ accessLost: true });

      provider.fault = null;
      clock.advance(Duration.ofMinutes(1));
      const { calendars } = connections.stateOf(id)!;
      expect(await connected()).toBe(id);
      expect(connections.all).toHaveLength(1);
      expect(connections.stateOf(id)).toMatchObject({
        ...{ accessLost: false, failures: 0, lastError: null, nextSyncAt: clock.now() },
        calendars,
      });
      expect(await credentialsOf(id)).toEqual({ password: 'token 2' });
    });

    it('takes another choice, and forgets what was read of calendars that are read no longer', async () => {
      const time = { start, end: start.plusSeconds(3_600) };
      provider.write('/work/', { id: 'a', uid: 'a', etag: null, busy: [time], time });
      const id = await connected();
      await synced(id);
      const workId = connections.stateOf(id)!.calendars[0]!.id;
      expect(busyCache.busyOf(workId)).toHaveLength(1);

      await connected({ read: ['Home'], write: 'Work' });
      expect(readNames(id)).toEqual(['Home']);
      expect(busyCache.busyOf(workId)).toEqual([]);
      expect(connections.stateOf(id)!.calendars[0]).toMatchObject({
        id: workId,
        isWritten: true,
        cursor: null,
      });
    });

    it('reads no calendar that came or went meanwhile, unless no other is left', async () => {
      const id = await connected({ read: ['Work'], write: null });
      provider.remote = [
        { ...work, name: 'Office' },
        { ...home, id: '/new/', name: 'New' },
      ];
      await connected();
      expect(readNames(id)).toEqual(['Office']);
      provider.remote = [{ ...home, id: '/newer/', name: 'Newer' }];
      await connected();
      expect(readNames(id)).toEqual(['Newer']);
    });

    it('ends a sync under way, which would go on with what was chosen before', async () => {
      const id = await connected();
      provider.write('/work/', { id: 'a', uid: 'a', etag: null, busy: [], time: null });
      let pages = 0;
      provider.beforePage = async () => {
        pages += 1;
        if (pages === 1) await connected({ read: ['Home'], write: null });
      };
      await sync.execute({ connectionId: id });
      expect(pages).toBe(1);
      expect(connections.stateOf(id)).toMatchObject({ syncedAt: null });
    });

    it('of another owner, or with another account, is another connection', async () => {
      await connected();
      await connected(all, 'bob');
      signIn.account = 'ann@work.example.com';
      await connected();
      expect(connections.all.map(({ ownerId, account }) => `${ownerId} ${account}`)).toEqual([
        'ann ann@example.com',
        'bob ann@example.com',
        'ann ann@work.example.com',
      ]);
    });

    it('at the same time makes one connection of one account', async () => {
      const [one, other] = [await beginning(), await beginning()];
      await Promise.all([complete.execute(one), complete.execute(other)]);
      expect(connections.all).toHaveLength(1);
    });
  });

  describe('being told of changes', () => {
    beforeEach(() => {
      provider.watchEndsAt = start.plus(Duration.ofDays(6));
    });

    it('begins after the first sync, for the calendars that are read', async () => {
      const id = await connected({ read: ['Work'], write: null });
      await watch.execute({ connectionId: id });
      expect(provider.watched).toEqual([]);
      await synced(id);
      expect(provider.watched).toEqual([
        {
          calendarId: '/work/',
          address: `https://example.com/push/${id}`,
          secret: `secret of ${id}`,
          former: null,
        },
      ]);
    });

    it('is renewed before it ends, and not sooner', async () => {
      const id = await connected({ read: ['Work'], write: null });
      await synced(id);
      clock.advance(Duration.ofDays(3));
      await synced(id);
      expect(provider.watched).toHaveLength(1);
      clock.advance(Duration.ofDays(1));
      await synced(id);
      expect(provider.watched[1]).toMatchObject({
        former: { handle: 'watch 1', expiresAt: provider.watchEndsAt },
      });
    });

    it('is asked for again after an hour where it failed, and the sync stays a success', async () => {
      const id = await connected({ read: ['Work'], write: null });
      await sync.execute({ connectionId: id });
      provider.fault = new CalendarUnavailable('Push is not permitted');
      await watch.execute({ connectionId: id });
      expect(connections.stateOf(id)).toMatchObject({ failures: 0, lastError: null });

      provider.fault = null;
      clock.advance(Duration.ofMinutes(59));
      await watch.execute({ connectionId: id });
      expect(provider.watched).toEqual([]);
      clock.advance(Duration.ofMinutes(1));
      await watch.execute({ connectionId: id });
      expect(provider.watched).toHaveLength(1);
    });

    it('is not asked for where no provider can reach us', async () => {
      pushDoor.isReachable = false;
      await synced(await connected());
      expect(provider.watched).toEqual([]);
    });

    it('makes it due at once, also when that is told while it is being read', async () => {
      const id = await connected({ read: ['Work'], write: null });
      await synced(id);
      const told = () => hear.execute({ connectionId: id, secrets: [`secret of ${id}`] });
      provider.beforePage = async () => void (await told());
      expect(await told()).toBe(true);
      await sync.execute({ connectionId: id });
      provider.beforePage = async () => undefined;
      await sync.execute({ connectionId: id });
      await sync.execute({ connectionId: id });
      expect(provider.asked).toHaveLength(3);
    });

    it.each([[[]], [['secret of another']], [['']]])(
      'is believed by nothing but its secret: %j',
      async (secrets) => {
        const id = await connected();
        await synced(id);
        expect(await hear.execute({ connectionId: id, secrets })).toBe(false);
        expect(await hear.execute({ connectionId: id, secrets: [`secret of ${id}`, ...secrets, 'x'] })).toBe(
          false,
        );
        expect(connections.news.size).toBe(0);
      },
    );

    it('makes no haste where the provider has asked to be left alone', async () => {
      const id = await connected();
      provider.fault = new CalendarUnavailable('Too many requests', 600);
      await sync.execute({ connectionId: id });
      await hear.execute({ connectionId: id, secrets: [`secret of ${id}`] });
      expect(connections.news.size).toBe(0);
    });
  });

  describe('being disconnected', () => {
    it('has the provider tell nothing more, and take back what opened it', async () => {
      provider.watchEndsAt = start.plus(Duration.ofDays(6));
      const id = await connected();
      await synced(id);
      await disconnect.execute({ connectionId: id });
      expect(connections.all).toEqual([]);
      expect(provider.unwatched).toEqual(['watch 1', 'watch 2']);
      expect(signIn.revoked).toEqual([{ password: 'token 1' }]);
    });

    it('takes nothing back while another owner has the same account', async () => {
      const [ann, bob] = [await connected(), await connected(all, 'bob')];
      await disconnect.execute({ connectionId: ann });
      expect(signIn.revoked).toEqual([]);
      await disconnect.execute({ connectionId: bob });
      expect(signIn.revoked).toEqual([{ password: 'token 2' }]);
    });

    it('is done whatever the provider says', async () => {
      provider.watchEndsAt = start.plus(Duration.ofDays(6));
      const id = await connected();
      await synced(id);
      provider.fault = new CalendarUnavailable('Away');
      signIn.fault = new CalendarUnavailable('Away');
      await disconnect.execute({ connectionId: id });
      expect(connections.all).toEqual([]);
    });
  });
});
