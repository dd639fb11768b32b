import type { Instant } from '@js-joda/core';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { WebhookEndpointDisabled, WebhookEndpointNotFound } from '../domain/errors.js';
import type { Recovered, WebhookDeliveries, WebhookEndpoints } from '../ports.js';

export interface RecoverWebhooksCommand {
  readonly endpointId: string;
  /** From when on; what is older than 30 days is no longer known. */
  readonly since: Instant;
}

/** Everything an endpoint has not received since a time, failed or missed while it was disabled, is delivered after all. */
export class RecoverWebhooks {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly deliveries: WebhookDeliveries,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Returns how many events that is. Throws `WebhookEndpointDisabled`. */
  async execute({ endpointId, since }: RecoverWebhooksCommand): Promise<number> {
    let total = 0;
    for (let after: string | null = null; ;) {
      const { count, next } = await this.recoverSome(endpointId, since, after);
      total += count;
      if (next === null) return total;
      after = next;
    }
  }

  private recoverSome(endpointId: string, since: Instant, after: string | null): Promise<Recovered> {
    return this.unitOfWork.run(async () => {
      const endpoint = await this.endpoints.find(endpointId);
      if (!endpoint) throw new WebhookEndpointNotFound();
      if (!endpoint.isEnabled) throw new WebhookEndpointDisabled();

      return this.deliveries.recover(endpoint, since, after);
    });
  }
}
