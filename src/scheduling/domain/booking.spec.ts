import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import { Booking } from './booking.js';
import { BookingAlreadyCancelled, BookingAlreadyEnded, NotIntoThePast } from './errors.js';

const start = '2026-03-02T10:00:00Z';
const before = Instant.parse('2026-03-01T00:00:00Z');

describe('A booking', () => {
  it('lasts as long as its event type and blocks the buffers around it', () => {
    const { time, blocked } = aBooking(anEventType('ann', { bufferBefore: 5, bufferAfter: 10 }), start).state;

    expect(String(time.end)).toBe('2026-03-02T10:30:00Z');
    expect(String(blocked.start)).toBe('2026-03-02T09:55:00Z');
    expect(String(blocked.end)).toBe('2026-03-02T10:40:00Z');
  });

  it('keeps name, duration and price as they were agreed', () => {
    const eventType = anEventType('ann', { name: 'Lesson', price: 2_500, currency: 'eur' });

    expect(aBooking(eventType, start).state.eventType).toEqual({
      id: eventType.state.id,
      name: 'Lesson',
      slug: eventType.state.slug,
      durationMinutes: 30,
      price: { amount: 2_500, currency: 'EUR' },
    });
  });

  it('has a meeting link if it takes place at a web address, and none if it takes place in a room', () => {
    const at = (location: string) => aBooking(anEventType('ann', { location }), start).state.meetingLink;

    expect(at('https://meet.example.com/ann')).toBe('https://meet.example.com/ann');
    expect(at('Room 5')).toBeNull();
  });

  it('learns the link of its video meeting once, while it is on, and no event tells of it', () => {
    const link = 'https://meet.example/abc';
    const booking = Booking.of(aBooking(anEventType('ann', { location: 'Google Meet' }), start).state);
    for (const none of ['', 'javascript:alert(1)', 'meet.example/abc']) booking.meetAt(none, before);
    expect(booking.state.meetingLink).toBeNull();
    booking.meetAt(link, before);
    booking.meetAt('https://meet.example/other', before.plusSeconds(1));
    expect(booking.state).toMatchObject({ meetingLink: link, updatedAt: before });
    expect(booking.events).toEqual([]);

    const over = aBooking(anEventType('ann'), start);
    over.meetAt(link, over.state.time.end);
    const cancelled = aBooking(anEventType('ann'), start);
    cancelled.cancel(null, 'HOST', before);
    cancelled.meetAt(link, before);
    expect([over.state.meetingLink, cancelled.state.meetingLink]).toEqual([null, null]);
  });

  it('tells of its making once', () => {
    const booking = aBooking(anEventType('ann'), start);

    expect(booking.status).toBe('CONFIRMED');
    expect(booking.events).toHaveLength(1);
    expect(booking.events[0]).toMatchObject({
      name: 'booking.created',
      ownerId: 'ann',
      subjectId: booking.state.id,
      data: { status: 'CONFIRMED', sequence: 0, startTime: '2026-03-02T10:00:00.000Z' },
    });
  });

  it('can be cancelled until it is over, also while it runs', () => {
    for (const at of ['2026-03-01T00:00:00Z', start, '2026-03-02T10:29:59.999Z']) {
      const booking = Booking.of(aBooking(anEventType('ann'), start).state);
      booking.cancel('Ill', 'HOST', Instant.parse(at));
      expect(booking.status).toBe('CANCELLED');
      expect(booking.events).toMatchObject([
        {
          name: 'booking.cancelled',
          data: { status: 'CANCELLED', cancelReason: 'Ill', cancelledBy: 'HOST' },
        },
      ]);
    }
  });

  it('cannot be cancelled once it is over', () => {
    const booking = aBooking(anEventType('ann'), start);
    expect(() => booking.cancel(null, 'HOST', Instant.parse('2026-03-02T10:30:00Z'))).toThrow(
      BookingAlreadyEnded,
    );
    expect(booking.status).toBe('CONFIRMED');
  });

  it('moves to another time on the present terms and stays the same booking, one move on', () => {
    const eventType = anEventType('ann', { bufferBefore: 5 });
    const booking = aBooking(eventType, start);
    const { id, inviteeToken } = booking.state;
    booking.reschedule(
      eventType.redefine({ durationMinutes: 60 }, before),
      Instant.parse('2026-03-05T12:00:00Z'),
      before,
    );

    expect(booking.state).toMatchObject({ id, inviteeToken, sequence: 1, updatedAt: before });
    expect(String(booking.state.time.end)).toBe('2026-03-05T13:00:00Z');
    expect(String(booking.state.blocked.start)).toBe('2026-03-05T11:55:00Z');
    expect(booking.events.at(-1)).toMatchObject({
      name: 'booking.rescheduled',
      data: {
        sequence: 1,
        eventType: { durationMinutes: 60 },
        startTime: '2026-03-05T12:00:00.000Z',
        previousStartTime: '2026-03-02T10:00:00.000Z',
        previousEndTime: '2026-03-02T10:30:00.000Z',
      },
    });
  });

  it('is moved by its host to any time to come, as long as it was and with its own buffers', () => {
    const booking = aBooking(anEventType('ann', { bufferBefore: 5, bufferAfter: 10 }), start);
    booking.move(Instant.parse('2026-03-05T03:07:00Z'), before);

    const { time, blocked, sequence } = booking.state;
    expect([time, blocked].flatMap((each) => [each.start, each.end]).map(String)).toEqual([
      ...['2026-03-05T03:07:00Z', '2026-03-05T03:37:00Z', '2026-03-05T03:02:00Z', '2026-03-05T03:47:00Z'],
    ]);
    expect(sequence).toBe(1);
    expect(booking.events.at(-1)).toMatchObject({
      name: 'booking.rescheduled',
      data: { startTime: '2026-03-05T03:07:00.000Z', previousStartTime: '2026-03-02T10:00:00.000Z' },
    });
    expect(() => booking.move(before, before)).toThrow(NotIntoThePast);
    expect(booking.state.sequence).toBe(1);
  });

  it('cannot be moved once it is cancelled or over', () => {
    const eventType = anEventType('ann');
    const over = aBooking(eventType, start);
    const to = Instant.parse('2026-03-05T12:00:00Z');
    expect(() => over.reschedule(eventType, to, Instant.parse('2026-03-02T10:30:00Z'))).toThrow(
      BookingAlreadyEnded,
    );
    over.cancel(null, 'HOST', before);
    expect(() => over.reschedule(eventType, to, before)).toThrow(BookingAlreadyCancelled);
    expect(() => over.move(to, before)).toThrow(BookingAlreadyCancelled);
    expect(over.state.sequence).toBe(0);
  });

  it('cannot be cancelled twice, and says so even when it is over', () => {
    const booking = aBooking(anEventType('ann'), start);
    booking.cancel('first', 'HOST', before);

    for (const at of [before, Instant.parse('2027-01-01T00:00:00Z')]) {
      expect(() => booking.cancel('second', 'INVITEE', at)).toThrow(BookingAlreadyCancelled);
    }
    expect(booking.state.cancellation?.reason).toBe('first');
    expect(booking.events).toHaveLength(2);
  });
});
