import { Duration, Instant } from '@js-joda/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { InMemoryConnections, RememberedNotices } from '../../../test/fakes/in-memory-calendars.js';
import { InMemoryMirroredBookings } from '../../../test/fakes/in-memory-mirrored-bookings.js';
import { InMemoryOwnerCalendar, OneOwnerCalendar } from '../../../test/fakes/in-memory-owner-calendar.js';
import { InMemoryUnitOfWork } from '../../../test/fakes/in-memory-unit-of-work.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import type { Booking } from '../../scheduling/domain/booking.js';
import { CalendarConnection } from '../domain/connection.js';
import { CalendarAccessLost, CalendarConnectionNotFound, CalendarUnavailable } from '../domain/errors.js';
import { BookedMeetings } from '../ports.js';
import { FollowBooking } from './follow-booking.js';
import { MirrorBooking } from './mirror-booking.js';
import { RetryMirroring } from './retry-mirroring.js';

const now = Instant.parse('2026-03-01T09:00:00Z');

class RememberedMeetings extends BookedMeetings {
  readonly told: { bookingId: string; ownerId: string; link: string }[] = [];

  async meetAt(bookingId: string, ownerId: string, link: string): Promise<boolean> {
    this.told.push({ bookingId, ownerId, link });
    return this.told.length === 1;
  }
}

