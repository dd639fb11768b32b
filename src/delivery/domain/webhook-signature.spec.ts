import { Duration, Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { webhookSecret } from './webhook-endpoint.js';
import { webhookHeaders } from './webhook-signature.js';

const [old, next, stranger] = [1, 2, 3].map((byte) => webhookSecret(new Uint8Array(32).fill(byte))) as [
  string,
  string,
  string,
];
const webhook = {
  id: 'evt_01980a4e',
  eventName: 'booking.created',
  body: '{"notes":"Zwölf Uhr, 12 o’clock 🕛\\n"}',
};
const now = () => Instant.ofEpochMilli(Date.now());

describe('The headers of a webhook', () => {
  it('are those that Standard Webhooks and the contract name', () => {
    const headers = webhookHeaders(webhook, [old], Instant.parse('2026-02-15T10:00:00.999Z'));
    expect(headers).toEqual({
      'Content-Type': 'application/json',
      'User-Agent': 'LinkTime-Webhook/1.0',
      'X-LinkTime-Event': 'booking.created',
      'webhook-id': 'evt_01980a4e',
      'webhook-timestamp': '1771149600',
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    });
  });

  it('let a receiver who knows the secret verify the body', () => {
    const headers = webhookHeaders(webhook, [old], now());
    expect(new Webhook(old).verify(webhook.body, headers)).toEqual(JSON.parse(webhook.body));
    expect(() => new Webhook(stranger).verify(webhook.body, headers)).toThrow('No matching signature');
    expect(() => new Webhook(old).verify(webhook.body.replace('12', '13'), headers)).toThrow(
      'No matching signature',
    );
    expect(() => new Webhook(old).verify(webhook.body, { ...headers, 'webhook-id': 'evt_2' })).toThrow(
      'No matching signature',
    );
  });

  it('satisfy a receiver who knows either secret while it rotates', () => {
    const headers = webhookHeaders(webhook, [next, old], now());
    for (const secret of [old, next]) {
      expect(new Webhook(secret).verify(webhook.body, headers)).toEqual(JSON.parse(webhook.body));
    }
    expect(() => new Webhook(stranger).verify(webhook.body, headers)).toThrow('No matching signature');
  });

  it('are of no use to one who sends them again later', () => {
    const headers = webhookHeaders(webhook, [old], now().minus(Duration.ofMinutes(6)));
    expect(() => new Webhook(old).verify(webhook.body, headers)).toThrow('too old');
  });
});
