import { Instant } from '@js-joda/core';
import { DueDeliveries } from '../../src/delivery/adapters/due-deliveries.js';
import { PostgresEmailLog } from '../../src/delivery/adapters/postgres-email-log.js';
import { PostgresHosts } from '../../src/delivery/adapters/postgres-hosts.js';
import { PostgresPublishedEvents } from '../../src/delivery/adapters/postgres-published-events.js';
import { PostgresWebhookDeliveries } from '../../src/delivery/adapters/postgres-webhook-deliveries.js';
import { PostgresWebhookEndpoints } from '../../src/delivery/adapters/postgres-webhook-endpoints.js';
import { SafeWebhookReceivers } from '../../src/delivery/adapters/safe-webhook-receivers.js';
import { sampleEvents, sampleHost } from '../../src/delivery/domain/sample-events.js';
import type { WebhookEventName } from '../../src/delivery/domain/webhook-endpoint.js';
import { envelopeOf } from '../../src/delivery/domain/webhook-payload.js';
import type { Attempted } from '../../src/delivery/ports.js';
import {
  CreateWebhookEndpoint,
  type CreateWebhookEndpointCommand,
  type NewWebhookEndpoint,
} from '../../src/delivery/use-cases/create-webhook-endpoint.js';
import { DeliverWebhook } from '../../src/delivery/use-cases/deliver-webhook.js';
import { RecoverWebhooks } from '../../src/delivery/use-cases/recover-webhooks.js';
import { RedeliverWebhook } from '../../src/delivery/use-cases/redeliver-webhook.js';
import { RotateWebhookSecret } from '../../src/delivery/use-cases/rotate-webhook-secret.js';
import { SendTestEvent } from '../../src/delivery/use-cases/send-test-event.js';
import { SwitchWebhookEndpoint } from '../../src/delivery/use-cases/switch-webhook-endpoint.js';
import { RandomIds } from '../../src/kernel/ids.js';
import { SafeRequests } from '../../src/platform/outgoing/safe-requests.js';
import { PostgresUnitOfWork, Session } from '../../src/platform/persistence/session.js';
import { Sql } from '../../src/platform/persistence/sql.js';
import { FixedClock } from '../fakes/fixed-clock.js';
import { testDatabase, type TestDatabase } from './database.js';

/** A delivery as it stands. */
export interface DeliveryRow {
  readonly id: string;
  readonly eventId: string;
  readonly endpointId: string;
  readonly status: 'PENDING' | 'SUCCEEDED' | 'FAILED';
  readonly attempts: number;
  readonly lastError: string | null;
  /** From now until the next attempt. */
  readonly seconds: number;
}

/** Webhooks on a database of their own. The clock stands at the real time at first, for receivers look at theirs. */
export class Webhooks {
  readonly ids = new RandomIds();
  readonly clock = new FixedClock(Instant.ofEpochMilli(Date.now()));
  private readonly requests = new SafeRequests({ allowPrivate: true });
  readonly session: Session;
  readonly unitOfWork: PostgresUnitOfWork;
  readonly sql: Sql;
  readonly endpoints: PostgresWebhookEndpoints;
  readonly deliveries: PostgresWebhookDeliveries;
  readonly publishedEvents: PostgresPublishedEvents;
  readonly due: DueDeliveries;
  readonly deliverWebhook: DeliverWebhook;
  readonly switchEndpoint: SwitchWebhookEndpoint;
  readonly rotateSecret: RotateWebhookSecret;
  readonly sendTestEvent: SendTestEvent;
  readonly redeliver: RedeliverWebhook;
  readonly recover: RecoverWebhooks;
  private readonly createEndpoint: CreateWebhookEndpoint;

  private constructor(private readonly database: TestDatabase) {
    const { clock, ids } = this;
    const session = new Session(database.dataSource);
    const unitOfWork = new PostgresUnitOfWork(session);
    const endpoints = new PostgresWebhookEndpoints(session);
    const deliveries = new PostgresWebhookDeliveries(session);
    const publishedEvents = new PostgresPublishedEvents(session);
    const receivers = new SafeWebhookReceivers(this.requests);
    const hosts = new PostgresHosts(session);
    const emailLog = new PostgresEmailLog(session);
    this.session = session;
    this.unitOfWork = unitOfWork;
    this.sql = new Sql(database.dataSource);
    this.endpoints = endpoints;
    this.deliveries = deliveries;
    this.publishedEvents = publishedEvents;
    this.due = new DueDeliveries(session, unitOfWork, this.sql);
    this.deliverWebhook = new DeliverWebhook(
      ...([deliveries, endpoints, receivers, hosts, emailLog, unitOfWork, clock, ids] as const),
    );
    this.createEndpoint = new CreateWebhookEndpoint(endpoints, receivers, unitOfWork, clock, ids);
    this.switchEndpoint = new SwitchWebhookEndpoint(endpoints, deliveries, unitOfWork, clock);
    this.rotateSecret = new RotateWebhookSecret(endpoints, unitOfWork, clock, ids);
    this.sendTestEvent = new SendTestEvent(
      ...([endpoints, publishedEvents, deliveries, unitOfWork, clock, ids] as const),
    );
    this.redeliver = new RedeliverWebhook(endpoints, deliveries, unitOfWork);
    this.recover = new RecoverWebhooks(endpoints, deliveries, unitOfWork);
  }

