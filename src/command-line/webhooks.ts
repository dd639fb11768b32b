import { Option, type Command } from 'commander';
import { WebhookDeliveryNotFound, WebhookEndpointNotFound } from '../delivery/domain/errors.js';
import { webhookEventNames } from '../delivery/domain/webhook-endpoint.js';
import {
  webhookDeliveryStatuses,
  WebhookReads,
  type WebhookDeliveryStatus,
  type WebhookDeliveryView,
  type WebhookEndpointView,
} from '../delivery/reads/webhook-reads.js';
import { CreateWebhookEndpoint } from '../delivery/use-cases/create-webhook-endpoint.js';
import { RecoverWebhooks } from '../delivery/use-cases/recover-webhooks.js';
import { RedeliverWebhook } from '../delivery/use-cases/redeliver-webhook.js';
import { RotateWebhookSecret } from '../delivery/use-cases/rotate-webhook-secret.js';
import { SendTestEvent } from '../delivery/use-cases/send-test-event.js';
import { SwitchWebhookEndpoint } from '../delivery/use-cases/switch-webhook-endpoint.js';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import type { OpenInstallation } from './installation.js';
import { sheet, table } from './layout.js';
import { userNamed } from './named-user.js';
import { instantOf, wholeNumberOf } from './values.js';

const MOST_DELIVERIES = 1_000;

interface CreateOptions {
  readonly user: string;
  readonly url: string;
  readonly events: string;
  readonly eventType?: string;
}

interface DeliveriesOptions {
  readonly status?: string;
  readonly limit: string;
}

export function addWebhooks(program: Command, desk: Desk): void {
  const webhooks = program.command('webhooks').description('who is told of events by HTTP');
  addEndpoints(webhooks, desk);
  addDeliveries(webhooks, desk);
}

function addEndpoints(webhooks: Command, desk: Desk): void {
  webhooks
    .command('create')
    .description('send events to a URL from now on; the secret that signs them is shown this once')
    .requiredOption('--user <email>', 'whose events')
    .requiredOption('--url <url>', 'where to')
    .requiredOption('--events <names>', `with commas between, of ${webhookEventNames.join(', ')}`)
    .option('--event-type <id>', 'of bookings and payments, those of this event type only')
    .action(({ user, url, events, eventType }: CreateOptions) =>
      desk.work(async (open) => {
        const { id, secret } = await open.get(CreateWebhookEndpoint).execute({
          ownerId: (await userNamed(open, user)).id,
          url,
          events: events.split(',').map((name) => name.trim()),
          eventTypeId: eventType ?? null,
        });
        return withSecret(open, id, secret);
      }),
    );

  webhooks
    .command('list')
    .description("show a user's endpoints, without their secrets")
    .requiredOption('--user <email>', 'whose endpoints')
    .action(({ user }: { user: string }) =>
      desk.work(async (open) =>
        listed(await open.get(WebhookReads).endpoints((await userNamed(open, user)).id)),
      ),
    );

  webhooks
    .command('rotate')
    .description('sign with a new secret, shown this once; for 24 hours the one before it signs too')
    .argument('<id>', 'of the endpoint')
    .action((endpointId: string) =>
      desk.work(async (open) => {
        const secret = await open.get(RotateWebhookSecret).execute({ endpointId });
        return withSecret(open, endpointId, secret);
      }),
    );

  for (const [name, to, description] of [
    ['enable', 'enabled', 'send to an endpoint again, from now on ("recover" sends what it missed)'],
    ['disable', 'disabled', 'send nothing more to an endpoint, what is still waiting included'],
  ] as const) {
    webhooks
      .command(name)
      .description(description)
      .argument('<id>', 'of the endpoint')
      .action((endpointId: string) =>
        desk.work(async (open) => {
          await open.get(SwitchWebhookEndpoint).execute({ endpointId, to });
          const endpoint = await endpointOf(open, endpointId);
          return { value: endpoint, text: sheet(endpoint) };
        }),
      );
  }
}

