import { Duration, Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { InvalidData } from '../../kernel/domain-error.js';
import { WebhookEndpoint, webhookSecret, type GivenWebhookEndpoint } from './webhook-endpoint.js';

const start = Instant.parse('2026-02-10T12:00:00Z');
const hours = (count: number) => start.plus(Duration.ofHours(count));
const days = (count: number) => start.plus(Duration.ofDays(count));
const [first, second, third] = [1, 2, 3].map((byte) => webhookSecret(new Uint8Array(32).fill(byte))) as [
  string,
  string,
  string,
];

function anEndpoint(given: Partial<GivenWebhookEndpoint> = {}): WebhookEndpoint {
  return WebhookEndpoint.create(
    {
      url: 'https://hooks.example.com/linktime',
      faultOfUrl: null,
      events: ['booking.created', 'contact.created'],
      eventTypeId: null,
      ...given,
    },
    { id: 'endpoint', ownerId: 'ann', secret: first },
    start,
  );
}

function faultsOf(given: Partial<GivenWebhookEndpoint>): unknown {
  try {
    return anEndpoint(given);
  } catch (error) {
    return (error as InvalidData).details;
  }
}

describe('A webhook endpoint', () => {
  it('begins enabled, without a failure, signing with one secret', () => {
    const endpoint = anEndpoint();
    expect(endpoint.state).toMatchObject({ disabled: null, failingSince: null, createdAt: start });
    expect(endpoint.isEnabled).toBe(true);
    expect(endpoint.secretsAt(start)).toEqual([first]);
  });

  it('listens for at least one of the five events, each named once', () => {
    expect(faultsOf({ events: [] })).toEqual({ events: 'events must name at least one event' });
    expect(faultsOf({ events: ['booking.created', 'booking.moved'] })).toEqual({
      events:
        'events must be among booking.created, booking.cancelled, booking.rescheduled, payment.received, contact.created',
    });
    expect(faultsOf({ events: ['contact.created', 'contact.created'] })).toEqual({
      events: 'events must name each event once',
    });
  });

  it('tells every fault at once', () => {
    expect(faultsOf({ faultOfUrl: 'Only https URLs can be used', events: [] })).toEqual({
      url: 'Only https URLs can be used',
      events: 'events must name at least one event',
    });
  });

  it('has a secret of 24 to 64 random bytes', () => {
    expect(webhookSecret(new Uint8Array(24))).toBe(`whsec_${'A'.repeat(32)}`);
    expect(() => webhookSecret(new Uint8Array(23))).toThrow(RangeError);
    expect(() => webhookSecret(new Uint8Array(65))).toThrow(RangeError);
  });

  it('signs with the old secret too for exactly 24 hours after a rotation', () => {
    const endpoint = anEndpoint();
    endpoint.rotate(second, start);
    expect(endpoint.secretsAt(start)).toEqual([second, first]);
    expect(endpoint.secretsAt(hours(24).minusMillis(1))).toEqual([second, first]);
    expect(endpoint.secretsAt(hours(24))).toEqual([second]);
  });

  it('forgets the oldest secret at once when it is rotated again', () => {
    const endpoint = anEndpoint();
    endpoint.rotate(second, start);
    endpoint.rotate(third, hours(1));
    expect(endpoint.secretsAt(hours(1))).toEqual([third, second]);
    expect(endpoint.secretsAt(hours(25))).toEqual([third]);
  });
});

describe('An endpoint that fails', () => {
  it('is disabled by the first failure five days after the one with which it began', () => {
    const endpoint = anEndpoint();
    endpoint.failed(start);
    endpoint.failed(days(3));
    endpoint.failed(days(5).minusMillis(1));
    expect(endpoint.isEnabled).toBe(true);
    expect(endpoint.state.failingSince).toEqual(start);

    endpoint.failed(days(5));
    expect(endpoint.state.disabled).toEqual({ at: days(5), reason: 'FAILING' });
  });

  it('has five days again after each success', () => {
    const endpoint = anEndpoint();
    endpoint.failed(start);
    endpoint.received();
    expect(endpoint.state.failingSince).toBeNull();
    endpoint.failed(days(4));
    endpoint.failed(days(8));
    expect(endpoint.isEnabled).toBe(true);
    endpoint.failed(days(9));
    expect(endpoint.state.disabled).toEqual({ at: days(9), reason: 'FAILING' });
  });

  it('has five days again after it was enabled', () => {
    const endpoint = anEndpoint();
    endpoint.failed(start);
    endpoint.failed(days(5));
    endpoint.enable(days(6));
    expect(endpoint.state).toMatchObject({ disabled: null, failingSince: null, updatedAt: days(6) });
    endpoint.failed(days(7));
    expect(endpoint.isEnabled).toBe(true);
  });
});

describe('An endpoint that is disabled', () => {
  it('by its receiver is so at once', () => {
    const endpoint = anEndpoint();
    endpoint.gone(hours(1));
    expect(endpoint.state.disabled).toEqual({ at: hours(1), reason: 'GONE' });
  });

  it('stays so for its first reason, until its owner enables it', () => {
    const endpoint = anEndpoint();
    endpoint.disable(hours(1));
    endpoint.disable(hours(2));
    endpoint.gone(hours(3));
    endpoint.failed(days(1));
    endpoint.failed(days(9));
    expect(endpoint.state.disabled).toEqual({ at: hours(1), reason: 'OWNER' });
    endpoint.enable(days(10));
    expect(endpoint.isEnabled).toBe(true);
  });
});
