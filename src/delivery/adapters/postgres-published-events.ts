import { formatInstant } from '../../kernel/instant-text.js';
import type { Session } from '../../platform/persistence/session.js';
import { PublishedEvents, type PublishedEvent } from '../ports.js';

export class PostgresPublishedEvents extends PublishedEvents {
  constructor(private readonly session: Session) {
    super();
  }

  async publish(events: readonly PublishedEvent[]): Promise<void> {
    // What is sent from here on travels with the commit, so that the lock is held for little longer than the commit takes.
    // Hashed with another seed than the lock of a host's agenda: who books need not wait for who publishes.
    this.session.write('lock of feeds', LOCK, [[...new Set(events.map(({ ownerId }) => ownerId))]]);
    // A statement of its own, so that positions are taken once the lock is ours.
    this.session.write('publish events', PUBLISH, [JSON.stringify(events.map(rowOf))]);
  }
}

// In one order, whoever publishes: nobody ever waits in a circle.
const LOCK = `
  select pg_advisory_xact_lock(hashtextextended(owner_id::text, 1))
  from (select owner_id from unnest($1::uuid[]) owner_id order by owner_id) owners`;

const COLUMNS = 'id, owner_id, name, event_type_id, body, is_test, published_at';

const PUBLISH = `
  insert into published_events (${COLUMNS})
  select ${COLUMNS} from json_populate_recordset(null::published_events, $1) on conflict (id) do nothing`;

function rowOf({ id, ownerId, name, eventTypeId, body, isTest, at }: PublishedEvent) {
  return {
    id,
    owner_id: ownerId,
    name,
    event_type_id: eventTypeId,
    body,
    is_test: isTest,
    published_at: formatInstant(at),
  };
}