  static async open(): Promise<Webhooks> {
    return new Webhooks(await testDatabase());
  }

  async close(): Promise<void> {
    await this.requests.close();
    await this.database.drop();
  }

  /** Makes an attempt at it, and at what it takes along. Returns those that were recorded. */
  async deliver(deliveryId: string): Promise<Attempted[]> {
    const attempts: Attempted[] = [];
    await this.deliverWebhook.execute({ deliveryId }, (attempted) => attempts.push(attempted));
    return attempts;
  }

  /** The same database as another process works on it. */
  elsewhere(): Pick<Webhooks, 'unitOfWork' | 'publishedEvents' | 'due'> {
    const session = new Session(this.database.dataSource);
    const unitOfWork = new PostgresUnitOfWork(session);
    return {
      unitOfWork,
      publishedEvents: new PostgresPublishedEvents(session),
      due: new DueDeliveries(session, unitOfWork, this.sql),
    };
  }

  query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.sql.query<Row>(sql, parameters);
  }

  /** Returns the owner's id. */
  async addOwner(): Promise<string> {
    const id = this.ids.next();
    await this.query(
      `insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
       values ($1, $2 || '@example.com', 'Ann', $2, 'Europe/Berlin', 'PRO', now(), now())`,
      [id, `ann-${id}`],
    );
    return id;
  }

  /** Returns the event type's id. */
  async addEventType(ownerId: string): Promise<string> {
    const id = this.ids.next();
    await this.query(
      `insert into event_types (id, owner_id, slug, name, duration_minutes, buffer_before, buffer_after,
         minimum_notice_minutes, booking_window_days, timezone, availability, overrides, questions, is_active,
         position, created_at, updated_at)
       values ($1, $2, $3, 'Intro', 30, 0, 0, 0, 60, 'UTC', '[]', '[]', '[]', true, 0, now(), now())`,
      [id, ownerId, `intro-${id}`],
    );
    return id;
  }

  /** An endpoint that listens for new bookings and contacts, unless told otherwise. */
  addEndpoint(
    ownerId: string,
    given: Partial<CreateWebhookEndpointCommand> = {},
  ): Promise<NewWebhookEndpoint> {
    return this.createEndpoint.execute({
      ownerId,
      url: 'http://127.0.0.1:9/hook',
      events: ['booking.created', 'contact.created'],
      eventTypeId: null,
      ...given,
    });
  }

  /** Tells the world of an example of an event, as the handling of one does. Returns its id. */
  async publish(
    ownerId: string,
    name: WebhookEventName = 'booking.created',
    eventTypeId: string | null = null,
  ): Promise<string> {
    const id = `evt_${this.ids.next()}`;
    const body = envelopeOf(id, sampleEvents[name], { ...sampleHost, id: ownerId });
    await this.unitOfWork.run(async () => {
      const at = this.clock.now();
      await this.publishedEvents.publish([{ id, ownerId, name, eventTypeId, body, isTest: false, at }]);
      await this.deliveries.fanOut([id]);
    });
    return id;
  }

  /** All deliveries of an endpoint, in the order in which their events were published. */
  deliveriesTo(endpointId: string): Promise<DeliveryRow[]> {
    return this.query<DeliveryRow>(
      `select d.id, d.event_id as "eventId", d.endpoint_id as "endpointId", d.status, d.attempts,
         d.last_error as "lastError", extract(epoch from d.next_attempt_at - now())::float8 as seconds
       from webhook_deliveries d join published_events p on p.id = d.event_id
       where d.endpoint_id = $1 order by p.position`,
      [endpointId],
    );
  }

  /** Lets all that an endpoint is owed be due. */
  async letBeDue(endpointId: string): Promise<void> {
    await this.query(
      `update webhook_deliveries set next_attempt_at = now(), busy_until = null
       where endpoint_id = $1 and status = 'PENDING'`,
      [endpointId],
    );
  }
}
