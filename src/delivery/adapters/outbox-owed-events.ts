import type { OwedEvent } from '../../kernel/domain-event.js';
import type { Outbox } from '../../platform/persistence/outbox.js';
import { OwedEvents } from '../ports.js';

export class OutboxOwedEvents extends OwedEvents {
  constructor(private readonly outbox: Outbox) {
    super();
  }

  take(eventId: string, limit: number, withLater: boolean): Promise<OwedEvent[]> {
    return this.outbox.take(eventId, limit, withLater);
  }

  settle(eventIds: readonly string[]): Promise<void> {
    return this.outbox.settle(eventIds);
  }
}
