import type { Clock } from '../../kernel/clock.js';
import { InvalidData } from '../../kernel/domain-error.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { WebhookEndpointDisabled, WebhookEndpointNotFound } from '../domain/errors.js';
import { sampleEvents, sampleHost } from '../domain/sample-events.js';
import { isWebhookEventName, webhookEventNames } from '../domain/webhook-endpoint.js';
import { envelopeOf, eventTypeIdOf } from '../domain/webhook-payload.js';
import type { PublishedEvents, WebhookDeliveries, WebhookEndpoints } from '../ports.js';

export interface SendTestEventCommand {
  readonly endpointId: string;
  /** Null for the first that the endpoint listens for. */
  readonly eventName: string | null;
}

/** Sends an example of an event to one endpoint, as a real one would be: signed, retried, in its log. It is no part of what happened. */
export class SendTestEvent {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly publishedEvents: PublishedEvents,
    private readonly deliveries: WebhookDeliveries,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Returns the delivery's id. Throws `WebhookEndpointDisabled`, or `InvalidData` for a name that no event bears. */
  async execute({ endpointId, eventName }: SendTestEventCommand): Promise<string> {
    return this.unitOfWork.run(async () => {
      const endpoint = await this.endpoints.find(endpointId);
      if (!endpoint) throw new WebhookEndpointNotFound();
      if (!endpoint.isEnabled) throw new WebhookEndpointDisabled();
      const { ownerId, events } = endpoint.state;
      const name = eventName ?? events[0]!;
      if (!isWebhookEventName(name))
        throw new InvalidData({ event: `event must be one of ${webhookEventNames.join(', ')}` });

      const id = `evt_${this.ids.next()}`;
      const at = this.clock.now();
      const event = { ...sampleEvents[name], occurredAt: at };
      const body = envelopeOf(id, event, sampleHost);
      const eventTypeId = eventTypeIdOf(event);
      await this.publishedEvents.publish([{ id, ownerId, name, eventTypeId, body, isTest: true, at }]);
      return this.deliveries.owe(id, endpointId);
    });
  }
}
