import type { SafeRequests } from '../../platform/outgoing/safe-requests.js';
import { WebhookReceivers, type ReceiverAnswer } from '../ports.js';

const TIMEOUT_MS = 15_000;

/** Receivers on the internet, and on this machine and beside it where that is allowed. */
export class SafeWebhookReceivers extends WebhookReceivers {
  constructor(private readonly requests: SafeRequests) {
    super();
  }

  faultOf(url: string): string | null {
    return this.requests.faultOf(url);
  }

  async post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<ReceiverAnswer> {
    const outcome = await this.requests.post(url, { headers, body, timeoutMs: TIMEOUT_MS });
    if (outcome.kind === 'failed') return { kind: 'failed', reason: outcome.reason, tookMs: outcome.tookMs };
    const { status, body: answer, tookMs } = outcome;
    return {
      kind: 'answered',
      status,
      retryAfter: outcome.headers['retry-after'] ?? null,
      body: answer,
      tookMs,
    };
  }
}
