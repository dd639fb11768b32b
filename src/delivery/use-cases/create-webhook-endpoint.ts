import type { Clock } from '../../kernel/clock.js';
import { InvalidData } from '../../kernel/domain-error.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { WebhookEndpoint, webhookSecret } from '../domain/webhook-endpoint.js';
import type { WebhookEndpoints, WebhookReceivers } from '../ports.js';

export interface CreateWebhookEndpointCommand {
  readonly ownerId: string;
  readonly url: string;
  readonly events: readonly string[];
  /** Null for events of all event types. */
  readonly eventTypeId: string | null;
}

export interface NewWebhookEndpoint {
  readonly id: string;
  /** Shown now, and not again. */
  readonly secret: string;
}

/** Somewhere an owner wants to be told of events from now on. */
export class CreateWebhookEndpoint {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly receivers: WebhookReceivers,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Throws `InvalidData` for a URL that may not be asked, events there are not, an event type that is not the owner's. */
  async execute(command: CreateWebhookEndpointCommand): Promise<NewWebhookEndpoint> {
    const { ownerId, url, events, eventTypeId } = command;
    return this.unitOfWork.run(async () => {
      const id = this.ids.next();
      const secret = webhookSecret(Buffer.from(this.ids.secret(), 'base64url'));
      const faultOfUrl = this.receivers.faultOf(url);
      const endpoint = WebhookEndpoint.create(
        { url, faultOfUrl, events, eventTypeId },
        { id, ownerId, secret },
        this.clock.now(),
      );
      if (eventTypeId !== null && !(await this.endpoints.hasEventType(ownerId, eventTypeId)))
        throw new InvalidData({ eventTypeId: 'eventTypeId must be one of your event types' });

      await this.endpoints.save(endpoint);
      return { id, secret };
    });
  }
}
