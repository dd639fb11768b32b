import { isId } from '../../kernel/ids.js';
import { UTC_TEXT } from '../../platform/persistence/instant-column.js';
import type { Sql } from '../../platform/persistence/sql.js';

/** An endpoint as its owner sees it; its secrets are not shown. */
export interface WebhookEndpointView {
  id: string;
  url: string;
  events: string[];
  eventTypeId: string | null;
  state: 'ENABLED' | 'DISABLED';
  disabledAt: string | null;
  disabledReason: 'OWNER' | 'GONE' | 'FAILING' | null;
  /** The first failure since the last success. */
  failingSince: string | null;
  /** Until when the secret before the present one signs too. */
  previousSecretUntil: string | null;
  createdAt: string;
  updatedAt: string;
}

export const webhookDeliveryStatuses = ['PENDING', 'SUCCEEDED', 'FAILED'] as const;

export type WebhookDeliveryStatus = (typeof webhookDeliveryStatuses)[number];

export interface WebhookDeliveryView {
  id: string;
  endpointId: string;
  eventId: string;
  event: string;
  isTest: boolean;
  status: WebhookDeliveryStatus;
  /** Since it was last begun; the log of attempts goes further back. */
  attempts: number;
  /** Null once it is done with. */
  nextAttemptAt: string | null;
  lastError: string | null;
  createdAt: string;
  finishedAt: string | null;
  /** Oldest first. */
  log: WebhookAttemptView[];
}

export interface WebhookAttemptView {
  startedAt: string;
  tookMs: number;
  statusCode: number | null;
  response: string | null;
  error: string | null;
}

/** Which of an endpoint's deliveries are asked for. */
export interface WebhookDeliveryFilter {
  /** Null for all. */
  readonly status: WebhookDeliveryStatus | null;
  readonly limit: number;
}

/** Webhook endpoints and what was delivered to them, straight from SQL. */
export class WebhookReads {
  constructor(private readonly sql: Sql) {}

  /** All of an owner's endpoints, in the order in which they were made. */
  async endpoints(ownerId: string): Promise<WebhookEndpointView[]> {
    if (!isId(ownerId)) return [];
    return this.sql.query<WebhookEndpointView>(
      `${SELECT_ENDPOINTS} where owner_id = $1 order by created_at, id`,
      [ownerId],
    );
  }

  /** The endpoint of that id, whoever owns it; null if there is none. */
  async endpoint(id: string): Promise<WebhookEndpointView | null> {
    if (!isId(id)) return null;
    const [endpoint] = await this.sql.query<WebhookEndpointView>(`${SELECT_ENDPOINTS} where id = $1`, [id]);
    return endpoint ?? null;
  }

  /** The newest deliveries of an endpoint, newest first. */
  async deliveries(
    endpointId: string,
    { status, limit }: WebhookDeliveryFilter,
  ): Promise<WebhookDeliveryView[]> {
    if (!isId(endpointId)) return [];
    return this.sql.query<WebhookDeliveryView>(
      `${SELECT_DELIVERIES} where d.endpoint_id = $1 and ($2::text is null or d.status = $2)
       order by d.created_at desc, d.id desc limit $3`,
      [endpointId, status, limit],
    );
  }

  /** The delivery of that id, whoever owns it; null if there is none. */
  async delivery(id: string): Promise<WebhookDeliveryView | null> {
    if (!isId(id)) return null;
    const [delivery] = await this.sql.query<WebhookDeliveryView>(`${SELECT_DELIVERIES} where d.id = $1`, [
      id,
    ]);
    return delivery ?? null;
  }
}

const SELECT_ENDPOINTS = `
  select id, url, events, event_type_id as "eventTypeId", state, disabled_at as "disabledAt",
    disabled_reason as "disabledReason", failing_since as "failingSince",
    case when previous_secret_until > now() then previous_secret_until end as "previousSecretUntil",
    created_at as "createdAt", updated_at as "updatedAt"
  from webhook_endpoints`;

const SELECT_DELIVERIES = `
  select d.id, d.endpoint_id as "endpointId", d.event_id as "eventId", p.name as event, p.is_test as "isTest",
    d.status, d.attempts, case d.status when 'PENDING' then d.next_attempt_at end as "nextAttemptAt",
    d.last_error as "lastError", d.created_at as "createdAt", d.finished_at as "finishedAt",
    coalesce((select json_agg(json_build_object(
        'startedAt', to_char(a.started_at, ${UTC_TEXT}), 'tookMs', a.took_ms, 'statusCode', a.status_code,
        'response', a.response, 'error', a.error) order by a.id)
      from webhook_attempts a where a.delivery_id = d.id), '[]') as log
  from webhook_deliveries d join published_events p on p.id = d.event_id`;
