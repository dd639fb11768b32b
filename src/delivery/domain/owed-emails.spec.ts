import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import type { DomainEvent } from '../../kernel/domain-event.js';
import { owedEmails } from './owed-emails.js';

const ann = { name: 'Ann Host', email: 'ann@example.com' };
const booked = () => aBooking(anEventType('ann', { name: 'Lesson' }), '2026-03-02T10:00:00Z');

const typesAndRoles = (event: DomainEvent) =>
  owedEmails(event, ann).map(({ type, role, recipient }) => [type, role, recipient]);

describe('The e-mails that an event owes', () => {
  it('are a confirmation to the invitee and each guest, and news to the owner, when a slot was booked', () => {
    const subject = 'Confirmed: Lesson with Ann Host';
    expect(owedEmails(booked().events[0]!, ann)).toEqual([
      { type: 'BOOKING_CONFIRMATION', role: 'invitee', recipient: 'ada@example.com', subject },
      { type: 'BOOKING_CONFIRMATION', role: 'guest', recipient: 'charles@example.com', subject },
      {
        type: 'BOOKING_NOTIFICATION',
        role: 'owner',
        recipient: 'ann@example.com',
        subject: 'New booking: Lesson with Ada Lovelace',
      },
    ]);
  });

  it('tell the same people when it was moved, in one mail each', () => {
    const moved = booked();
    moved.reschedule(
      anEventType('ann'),
      Instant.parse('2026-03-03T10:00:00Z'),
      Instant.parse('2026-03-01T00:00:00Z'),
    );
    expect(typesAndRoles(moved.events[1]!)).toEqual([
      ['RESCHEDULE_CONFIRMATION', 'invitee', 'ada@example.com'],
      ['RESCHEDULE_CONFIRMATION', 'guest', 'charles@example.com'],
      ['RESCHEDULE_NOTIFICATION', 'owner', 'ann@example.com'],
    ]);
  });

  it('tell the same people when it was cancelled', () => {
    const cancelled = booked();
    cancelled.cancel(null, 'HOST', Instant.parse('2026-03-01T00:00:00Z'));
    expect(typesAndRoles(cancelled.events[1]!)).toEqual([
      ['CANCELLATION_CONFIRMATION', 'invitee', 'ada@example.com'],
      ['CANCELLATION_CONFIRMATION', 'guest', 'charles@example.com'],
      ['CANCELLATION_NOTIFICATION', 'owner', 'ann@example.com'],
    ]);
  });

  it('reach an invitee who also names himself as a guest once', () => {
    const invitee = { ...booked().state.invitee, guests: ['ada@example.com', 'ada@example.com'] };
    const [event] = aBooking(anEventType('ann'), '2026-03-02T10:00:00Z', { invitee }).events;
    expect(typesAndRoles(event!)).toEqual([
      ['BOOKING_CONFIRMATION', 'invitee', 'ada@example.com'],
      ['BOOKING_NOTIFICATION', 'owner', 'ann@example.com'],
    ]);
  });

  it('have subjects of one line, whatever people call themselves', () => {
    const invitee = { ...booked().state.invitee, name: 'Ada\r\nBcc: all@example.com\u2028\u0007' };
    const [event] = aBooking(anEventType('ann', { name: 'Lesson' }), '2026-03-02T10:00:00Z', {
      invitee,
    }).events;
    expect(owedEmails(event!, ann).at(-1)!.subject).toBe('New booking: Lesson with Ada Bcc: all@example.com');
  });

  it.each(['contact.created', 'payment.received'])('are none for %s', (name) => {
    const event = { name, ownerId: 'ann', subjectId: 'c', occurredAt: Instant.EPOCH, data: {} };
    expect(owedEmails(event as never, ann)).toEqual([]);
  });
});
