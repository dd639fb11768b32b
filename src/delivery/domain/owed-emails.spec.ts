import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import { owedEmails } from './owed-emails.js';

const booking = aBooking(anEventType('ann', { name: 'Lesson' }), '2026-03-02T10:00:00Z');

describe('The e-mails that an event owes', () => {
  it('are a confirmation to the invitee and each guest, and news to the owner, when a slot was booked', () => {
    expect(owedEmails(booking.events[0]!, 'ann@example.com')).toEqual([
      { type: 'BOOKING_CONFIRMATION', recipient: 'ada@example.com', subject: 'Confirmed: Lesson' },
      { type: 'BOOKING_CONFIRMATION', recipient: 'charles@example.com', subject: 'Confirmed: Lesson' },
      {
        type: 'BOOKING_NOTIFICATION',
        recipient: 'ann@example.com',
        subject: 'New booking: Lesson with Ada Lovelace',
      },
    ]);
  });

  it('tell the same people when it was moved, in one mail each', () => {
    const moved = aBooking(anEventType('ann', { name: 'Lesson' }), '2026-03-02T10:00:00Z');
    moved.reschedule(
      anEventType('ann'),
      Instant.parse('2026-03-03T10:00:00Z'),
      Instant.parse('2026-03-01T00:00:00Z'),
    );
    expect(
      owedEmails(moved.events[1]!, 'ann@example.com').map(({ type, recipient }) => [type, recipient]),
    ).toEqual([
      ['RESCHEDULE_CONFIRMATION', 'ada@example.com'],
      ['RESCHEDULE_CONFIRMATION', 'charles@example.com'],
      ['RESCHEDULE_NOTIFICATION', 'ann@example.com'],
    ]);
  });

  it('tell the same people when it was cancelled', () => {
    booking.cancel(null, 'HOST', Instant.parse('2026-03-01T00:00:00Z'));
    expect(
      owedEmails(booking.events[1]!, 'ann@example.com').map(({ type, recipient }) => [type, recipient]),
    ).toEqual([
      ['CANCELLATION_CONFIRMATION', 'ada@example.com'],
      ['CANCELLATION_CONFIRMATION', 'charles@example.com'],
      ['CANCELLATION_NOTIFICATION', 'ann@example.com'],
    ]);
  });

  it('reach an invitee who also names himself as a guest once', () => {
    const invitee = { ...booking.state.invitee, guests: ['ada@example.com', 'ada@example.com'] };
    const [event] = aBooking(anEventType('ann'), '2026-03-02T10:00:00Z', { invitee }).events;
    expect(owedEmails(event!, 'ann@example.com').map(({ recipient }) => recipient)).toEqual([
      'ada@example.com',
      'ann@example.com',
    ]);
  });

  it('are none for a new contact', () => {
    const event = {
      name: 'contact.created',
      ownerId: 'ann',
      subjectId: 'c',
      occurredAt: Instant.EPOCH,
      data: {},
    };
    expect(owedEmails(event as never, 'ann@example.com')).toEqual([]);
  });
});
