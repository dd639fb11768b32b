import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Session } from '../../platform/persistence/session.js';
import { WebhookEndpoint, type DisabledReason, type WebhookEventName } from '../domain/webhook-endpoint.js';
import { WebhookEndpoints } from '../ports.js';

export class PostgresWebhookEndpoints extends WebhookEndpoints {
  constructor(private readonly session: Session) {
    super();
  }

  async find(id: string): Promise<WebhookEndpoint | null> {
    if (!isId(id)) return null;
    const [row] = await this.session.prepared<EndpointRow>(
      'lock webhook endpoint',
      `select ${COLUMNS.join(', ')} from webhook_endpoints where id = $1 for no key update`,
      [id],
    );
    return row ? endpointOf(row) : null;
  }

  async read(ids: readonly string[]): Promise<WebhookEndpoint[]> {
    const rows = await this.session.query<EndpointRow>(
      `select ${COLUMNS.join(', ')} from webhook_endpoints where id = any($1)`,
      [ids.filter(isId)],
    );
    return rows.map(endpointOf);
  }

  async save(endpoint: WebhookEndpoint): Promise<void> {
    await this.session.query(
      `insert into webhook_endpoints (${COLUMNS.join(', ')})
       select ${COLUMNS.join(', ')} from json_populate_record(null::webhook_endpoints, $1)
       on conflict (id) do update set (${COLUMNS.join(', ')}) = row (${COLUMNS.map((column) => `excluded.${column}`).join(', ')})`,
      [JSON.stringify(rowOf(endpoint))],
    );
  }

  async hasEventType(ownerId: string, eventTypeId: string): Promise<boolean> {
    if (!isId(eventTypeId)) return false;
    const rows = await this.session.query('select from event_types where id = $1 and owner_id = $2', [
      eventTypeId,
      ownerId,
    ]);
    return rows.length > 0;
  }
}

interface EndpointRow {
  id: string;
  owner_id: string;
  url: string;
  events: readonly WebhookEventName[];
  event_type_id: string | null;
  secret: string;
  previous_secret: string | null;
  previous_secret_until: string | null;
  state: 'ENABLED' | 'DISABLED';
  disabled_at: string | null;
  disabled_reason: DisabledReason | null;
  failing_since: string | null;
  created_at: string;
  updated_at: string;
}

const COLUMNS: readonly (keyof EndpointRow)[] = [
  'id',
  'owner_id',
  'url',
  'events',
  'event_type_id',
  'secret',
  'previous_secret',
  'previous_secret_until',
  'state',
  'disabled_at',
  'disabled_reason',
  'failing_since',
  'created_at',
  'updated_at',
];

function rowOf({ state, isEnabled }: WebhookEndpoint): EndpointRow {
  return {
    id: state.id,
    owner_id: state.ownerId,
    url: state.url,
    events: state.events,
    event_type_id: state.eventTypeId,
    secret: state.secret,
    previous_secret: state.previousSecret?.secret ?? null,
    previous_secret_until: state.previousSecret && formatInstant(state.previousSecret.until),
    state: isEnabled ? 'ENABLED' : 'DISABLED',
    disabled_at: state.disabled && formatInstant(state.disabled.at),
    disabled_reason: state.disabled?.reason ?? null,
    failing_since: state.failingSince && formatInstant(state.failingSince),
    created_at: formatInstant(state.createdAt),
    updated_at: formatInstant(state.updatedAt),
  };
}

function endpointOf(row: EndpointRow): WebhookEndpoint {
  return WebhookEndpoint.of({
    id: row.id,
    ownerId: row.owner_id,
    url: row.url,
    events: row.events,
    eventTypeId: row.event_type_id,
    secret: row.secret,
    previousSecret:
      row.previous_secret && row.previous_secret_until
        ? { secret: row.previous_secret, until: instantOf(row.previous_secret_until) }
        : null,
    disabled:
      row.disabled_at && row.disabled_reason
        ? { at: instantOf(row.disabled_at), reason: row.disabled_reason }
        : null,
    failingSince: row.failing_since === null ? null : instantOf(row.failing_since),
    createdAt: instantOf(row.created_at),
    updatedAt: instantOf(row.updated_at),
  });
}
