import type { Outbox, OwedEvent } from '../../platform/persistence/outbox.js';
import { OwedEvents } from '../ports.js';

export class OutboxOwedEvents extends OwedEvents {
  constructor(private readonly outbox: Outbox) {
    super();
  }

  take(eventId: string): Promise<OwedEvent | null> {
    return this.outbox.take(eventId);
  }

  settle(eventId: string): Promise<void> {
    return this.outbox.settle(eventId);
  }
}
