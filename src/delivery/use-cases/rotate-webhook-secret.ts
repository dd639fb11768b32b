import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { WebhookEndpointNotFound } from '../domain/errors.js';
import { webhookSecret } from '../domain/webhook-endpoint.js';
import type { WebhookEndpoints } from '../ports.js';

export interface RotateWebhookSecretCommand {
  readonly endpointId: string;
}

/** A new secret for an endpoint. The one before it signs too for 24 hours, so that the receiver can change over. */
export class RotateWebhookSecret {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Returns the new secret, which is shown now and not again. */
  async execute({ endpointId }: RotateWebhookSecretCommand): Promise<string> {
    return this.unitOfWork.run(async () => {
      const endpoint = await this.endpoints.find(endpointId);
      if (!endpoint) throw new WebhookEndpointNotFound();

      const secret = webhookSecret(Buffer.from(this.ids.secret(), 'base64url'));
      endpoint.rotate(secret, this.clock.now());
      await this.endpoints.save(endpoint);
      return secret;
    });
  }
}
