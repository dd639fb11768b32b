import { formatInstant } from '../../kernel/instant-text.js';
import type { Session } from '../../platform/persistence/session.js';
import { PublishedEvents, type PublishedEvent } from '../ports.js';

export class PostgresPublishedEvents extends PublishedEvents {
  constructor(private readonly session: Session) {
    super();
  }

  async publish({ id, ownerId, name, eventTypeId, body, isTest, at }: PublishedEvent): Promise<void> {
    // What is sent from here on travels with the commit, so that the lock is held for little longer than the commit takes.
    // Hashed with another seed than the lock of a host's agenda: who books need not wait for who publishes.
    this.session.write('lock of feed', 'select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 1))', [
      ownerId,
    ]);
    // A statement of its own, so that its position is taken once the lock is ours.
    this.session.write(
      'publish event',
      `insert into published_events (id, owner_id, name, event_type_id, body, is_test, published_at)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
      [id, ownerId, name, eventTypeId, body, isTest, formatInstant(at)],
    );
  }
}
