import { Module } from '@nestjs/common';
import { MirrorModule } from '../calendars/mirror.module.js';
import { FollowBooking } from '../calendars/use-cases/follow-booking.js';
import { Clock } from '../kernel/clock.js';
import { Ids } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/unit-of-work.js';
import { SafeRequests } from '../platform/outgoing/safe-requests.js';
import { Outbox } from '../platform/persistence/outbox.js';
import { Session } from '../platform/persistence/session.js';
import { Sql } from '../platform/persistence/sql.js';
import { provide, provideAs } from '../platform/provide.js';
import { CalendarsBookingMirror } from './adapters/calendars-booking-mirror.js';
import { DueDeliveries } from './adapters/due-deliveries.js';
import { DueEmails } from './adapters/due-emails.js';
import { DueReminders } from './adapters/due-reminders.js';
import { OutboxOwedEvents } from './adapters/outbox-owed-events.js';
import { PostgresEmailLog } from './adapters/postgres-email-log.js';
import { PostgresHosts } from './adapters/postgres-hosts.js';
import { PostgresPublishedEvents } from './adapters/postgres-published-events.js';
import { PostgresReminders } from './adapters/postgres-reminders.js';
import { PostgresWebhookDeliveries } from './adapters/postgres-webhook-deliveries.js';
import { PostgresWebhookEndpoints } from './adapters/postgres-webhook-endpoints.js';
import { SafeWebhookReceivers } from './adapters/safe-webhook-receivers.js';
import {
  BookingMirror,
  EmailLog,
  Hosts,
  Mailer,
  OwedEvents,
  PublishedEvents,
  Reminders,
  WebhookDeliveries,
  WebhookEndpoints,
  WebhookReceivers,
} from './ports.js';
import { Backlog } from './reads/backlog.js';
import { EmailReads } from './reads/email-reads.js';
import { EventFeed } from './reads/event-feed.js';
import { OwedEventReads } from './reads/owed-event-reads.js';
import { WebhookReads } from './reads/webhook-reads.js';
import { CreateWebhookEndpoint } from './use-cases/create-webhook-endpoint.js';
import { DeliverWebhook } from './use-cases/deliver-webhook.js';
import { HandleEvent } from './use-cases/handle-event.js';
import { RecoverWebhooks } from './use-cases/recover-webhooks.js';
import { RedeliverWebhook } from './use-cases/redeliver-webhook.js';
import { Remind } from './use-cases/remind.js';
import { RetryEmails } from './use-cases/retry-emails.js';
import { RotateWebhookSecret } from './use-cases/rotate-webhook-secret.js';
import { SendEmail } from './use-cases/send-email.js';
import { SendTestEvent } from './use-cases/send-test-event.js';
import { SwitchWebhookEndpoint } from './use-cases/switch-webhook-endpoint.js';
import { TellMeetingLink } from './use-cases/tell-meeting-link.js';
import { TellOfStaleCalendar } from './use-cases/tell-of-stale-calendar.js';

const jobs = [
  provide(
    HandleEvent,
    ...([OwedEvents, Hosts, EmailLog, Reminders, PublishedEvents] as const),
    ...([WebhookDeliveries, BookingMirror, UnitOfWork, Clock, Ids] as const),
  ),
  provide(
    DeliverWebhook,
    ...([WebhookDeliveries, WebhookEndpoints, WebhookReceivers, Hosts] as const),
    ...([EmailLog, UnitOfWork, Clock, Ids] as const),
  ),
  provide(SendEmail, EmailLog, Mailer, UnitOfWork, Clock),
  provide(Remind, Reminders, Hosts, EmailLog, UnitOfWork, Clock, Ids),
  provide(DueDeliveries, Session, UnitOfWork, Sql),
  provide(DueEmails, Sql),
  provide(DueReminders, Sql),
];

const upkeep = [
  provide(CreateWebhookEndpoint, WebhookEndpoints, WebhookReceivers, UnitOfWork, Clock, Ids),
  provide(SwitchWebhookEndpoint, WebhookEndpoints, WebhookDeliveries, UnitOfWork, Clock),
  provide(RotateWebhookSecret, WebhookEndpoints, UnitOfWork, Clock, Ids),
  provide(SendTestEvent, WebhookEndpoints, PublishedEvents, WebhookDeliveries, UnitOfWork, Clock, Ids),
  provide(RedeliverWebhook, WebhookEndpoints, WebhookDeliveries, UnitOfWork),
  provide(RecoverWebhooks, WebhookEndpoints, WebhookDeliveries, UnitOfWork),
  provide(RetryEmails, EmailLog, UnitOfWork),
  provide(TellOfStaleCalendar, Hosts, EmailLog, UnitOfWork, Ids),
  provide(TellMeetingLink, EmailLog, UnitOfWork, Clock, Ids),
];

const reads = [
  provide(Backlog, Sql),
  provide(OwedEventReads, Sql),
  provide(EventFeed, Sql),
  provide(WebhookReads, Sql),
  provide(EmailReads, Sql),
];

@Module({
  imports: [MirrorModule],
  providers: [
    ...[...jobs, ...upkeep, ...reads],
    provideAs(OwedEvents, OutboxOwedEvents, Outbox),
    provideAs(Hosts, PostgresHosts, Session),
    provideAs(EmailLog, PostgresEmailLog, Session),
    provideAs(Reminders, PostgresReminders, Session),
    provideAs(PublishedEvents, PostgresPublishedEvents, Session),
    provideAs(WebhookEndpoints, PostgresWebhookEndpoints, Session),
    provideAs(WebhookDeliveries, PostgresWebhookDeliveries, Session),
    provideAs(WebhookReceivers, SafeWebhookReceivers, SafeRequests),
    provideAs(BookingMirror, CalendarsBookingMirror, FollowBooking),
  ],
  exports: [...jobs, ...upkeep, ...reads],
})
export class DeliveryModule {}