describe('A booking in the calendar that its owner chose for bookings', () => {
  let clock: FixedClock;
  let provider: InMemoryOwnerCalendar;
  let mirrored: InMemoryMirroredBookings;
  let meetings: RememberedMeetings;
  let notices: RememberedNotices;
  let follow: FollowBooking;
  let mirror: MirrorBooking;
  let retry: RetryMirroring;
  let told: number;
  let booking: Booking;
  beforeEach(async () => {
    clock = new FixedClock(now);
    provider = new InMemoryOwnerCalendar([{ id: '/work/', name: 'Work', writable: true, primary: true }]);
    mirrored = new InMemoryMirroredBookings(clock);
    meetings = new RememberedMeetings();
    notices = new RememberedNotices();
    const connections = new InMemoryConnections(clock);
    const unitOfWork = new InMemoryUnitOfWork(mirrored, connections);
    const connection = CalendarConnection.connect(
      { id: 'c', ownerId: 'ann', provider: 'CALDAV', account: 'ann' },
      await provider.calendars({ credentials: { password: 'secret' } } as never),
      { read: null, write: 'Work' },
      () => 'k',
      now,
    );
    await connections.add(connection, { password: 'secret' });
    mirrored.written.push({
      ...{ ownerId: 'ann', connectionId: 'c', provider: 'CALDAV', calendarId: '/work/' },
    });
    follow = new FollowBooking(mirrored, unitOfWork, clock);
    const calendars = new OneOwnerCalendar(provider);
    mirror = new MirrorBooking(mirrored, connections, calendars, meetings, notices, unitOfWork, clock);
    retry = new RetryMirroring(connections, mirrored, unitOfWork);
    told = 0;
    booking = aBooking(anEventType('ann'), '2026-03-02T10:00:00Z');
  });

  /** Lets what happened to the booking since the last time be followed. */
  const happened = async () => {
    for (const event of booking.events.slice(told)) await follow.execute(event);
    told = booking.events.length;
  };
  const work = (after = Duration.ZERO) => {
    clock.advance(after);
    return mirror.execute({ mirroringId: mirrored.all[0]!.id });
  };
  const shown = () => [...provider.placed.values()].map(({ time }) => time.start.toString());
  const reschedule = (start: string) =>
    booking.reschedule(anEventType('ann'), Instant.parse(start), clock.now());

  it('stands there once it is made, moves with it, and goes with it', async () => {
    await happened();
    expect(await work()).toMatchObject({ kind: 'mirror', outcome: 'succeeded' });
    expect(shown()).toEqual(['2026-03-02T10:00:00Z']);

    reschedule('2026-03-03T15:00:00Z');
    await happened();
    await work();
    expect(shown()).toEqual(['2026-03-03T15:00:00Z']);
    expect(mirrored.all).toMatchObject([{ state: 'MIRRORED', dueAt: null }]);

    booking.cancel(null, 'HOST', clock.now());
    await happened();
    await work();
    expect(shown()).toEqual([]);
    expect(mirrored.all).toMatchObject([{ state: 'MIRRORED', placed: null }]);
  });

  it('stands in no calendar that was not chosen when it was made, and none after the meeting', async () => {
    const [calendar] = mirrored.written.splice(0);
    await happened();
    mirrored.written.push(calendar!);
    reschedule('2026-03-03T15:00:00Z');
    await happened();
    expect(mirrored.all).toEqual([]);

    clock.advance(Duration.ofDays(30));
    await follow.execute(booking.events[0]!);
    expect(mirrored.all).toEqual([]);
  });

  it('is tried again when the calendar is away, later each time, and then shows what it is by then', async () => {
    provider.fault = new CalendarUnavailable('The server answered 503');
    await happened();
    expect(await work()).toMatchObject({ outcome: 'retry' });
    expect(mirrored.all).toMatchObject([{ state: 'PENDING', lastError: 'The server answered 503' }]);
    expect(await work(Duration.ofSeconds(4))).toBeNull();
    expect(await work(Duration.ofSeconds(1))).not.toBeNull();
    expect(await work(Duration.ofSeconds(14))).toBeNull();

    provider.fault = null;
    reschedule('2026-03-03T15:00:00Z');
    await happened();
    await work();
    expect(shown()).toEqual(['2026-03-03T15:00:00Z']);
    expect(mirrored.all).toMatchObject([{ state: 'MIRRORED', lastError: null, attempts: 0 }]);
  });

  it('has failed, and says why, when the calendar refuses it, until somebody has it tried again', async () => {
    provider.fault = new CalendarAccessLost('The server does not accept the user name and password');
    await happened();
    await work();
    expect(mirrored.all).toMatchObject([{ state: 'FAILED', lastError: provider.fault.message }]);

    provider.fault = null;
    expect(await work(Duration.ofMinutes(14))).toBeNull();
    expect(await retry.execute({ connectionId: 'c' })).toBe(1);
    await work();
    expect(shown()).toHaveLength(1);
    expect(await retry.execute({ connectionId: 'c' })).toBe(0);
    await expect(retry.execute({ connectionId: 'unknown' })).rejects.toThrow(CalendarConnectionNotFound);
  });

  it('is given up once the meeting is over, for the last reason there was', async () => {
    provider.fault = new CalendarUnavailable('Away');
    await happened();
    await work();
    provider.fault = null;
    expect(await work(Duration.ofDays(3))).toMatchObject({ outcome: 'failed' });
    expect(mirrored.all).toMatchObject([{ state: 'FAILED', lastError: 'Away', dueAt: null }]);
    expect(shown()).toEqual([]);
  });

  it('stands there once when the first attempt died between the calendar and the record', async () => {
    await happened();
    provider.afterPut = () => Promise.reject(new Error('killed'));
    await expect(work()).rejects.toThrow('killed');
    expect(await work()).toBeNull(); // still claimed
    mirrored.forgetClaim(mirrored.all[0]!.id);
    provider.afterPut = async () => undefined;
    await work();

    expect(provider.puts).toBe(1);
    expect(shown()).toEqual(['2026-03-02T10:00:00Z']);
    expect(mirrored.all).toMatchObject([{ state: 'MIRRORED' }]);
  });

  it('goes when it is cancelled, also if nobody recorded that it was put', async () => {
    await happened();
    provider.afterPut = () => Promise.reject(new Error('killed'));
    await expect(work()).rejects.toThrow('killed');
    expect(shown()).toHaveLength(1);
    mirrored.forgetClaim(mirrored.all[0]!.id);
    provider.afterPut = async () => undefined;
    booking.cancel(null, 'HOST', clock.now());
    await happened();
    await work();

    expect(shown()).toEqual([]);
  });

  it('is never put if it was cancelled before', async () => {
    await happened();
    booking.cancel(null, 'HOST', clock.now());
    await happened();
    provider.fault = new CalendarUnavailable('Nobody need be asked');
    await work();

    expect(mirrored.all).toMatchObject([{ state: 'MIRRORED', placed: null }]);
  });

  it('follows what happens while it is being put, in a second attempt', async () => {
    await happened();
    provider.afterPut = async () => {
      provider.afterPut = async () => undefined;
      booking.cancel(null, 'HOST', clock.now());
      await happened();
      expect(await work()).toBeNull(); // two never overlap
    };
    await work();
    expect(mirrored.all).toMatchObject([{ state: 'PENDING', dueAt: now }]);
    expect(shown()).toHaveLength(1);
    await work();
    expect(shown()).toEqual([]);
  });

  describe('whose provider makes video meetings', () => {
    beforeEach(() => {
      const [calendar] = mirrored.written.splice(0);
      mirrored.written.push({ ...calendar!, provider: 'GOOGLE' });
      booking = aBooking(anEventType('ann', { location: 'Google Meet' }), '2026-03-02T10:00:00Z');
    });
    const follows = (index: number) => follow.execute(booking.events[index]!);

    it('gives the booking the link of its meeting, and has its mails told of it once', async () => {
      await happened();
      await work();
      expect(meetings.told).toEqual([{ bookingId: booking.state.id, ownerId: 'ann', link: provider.link }]);
      expect(notices.links).toEqual([{ bookingId: booking.state.id, link: provider.link }]);

      reschedule('2026-03-03T15:00:00Z');
      await happened();
      await work();
      expect(notices.links).toHaveLength(1);
    });

    it('is waited for until it has made the meeting, and not once it is called off', async () => {
      reschedule('2026-03-03T15:00:00Z');
      expect(await follows(0)).toBe(true);
      expect(await follows(0)).toBe(true); // asked again
      await work();
      expect(await follows(1)).toBe(false); // of before the meeting was made, and followed after

      const another = aBooking(anEventType('ann', { location: 'Google Meet' }), '2026-03-04T10:00:00Z');
      another.cancel(null, 'HOST', now);
      expect(await follow.execute(another.events[0]!)).toBe(true);
      expect(await follow.execute(another.events[1]!)).toBe(false);
    });

    it('is not waited for where it makes none: another place, no calendar for bookings, a meeting that is over', async () => {
      const elsewhere = aBooking(anEventType('ann', { location: 'Microsoft Teams' }), '2026-03-04T10:00:00Z');
      expect(await follow.execute(elsewhere.events[0]!)).toBe(false);

      const [calendar] = mirrored.written.splice(0);
      expect(await follows(0)).toBe(false);
      mirrored.written.push(calendar!);
      clock.advance(Duration.ofDays(30));
      expect(await follows(0)).toBe(false);
    });
  });
});
