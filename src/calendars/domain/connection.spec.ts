import { Duration, Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { InvalidData } from '../../kernel/domain-error.js';
import { CalendarConnection, type CalendarChoice, type ConnectedCalendar } from './connection.js';
import type { RemoteCalendar } from './remote-event.js';
import { StaleAfter } from './stale-after.js';

const at = Instant.parse('2026-03-02T09:00:00Z');
const staleAfter = new StaleAfter(Duration.ofHours(24));
const later = (minutes: number) => at.plus(Duration.ofMinutes(minutes));
const DAY = 24 * 60;

const work: RemoteCalendar = { id: '/work/', name: 'Work', writable: true, primary: true };
const holidays: RemoteCalendar = { id: '/holidays/', name: 'Holidays', writable: false, primary: false };

function connected(choice: Partial<CalendarChoice> = {}, remote = [work, holidays]): CalendarConnection {
  let ids = 0;
  const origin = { id: 'c', ownerId: 'ann', provider: 'CALDAV', account: 'ann at dav.example.com' } as const;
  return CalendarConnection.connect(
    origin,
    remote,
    { read: null, write: null, ...choice },
    () => `${(ids += 1)}`,
    at,
  );
}

function faultsOf(work_: () => unknown): unknown {
  try {
    work_();
  } catch (error) {
    return (error as InvalidData).details;
  }
  return null;
}

/** In how many minutes it is looked at next. */
const wait = ({ state }: CalendarConnection, from: Instant) =>
  state.nextSyncAt && Duration.between(from, state.nextSyncAt).toMinutes();

describe('A calendar connection', () => {
  it('reads all calendars and writes none, unless its owner chooses', () => {
    const readAndWritten = (connection: CalendarConnection) =>
      connection.state.calendars.map(({ name, isRead, isWritten }) => [name, isRead, isWritten]);

    expect(readAndWritten(connected())).toEqual([
      ['Work', true, false],
      ['Holidays', true, false],
    ]);
    expect(readAndWritten(connected({ read: ['/holidays/'], write: 'Work' }))).toEqual([
      ['Work', false, true],
      ['Holidays', true, false],
    ]);
  });

  it('refuses calendars that are not there, and to write where nothing can be written', () => {
    expect(faultsOf(() => connected({ read: ['Work', 'Home'] }))).toEqual({
      read: 'There is no calendar "Home", only "Work", "Holidays"',
    });
    expect(faultsOf(() => connected({ write: 'Home' }))).toHaveProperty('write');
    expect(faultsOf(() => connected({ write: 'Holidays' }))).toEqual({
      write: 'The calendar "Holidays" can only be read',
    });
    expect(faultsOf(() => connected({}, []))).toEqual({ account: 'The account has no calendars' });
  });

  it('shows names without what a terminal would obey', () => {
    const { calendars } = connected({}, [{ ...work, name: ' \u001b[2JWork\n' }]).state;
    expect(calendars[0]?.name).toBe('[2JWork');
  });

  it('is stale until it was read once, and again when the last time is too long ago', () => {
    const connection = connected();
    expect(connection.state.staleAt).toEqual(at);
    connection.synced(later(1), staleAfter);
    expect(connection.state.staleAt).toEqual(later(1 + DAY));
    connection.failed('Away', null, later(6));
    expect(connection.state.staleAt).toEqual(later(1 + DAY));
  });

  it('is read every five minutes, after failures later each time up to an hour, and at once as before when it works again', () => {
    const connection = connected();
    expect(connection.state.nextSyncAt).toEqual(at);
    const waits = [1, 2, 3, 4, 5, 6].map((minute) => {
      connection.failed('Away', null, later(minute));
      return wait(connection, later(minute));
    });
    expect(waits).toEqual([1, 2, 5, 15, 60, 60]);

    connection.synced(later(7), staleAfter);
    expect(wait(connection, later(7))).toBe(5);
    expect(connection.state).toMatchObject({ failures: 0, lastError: null });
    connection.failed('Away', null, later(8));
    expect(wait(connection, later(8))).toBe(1);
  });

  it('waits as long as the provider asks for, if that is longer', () => {
    const connection = connected();
    connection.failed('Too many requests', 600, at);
    expect(wait(connection, at)).toBe(10);
    connection.failed('Too many requests', 5, at);
    expect(wait(connection, at)).toBe(2);
  });

  it('is not tried again without its owner when its credentials are refused', () => {
    const connection = connected();
    connection.synced(at, staleAfter);
    connection.accessWasLost('Wrong password', later(5), staleAfter);
    expect(connection.state).toMatchObject({ accessLost: true, lastError: 'Wrong password' });
    expect(connection.state.nextSyncAt).toEqual(later(DAY)); // only to tell its owner

    expect(connection.tellOfStaleness(later(DAY), staleAfter)).toBe(true);
    expect(connection.state.nextSyncAt).toBeNull();
    connection.accessWasLost('Wrong password', later(DAY + 1), staleAfter);
    expect(connection.state.nextSyncAt).toBeNull();

    connection.synced(later(DAY + 2), staleAfter);
    expect(connection.state).toMatchObject({ accessLost: false, lastError: null, staleToldAt: null });
  });

  it('has its owner told of its staleness once, and of the next anew', () => {
    const connection = connected();
    expect(connection.tellOfStaleness(later(DAY - 1), staleAfter)).toBe(false);
    expect(connection.tellOfStaleness(later(DAY), staleAfter)).toBe(true);
    expect(connection.tellOfStaleness(later(DAY + 60), staleAfter)).toBe(false);

    connection.synced(later(DAY + 70), staleAfter);
    expect(connection.tellOfStaleness(later(DAY + 80), staleAfter)).toBe(false);
    expect(connection.tellOfStaleness(later(2 * DAY + 70), staleAfter)).toBe(true);
  });

  it('reads what changed, and once a day all there is', () => {
    const connection = connected();
    const cursorAt = (minutes: number) => connection.cursorOf(connection.state.calendars[0]!, later(minutes));
    expect(cursorAt(0)).toBeNull();
    connection.read('1', 'a', { isWhole: true }, at);
    expect(cursorAt(5)).toBe('a');
    connection.read('1', 'b', { isWhole: false }, later(5));
    expect(cursorAt(DAY - 1)).toBe('b');
    expect(cursorAt(DAY)).toBeNull();
  });

  it('lets no booking follow what is done in a calendar, unless its owner decides so for one that takes bookings', () => {
    const connection = connected({ read: ['Holidays'], write: 'Work' });
    const read = () => connection.calendarsToRead.map(({ name }) => name);
    expect(connection.state.onChange).toBe('NOTHING');
    expect(read()).toEqual(['Holidays']);
    connection.decide('FOLLOW', at);
    expect(read()).toEqual(['Work', 'Holidays']);

    const none = { onChange: 'No calendar of this connection takes bookings that could follow' };
    expect(faultsOf(() => connected({ onChange: 'FOLLOW' }))).toEqual(none);
    expect(faultsOf(() => connected().decide('FOLLOW', at))).toEqual(none);
    expect(connected({ write: 'Work', onChange: 'FOLLOW' }).state.onChange).toBe('FOLLOW');
  });

  it('is not looked at sooner for that if it cannot be read', () => {
    const [failing, lost] = [connected({ write: 'Work' }), connected({ write: 'Work' })];
    failing.failed('Too many requests', 600, at);
    lost.accessWasLost('Wrong password', at, staleAfter);
    for (const connection of [failing, lost]) connection.decide('FOLLOW', later(1));
    expect([wait(failing, at), wait(lost, at)]).toEqual([10, DAY]);
  });

  it('reads a calendar that bookings are to follow whole at first, and soon', () => {
    const connection = connected({ write: 'Work' });
    const [{ id }] = connection.state.calendars as [ConnectedCalendar];
    const calendar = () => connection.state.calendars[0]!;
    connection.read(id, 'one', { isWhole: true }, at);
    connection.synced(at, staleAfter);
    expect(connection.cursorOf(calendar(), later(1))).toBe('one');

    connection.decide('FOLLOW', later(1));
    expect(wait(connection, later(1))).toBe(0);
    expect(connection.cursorOf(calendar(), later(1))).toBeNull();
    connection.read(id, 'two', { isWhole: false, isWatched: true }, later(1));
    connection.read(id, 'two', { isWhole: true }, later(1)); // begun before it was decided
    expect(calendar().followedSince).toBeNull();
    connection.read(id, 'three', { isWhole: true, isWatched: true }, later(2));
    expect(calendar().followedSince).toEqual(later(2));
    connection.decide('FOLLOW', later(3));
    expect(connection.cursorOf(calendar(), later(3))).toBe('three');
    connection.decide('NOTHING', later(4));
    expect(calendar().followedSince).toBeNull();
  });
});
