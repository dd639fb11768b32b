import { Conflict, NotFound } from '../../kernel/domain-error.js';

export class WebhookEndpointNotFound extends NotFound {
  constructor() {
    super('Webhook endpoint not found');
  }
}

export class WebhookDeliveryNotFound extends NotFound {
  constructor() {
    super('Webhook delivery not found');
  }
}

/** Nothing is sent to an endpoint that is disabled, on request neither. */
export class WebhookEndpointDisabled extends Conflict {
  constructor() {
    super('The webhook endpoint is disabled, enable it first');
  }
}

export class EventNotOwed extends NotFound {
  constructor() {
    super('There is no such event whose work is still owed');
  }
}

export class EmailNotFound extends NotFound {
  constructor() {
    super('E-mail not found');
  }
}

export class EmailNotFailed extends Conflict {
  constructor() {
    super('This e-mail has not failed: it was sent, or is still to be sent');
  }
}
