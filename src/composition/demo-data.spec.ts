import { describe, expect, it } from '@jest/globals';
import { Duration, Instant, ZoneId } from '@js-joda/core';
import { answersTo } from '../scheduling/domain/questions.js';
import { EventType } from '../scheduling/domain/event-type.js';
import { judge, type Occupancy } from '../scheduling/domain/slots.js';
import { demoBookings, demoEventTypes, demoZone, startOf } from './demo-data.js';

const offers = new Map(
  demoEventTypes.map((definition) => {
    const made = { id: '1', ownerId: '2', position: 0, defaultZone: demoZone, at: Instant.EPOCH };
    return [definition.slug, EventType.define(definition, made)] as const;
  }),
);

describe('the demo', () => {
  it('begins with the intro call, on offer on working days', () => {
    const [first] = demoEventTypes;

    expect(first).toMatchObject({ slug: 'intro-call', durationMinutes: 30 });
    expect(offers.get('intro-call')!.state).toMatchObject({ isActive: true, minimumNoticeMinutes: 0 });
  });

  it('answers the questions that must be answered', () => {
    for (const { slug, answers } of demoBookings) {
      expect(() => answersTo(offers.get(slug)!.state.questions, answers)).not.toThrow();
    }
  });

  it('books what is on offer, on whichever hour of the year it is made', () => {
    const start = Instant.parse('2026-01-01T00:30:00Z');
    for (let hour = 0; hour < 366 * 24; hour += 5) {
      expect(refusedAt(start.plus(Duration.ofHours(hour)))).toEqual([]);
    }
  });

  it("keeps to the owner's office hours when clocks change", () => {
    const [booking] = demoBookings;
    const beforeTheChange = Instant.parse('2026-03-27T12:00:00Z');

    const start = startOf(booking!, beforeTheChange).atZone(ZoneId.of('Europe/Berlin'));

    expect(start.toLocalDateTime().toString()).toBe('2026-03-30T10:00');
  });
});

/** The bookings that could not be made at that time, one after the other. */
function refusedAt(now: Instant): string[] {
  const blocked: { start: number; end: number }[] = [];
  return demoBookings.flatMap((booking) => {
    const { rules } = offers.get(booking.slug)!;
    const start = startOf(booking, now).toEpochMilli();
    const occupancy: Occupancy = { blocked: [...blocked], starts: [] };
    if (judge(rules, occupancy, start, now.toEpochMilli()) !== 'free') {
      return [`${booking.slug} at ${booking.time} made at ${now}`];
    }
    const minute = 60_000;
    blocked.push({
      start: start - rules.bufferBefore * minute,
      end: start + (rules.durationMinutes + rules.bufferAfter) * minute,
    });
    return [];
  });
}
