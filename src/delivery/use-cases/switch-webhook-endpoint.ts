import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { WebhookEndpointNotFound } from '../domain/errors.js';
import { disabledSentence } from '../domain/webhook-endpoint.js';
import type { WebhookDeliveries, WebhookEndpoints } from '../ports.js';

export interface SwitchWebhookEndpointCommand {
  readonly endpointId: string;
  readonly to: 'enabled' | 'disabled';
}

/** An endpoint is told of nothing any more, what is still to be delivered included; or of what happens from now on. */
export class SwitchWebhookEndpoint {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly deliveries: WebhookDeliveries,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ endpointId, to }: SwitchWebhookEndpointCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const endpoint = await this.endpoints.find(endpointId);
      if (!endpoint) throw new WebhookEndpointNotFound();

      if (to === 'enabled') endpoint.enable(this.clock.now());
      else endpoint.disable(this.clock.now());
      await this.endpoints.save(endpoint);
      if (to === 'disabled') await this.deliveries.abandon(endpointId, disabledSentence.OWNER);
    });
  }
}
