import { Duration, Instant } from '@js-joda/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { InMemoryOwnersChanges } from '../../../test/fakes/in-memory-owners-changes.js';
import { InMemorySchedule } from '../../../test/fakes/in-memory-schedule.js';
import { InMemoryUnitOfWork } from '../../../test/fakes/in-memory-unit-of-work.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import type { Booking } from '../../scheduling/domain/booking.js';
import type { EventType } from '../../scheduling/domain/event-type.js';
import { CancelBooking } from '../../scheduling/use-cases/cancel-booking.js';
import { LookUpBooking } from '../../scheduling/use-cases/look-up-booking.js';
import { MoveBooking } from '../../scheduling/use-cases/move-booking.js';
import { SchedulingHostedMeetings } from '../adapters/scheduling-hosted-meetings.js';
import type { OwnersChange } from '../domain/owners-change.js';
import { FollowCalendar } from './follow-calendar.js';

const movedTo = (start: string): OwnersChange => ({ kind: 'MOVED', start: Instant.parse(start) });

describe('A booking whose event its owner changed in the calendar', () => {
  let clock: FixedClock;
  let schedule: InMemorySchedule;
  let changes: InMemoryOwnersChanges;
  let follow: FollowCalendar;
  let eventType: EventType;
  let booking: Booking;
  beforeEach(async () => {
    clock = new FixedClock(Instant.parse('2026-03-01T09:00:00Z'));
    schedule = new InMemorySchedule();
    changes = new InMemoryOwnersChanges(clock);
    const unitOfWork = new InMemoryUnitOfWork(schedule, changes);
    const meetings = new SchedulingHostedMeetings(
      new LookUpBooking(schedule.bookings, unitOfWork),
      new MoveBooking(schedule.agendas, schedule.bookings, unitOfWork, clock),
      new CancelBooking(schedule.bookings, unitOfWork, clock),
    );
    follow = new FollowCalendar(changes, meetings, unitOfWork, clock);
    eventType = anEventType('ann');
    await schedule.eventTypes.save(eventType);
    booking = aBooking(eventType, '2026-03-04T10:00:00Z');
    schedule.bookings.save(booking);
  });

  const noticed = async (change: OwnersChange, { isFollowed = true, mirroringId = 'm' } = {}) => {
    const { id, ownerId, time } = booking.state;
    changes.show({ mirroringId, booking: { id, ownerId }, calendarId: 'k', time, owed: change, isFollowed });
    await follow.execute({ mirroringId });
    await follow.execute({ mirroringId }); // a ring may come twice
    return changes.get(mirroringId);
  };
  const now = () => schedule.allBookings.find(({ id }) => id === booking.state.id)!;
  const told = () => schedule.events.map(({ name }) => name).slice(1);

  it('moves with it, once', async () => {
    expect(await noticed(movedTo('2026-03-05T03:07:00Z'))).toMatchObject({ owed: null, refusal: null });
    expect(String(now().time.start)).toBe('2026-03-05T03:07:00Z');
    expect(told()).toEqual(['booking.rescheduled']);
  });

  it('is called off with it, once', async () => {
    await noticed({ kind: 'DELETED' });
    expect(now().cancellation).toMatchObject({
      ...{ by: 'HOST', reason: 'The host removed the meeting from the calendar' },
    });
    expect(told()).toEqual(['booking.cancelled']);
  });

  it('stays where it was if the time is taken: its event is put back, and its owner told why', async () => {
    schedule.bookings.save(aBooking(eventType, '2026-03-05T10:00:00Z'));
    expect(await noticed(movedTo('2026-03-05T10:15:00Z'))).toMatchObject({
      ...{ owed: null, isPutBack: true },
      refusal:
        'The event was moved to 2026-03-05T10:15:00.000Z in the calendar, but this time slot is no longer available: it was put back',
    });
    expect(now()).toMatchObject({ sequence: 0 });
  });

  it('stays where it was if the time has passed, or passes just then', async () => {
    expect(await noticed(movedTo('2026-03-01T08:00:00Z'))).toMatchObject({
      ...{ isPutBack: true, refusal: expect.stringMatching('that time has passed') },
    });
    const instants = [0, 60, 60].map((seconds) => clock.now().plusSeconds(seconds));
    const soon = clock.now().plusSeconds(30);
    clock.now = () => instants.shift() ?? soon.plusSeconds(30);
    expect(await noticed({ kind: 'MOVED', start: soon })).toMatchObject({
      ...{ isPutBack: true, refusal: expect.stringMatching('that time has passed') },
    });
    expect(now()).toMatchObject({ sequence: 0 });
  });

  it('follows one of two calendars that disagree', async () => {
    await noticed(movedTo('2026-03-05T10:00:00Z'));
    expect(await noticed(movedTo('2026-03-06T10:00:00Z'), { mirroringId: 'n' })).toMatchObject({
      ...{ owed: null, isPutBack: false, refusal: null }, // it follows the booking by its event
    });
    expect(String(now().time.start)).toBe('2026-03-05T10:00:00Z');
  });

  it('goes where its invitee moved it at the same moment', async () => {
    const moved = await schedule.bookings.find(booking.state.id, 'ann');
    moved!.reschedule(eventType, Instant.parse('2026-03-07T10:00:00Z'), clock.now());
    schedule.bookings.save(moved!);
    for (const change of [movedTo('2026-03-05T10:00:00Z'), { kind: 'DELETED' } as const])
      expect(await noticed(change)).toMatchObject({ owed: null, refusal: null });
    expect(now()).toMatchObject({ sequence: 1, cancellation: null });
  });

  it('stays as it is where its owner no longer wants bookings to follow, or when it has begun', async () => {
    await noticed({ kind: 'DELETED' }, { isFollowed: false });
    clock.advance(Duration.between(clock.now(), Instant.parse('2026-03-04T10:10:00Z')));
    await noticed({ kind: 'DELETED' });
    expect(told()).toEqual([]);
  });

  it('stays, and so does the calendar, where that may have been emptied', async () => {
    expect(await noticed({ kind: 'VANISHED' })).toMatchObject({
      ...{ owed: null, isPutBack: false, refusal: expect.stringMatching('the booking stays$') },
    });
    expect(told()).toEqual([]);
  });

  it('is nobody’s business if it is unknown', async () => {
    await follow.execute({ mirroringId: 'nonsense' });
    expect(told()).toEqual([]);
  });
});
