import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { webhookEventNames, webhookSecret } from '../delivery/domain/webhook-endpoint.js';
import { webhookHeaders } from '../delivery/domain/webhook-signature.js';
import { EventFeed } from '../delivery/reads/event-feed.js';
import { Clock } from '../kernel/clock.js';
import { faultOfUrl } from '../platform/outgoing/outgoing-url.js';
import { SafeRequests } from '../platform/outgoing/safe-requests.js';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import { UsageFault } from './faults.js';
import { userNamed } from './named-user.js';

interface ListenOptions {
  readonly user: string;
  readonly forwardTo: string;
  readonly events?: string;
  readonly secret?: string;
}

/** What to listen for, and until when. */
interface Watch {
  readonly feed: EventFeed;
  readonly ownerId: string;
  readonly names: readonly string[];
  readonly interrupted: AbortSignal;
}

interface Target {
  readonly url: string;
  readonly secret: string;
}

/** How events get there, and until when. */
interface Road {
  readonly requests: SafeRequests;
  readonly clock: Clock;
  readonly interrupted: AbortSignal;
}

/** An event as the feed tells it. */
interface HeardEvent {
  readonly id: string;
  readonly event: string;
  readonly body: string;
}

/** What came of one event. */
interface Forwarded {
  /** Null if there was no answer. */
  readonly status: number | null;
  /** One sentence, if there was none. */
  readonly fault: string | null;
  readonly ms: number;
}

const LOOK_EVERY_MS = 500;
const PAGE = 100;
const LONGEST_NAME = Math.max(...webhookEventNames.map((name) => name.length));

export function addListen(program: Command, desk: Desk): void {
  program
    .command('listen')
    .description(
      'forward the events of a user to a server under development as they happen, until Ctrl-C; with --json one value a line: ' +
        'what is listened for, each event, and the count at the end',
    )
    .requiredOption('--user <email>', 'whose events')
    .requiredOption('--forward-to <url>', 'where they are posted, such as http://localhost:4000/hook')
    .option('--events <names>', 'which, with commas between (default: all)')
    .option('--secret <secret>', 'what signs them, whsec_... (default: a new one)')
    .action(async ({ user, forwardTo, events, secret }: ListenOptions) => {
      const target = { url: urlOf(forwardTo), secret: secretOf(secret) };
      const names = namesOf(events);
      await desk.workUntilInterrupted(async (open, interrupted) => {
        const owner = await userNamed(open, user);
        const feed = open.get(EventFeed);
        const now = await feed.newest(owner.id);
        desk.tell(opening(owner.email, names, target));
        const heard = eventsAfter(now, { feed, ownerId: owner.id, names, interrupted });
        // To whichever address: this is the developer's own machine.
        const requests = new SafeRequests({ allowPrivate: true });
        return forwardAll(heard, target, { requests, clock: open.get(Clock), interrupted }, desk);
      });
    });
}

/** The owner's events of these names after the given one, in order, as they come. */
async function* eventsAfter(
  start: string | null,
  { feed, ownerId, names, interrupted }: Watch,
): AsyncGenerator<HeardEvent> {
  let after = start;
  while (!interrupted.aborted) {
    const page = await feed.page(ownerId, { after, limit: PAGE });
    for (const body of page?.bodies ?? []) {
      const { id, event } = JSON.parse(body) as { id: string; event: string };
      if (names.includes(event)) yield { id, event, body };
    }
    after = page ? page.nextAfter : await feed.newest(ownerId);
    if (!page?.hasMore) await delay(LOOK_EVERY_MS, null, { signal: interrupted }).catch(() => undefined);
  }
}

async function forwardAll(
  events: AsyncIterable<HeardEvent>,
  target: Target,
  road: Road,
  desk: Desk,
): Promise<Answer> {
  const count = { events: 0, succeeded: 0, failed: 0 };
  for await (const event of events) {
    const forwarded = await forward(event, target, road);
    if (road.interrupted.aborted) break;
    const { status } = forwarded;
    count.events += 1;
    count[status !== null && status >= 200 && status < 300 ? 'succeeded' : 'failed'] += 1;
    desk.tell(lineOf(event, forwarded));
  }
  const { events: all, succeeded, failed } = count;
  return { value: count, text: `Events: ${all}, of which ${succeeded} succeeded and ${failed} failed.` };
}

/** Posts an event as webhooks are posted. */
async function forward(
  { id, event, body }: HeardEvent,
  { url, secret }: Target,
  { requests, clock, interrupted }: Road,
): Promise<Forwarded> {
  const outcome = await requests.ask(url, {
    method: 'POST',
    headers: {
      ...webhookHeaders({ id, eventName: event, body }, [secret], clock.now()),
      connection: 'close', // servers under development are started anew all the time
    },
    body,
    maxBytes: 0,
    signal: interrupted,
  });
  const answered = outcome.kind === 'answered';
  return {
    status: answered ? outcome.status : null,
    fault: answered ? null : outcome.reason,
    ms: outcome.tookMs,
  };
}

function opening(user: string, events: readonly string[], { url, secret }: Target): Answer {
  const going = `Events of ${user} go to ${url} from now on. Ctrl-C ends it.`;
  const text = `${going}\nThey are signed with ${secret}\n`;
  return { value: { user, events, forwardTo: url, secret }, text };
}

function lineOf({ id, event }: HeardEvent, { status, fault, ms }: Forwarded): Answer {
  const text = `${event.padEnd(LONGEST_NAME)}  ${id}  ${status ?? fault}  ${ms} ms`;
  return { value: { event, id, status, fault, ms }, text };
}

function urlOf(text: string): string {
  const fault = faultOfUrl(text, { allowPrivate: true });
  if (fault === null) return text;
  throw new UsageFault('--forward-to must be an http or https URL such as http://localhost:4000/hook');
}

function namesOf(text: string | undefined): readonly string[] {
  if (text === undefined) return webhookEventNames;
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => (webhookEventNames as readonly string[]).includes(name))) return names;
  throw new UsageFault(`--events must be among ${webhookEventNames.join(', ')}`);
}

function secretOf(text: string | undefined): string {
  if (text === undefined) return webhookSecret(randomBytes(32));
  if (isSecret(text)) return text;
  throw new UsageFault('--secret must be whsec_ and the base64 of 24 to 64 bytes');
}

/** Whether it is spelled as the secret of its own bytes is. */
function isSecret(text: string): boolean {
  try {
    return webhookSecret(Buffer.from(text.slice('whsec_'.length), 'base64')) === text;
  } catch {
    return false;
  }
}
