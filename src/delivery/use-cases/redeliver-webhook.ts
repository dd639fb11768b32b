import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { WebhookDeliveryNotFound, WebhookEndpointDisabled } from '../domain/errors.js';
import type { WebhookDeliveries, WebhookEndpoints } from '../ports.js';

export interface RedeliverWebhookCommand {
  readonly deliveryId: string;
}

/** One delivery again, from the first attempt on, whatever came of it before. */
export class RedeliverWebhook {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly deliveries: WebhookDeliveries,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Throws `WebhookEndpointDisabled`. */
  async execute({ deliveryId }: RedeliverWebhookCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const delivery = await this.deliveries.find(deliveryId);
      const endpoint = delivery && (await this.endpoints.find(delivery.endpointId));
      if (!endpoint) throw new WebhookDeliveryNotFound();
      if (!endpoint.isEnabled) throw new WebhookEndpointDisabled();

      await this.deliveries.owe(delivery.eventId, delivery.endpointId);
    });
  }
}
