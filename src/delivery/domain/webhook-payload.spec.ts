import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import { sampleEvents, sampleHost } from './sample-events.js';
import { webhookEventNames } from './webhook-endpoint.js';
import { envelopeOf, eventTypeIdOf, payloadOf } from './webhook-payload.js';

// As the contract names them.
const bookingKeys = [
  ...['id', 'status', 'sequence', 'eventType', 'startTime', 'endTime', 'invitee', 'host', 'contactId'],
  ...['location', 'meetingLink', 'notes', 'answers', 'price', 'createdAt', 'updatedAt'],
];
const contactKeys = ['id', 'name', 'email', 'phone', 'company', 'notes', 'source', 'createdAt', 'updatedAt'];
const keysByEvent = {
  'booking.created': bookingKeys,
  'booking.cancelled': [...bookingKeys, 'cancelReason', 'cancelledAt', 'cancelledBy'],
  'booking.rescheduled': [...bookingKeys, 'previousStartTime', 'previousEndTime'],
  'payment.received': ['payment', 'booking'],
  'contact.created': contactKeys,
};
const host = { id: 'ann', name: 'Ann', email: 'ann@example.com', timezone: 'Europe/Berlin', plan: 'PRO' };

describe.each(webhookEventNames)('%s', (name) => {
  const payload = payloadOf(sampleEvents[name], host);

  it('bears exactly the keys of the contract, each with a value', () => {
    expect(Object.keys(payload)).toEqual(keysByEvent[name]);
    expect(Object.values(payload)).not.toContain(undefined);
  });

  it('stands in an envelope of id, event, time and data', () => {
    const event = sampleEvents[name];
    expect(JSON.parse(envelopeOf('evt_1', event, sampleHost))).toEqual({
      id: 'evt_1',
      event: name,
      timestamp: expect.stringMatching(/^2026-02-1\d{1}T\d{2}:\d{2}:00\.000Z$/),
      data: payloadOf(event, sampleHost),
    });
  });
});

describe('The payload', () => {
  it('tells whose booking it is, and no more of that host', () => {
    expect(payloadOf(sampleEvents['booking.created'], host)).toMatchObject({
      host: { id: 'ann', name: 'Ann', email: 'ann@example.com', timezone: 'Europe/Berlin' },
    });
    expect(JSON.stringify(payloadOf(sampleEvents['booking.created'], host))).not.toContain('PRO');
  });

  it('of a payment tells the payment and the whole booking', () => {
    const { payment, booking } = payloadOf(sampleEvents['payment.received'], host) as Record<string, object>;
    expect(Object.keys(payment!)).toEqual(['id', 'provider', 'amount', 'currency', 'paidAt']);
    expect(Object.keys(booking!)).toEqual(bookingKeys);
  });

  it('of a booking moved and cancelled tells what the booking itself recorded', () => {
    const eventType = anEventType('ann');
    const booking = aBooking(eventType, '2026-03-02T10:00:00Z');
    booking.reschedule(
      eventType,
      Instant.parse('2026-03-03T10:00:00Z'),
      Instant.parse('2026-03-01T00:00:00Z'),
    );
    booking.cancel(null, 'HOST', Instant.parse('2026-03-01T01:00:00Z'));
    const [created, moved, cancelled] = booking.events.map((event) => payloadOf(event, host));

    expect(Object.keys(created!)).toEqual(bookingKeys);
    expect(moved).toMatchObject({
      sequence: 1,
      startTime: '2026-03-03T10:00:00.000Z',
      previousStartTime: '2026-03-02T10:00:00.000Z',
      previousEndTime: '2026-03-02T10:30:00.000Z',
    });
    expect(cancelled).toMatchObject({ status: 'CANCELLED', cancelReason: null, cancelledBy: 'HOST' });
    expect(JSON.stringify([created, moved, cancelled])).not.toContain(booking.state.inviteeToken);
  });

  it('is about an event type, unless it is about a contact', () => {
    const typeId = sampleEvents['booking.created'].data.eventType.id;
    expect(webhookEventNames.map((name) => eventTypeIdOf(sampleEvents[name]))).toEqual([
      ...[typeId, typeId, typeId, typeId],
      null,
    ]);
  });
});
