import { createHmac } from 'node:crypto';
import type { Instant } from '@js-joda/core';

const PREFIX = 'whsec_';

export interface SignedWebhook {
  /** The event's id, the same over retries. */
  readonly id: string;
  readonly eventName: string;
  /** To the byte what is sent. */
  readonly body: string;
}

/**
 * The headers of one attempt (Standard Webhooks, "Webhook headers"): its time in whole seconds, and a signature for each secret,
 * with a space between two.
 */
export function webhookHeaders(
  { id, eventName, body }: SignedWebhook,
  secrets: readonly string[],
  at: Instant,
): Record<string, string> {
  const timestamp = String(at.epochSecond());
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'LinkTime-Webhook/1.0',
    'X-LinkTime-Event': eventName,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets
      .map((secret) => `v1,${signature(secret, `${id}.${timestamp}.${body}`)}`)
      .join(' '),
  };
}

function signature(secret: string, content: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return createHmac('sha256', key).update(content).digest('base64');
}
