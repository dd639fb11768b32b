import { Instant, LocalDate, ZoneId } from '@js-joda/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { InMemorySchedule } from '../../../test/fakes/in-memory-schedule.js';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import { InvalidData } from '../../kernel/domain-error.js';
import { EventTypeNotFound } from '../domain/errors.js';
import { holdSlot } from '../domain/hold.js';
import { ExplainSlots } from './explain-slots.js';
import { ListSlots } from './list-slots.js';

const now = Instant.parse('2026-02-16T08:00:00Z');
const today = LocalDate.parse('2026-02-16');
const offer = anEventType('ann', { slug: 'intro', durationMinutes: 360, bufferAfter: 60 });
const asked = { ownerId: 'ann', slug: 'intro', timezone: ZoneId.of('UTC'), startDate: today, endDate: today };

describe('Explaining slots', () => {
  let schedule: InMemorySchedule;
  let explainSlots: ExplainSlots;
  beforeEach(async () => {
    schedule = new InMemorySchedule();
    explainSlots = new ExplainSlots(schedule.agendas, new FixedClock(now));
    await schedule.eventTypes.save(offer);
  });

  it('offers what is offered without it, and tells why all else is not', async () => {
    const booking = aBooking(offer, '2026-02-16T18:00:00Z');
    schedule.bookings.save(booking);

    const { starts, unavailable } = await explainSlots.execute(asked);
    const listed = await new ListSlots(schedule.agendas, new FixedClock(now)).execute(asked);
    expect(starts).toEqual(listed.starts);
    expect(unavailable).toEqual([
      { start: Date.parse('2026-02-16T00:00Z'), reason: 'notice', bookingId: null },
      { start: Date.parse('2026-02-16T06:00Z'), reason: 'notice', bookingId: null },
      { start: Date.parse('2026-02-16T12:00Z'), reason: 'buffer', bookingId: booking.state.id },
      { start: Date.parse('2026-02-16T18:00Z'), reason: 'booking', bookingId: booking.state.id },
    ]);
  });

  it('tells a hold until it expires', async () => {
    const start = Instant.parse('2026-02-16T12:00:00Z');
    await schedule.holds.save(holdSlot(offer, start, { id: 'hold', token: 'token' }, now));
    const atNoon = async () =>
      (await explainSlots.execute(asked)).unavailable.find((each) => each.start === start.toEpochMilli());

    expect(await atNoon()).toMatchObject({ reason: 'hold', bookingId: null });
    explainSlots = new ExplainSlots(schedule.agendas, new FixedClock(now.plusSeconds(600)));
    expect(await atNoon()).toBeUndefined();
  });

  it('refuses what cannot be listed either', async () => {
    await expect(explainSlots.execute({ ...asked, slug: 'unknown' })).rejects.toThrow(EventTypeNotFound);
    await expect(explainSlots.execute({ ...asked, endDate: today.minusDays(1) })).rejects.toThrow(
      InvalidData,
    );
    await expect(explainSlots.execute({ ...asked, endDate: today.plusDays(63) })).rejects.toThrow(
      InvalidData,
    );
  });
});