function addDeliveries(webhooks: Command, desk: Desk): void {
  webhooks
    .command('deliveries')
    .description('show what was sent to an endpoint, newest first, and what it answered')
    .argument('<id>', 'of the endpoint')
    .addOption(
      new Option('--status <status>', 'of these only').choices(
        webhookDeliveryStatuses.map((status) => status.toLowerCase()),
      ),
    )
    .option('--limit <number>', `at most so many, up to ${MOST_DELIVERIES}`, '20')
    .action(async (endpointId: string, { status, limit: text }: DeliveriesOptions) => {
      const limit = wholeNumberOf('--limit', text, 1, MOST_DELIVERIES);
      const filter = { status: (status?.toUpperCase() ?? null) as WebhookDeliveryStatus | null, limit };
      await desk.work(async (open) => {
        await endpointOf(open, endpointId);
        return delivered(await open.get(WebhookReads).deliveries(endpointId, filter));
      });
    });

  webhooks
    .command('redeliver')
    .description('send one delivery again')
    .argument('<id>', 'of the delivery, as "webhooks deliveries" shows it')
    .action((deliveryId: string) =>
      desk.work(async (open) => {
        await open.get(RedeliverWebhook).execute({ deliveryId });
        return deliveryShown(open, deliveryId);
      }),
    );

  webhooks
    .command('recover')
    .description('send whatever an endpoint has not received since a time: what failed, and what it missed')
    .argument('<id>', 'of the endpoint')
    .requiredOption('--since <time>', 'such as 2027-01-31T12:00:00Z, at most 30 days ago')
    .action(async (endpointId: string, { since: text }: { since: string }) => {
      const since = instantOf('--since', text);
      await desk.work(async (open) => {
        const count = await open.get(RecoverWebhooks).execute({ endpointId, since });
        const what = count === 1 ? '1 event is' : `${count} events are`;
        return { value: { recovered: count }, text: `${what} sent again.` };
      });
    });

  webhooks
    .command('test')
    .description('send an example of an event to an endpoint')
    .argument('<id>', 'of the endpoint')
    .option('--event <name>', 'which (default: the first that the endpoint listens for)')
    .action((endpointId: string, { event }: { event?: string }) =>
      desk.work(async (open) => {
        const deliveryId = await open.get(SendTestEvent).execute({ endpointId, eventName: event ?? null });
        return deliveryShown(open, deliveryId);
      }),
    );
}

async function endpointOf(open: OpenInstallation, id: string): Promise<WebhookEndpointView> {
  const endpoint = await open.get(WebhookReads).endpoint(id);
  if (!endpoint) throw new WebhookEndpointNotFound();
  return endpoint;
}

async function withSecret(open: OpenInstallation, endpointId: string, secret: string): Promise<Answer> {
  const { id, url, events, ...rest } = await endpointOf(open, endpointId);
  const endpoint = { id, url, events, secret, ...rest };
  return { value: endpoint, text: `${sheet(endpoint)}\n\nKeep the secret now: it cannot be shown again.` };
}

async function deliveryShown(open: OpenInstallation, id: string): Promise<Answer> {
  const delivery = await open.get(WebhookReads).delivery(id);
  if (!delivery) throw new WebhookDeliveryNotFound();
  return {
    value: delivery,
    text: `${sheet(delivery)}\n\nWhat comes of it: "webhooks deliveries ${delivery.endpointId}".`,
  };
}

function listed(endpoints: WebhookEndpointView[]): Answer {
  const text =
    endpoints.length === 0
      ? 'No endpoints yet: make one with "webhooks create".'
      : table(endpoints, ['id', 'url', 'events', 'state', 'disabledReason', 'failingSince', 'createdAt']);
  return { value: endpoints, text };
}

function delivered(deliveries: WebhookDeliveryView[]): Answer {
  const rows = deliveries.map((delivery) => ({
    ...delivery,
    answer: delivery.log.at(-1)?.statusCode ?? null,
  }));
  const text =
    rows.length === 0
      ? 'No deliveries.'
      : table(rows, [
          'id',
          'event',
          'status',
          'attempts',
          'answer',
          'lastError',
          'nextAttemptAt',
          'createdAt',
        ]);
  return { value: deliveries, text };
}
