import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Ids } from '../../kernel/ids.js';
import { Together } from '../../kernel/together.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { chanceOf, secondsToRetry } from '../domain/retry-schedule.js';
import { faultOfStatus, GONE } from '../domain/webhook-answer.js';
import { disabledSentence, type WebhookEndpoint } from '../domain/webhook-endpoint.js';
import { goesOn, type WebhookRow } from '../domain/webhook-row.js';
import { webhookHeaders } from '../domain/webhook-signature.js';
import type {
  Attempted,
  ClaimedDelivery,
  DeliveryOutcome,
  EmailLog,
  EndedAttempt,
  Hosts,
  ReceiverAnswer,
  WebhookAttempt,
  WebhookDeliveries,
  WebhookEndpoints,
  WebhookReceivers,
} from '../ports.js';
import { ownerNotice } from './owner-notice.js';

export interface DeliverWebhookCommand {
  readonly deliveryId: string;
}

/** A delivery for one attempt, and where it goes. */
interface Taken {
  readonly claim: ClaimedDelivery;
  readonly endpoint: WebhookEndpoint;
}

/** A delivery that was received, as far as there is more to do. */
interface Received {
  /** Whether an earlier attempt at the same endpoint failed, of which it does not know yet that it is over. */
  readonly isFailing: boolean;
  readonly next: Taken | null;
}

/** What came of an attempt, if that counts, and what was claimed for the next one to the same endpoint. */
interface Concluded {
  readonly attempted: Attempted | null;
  readonly next: Taken | null;
}

const TAKEN_OVER: Concluded = { attempted: null, next: null };

/**
 * An attempt at a delivery that is due, and what follows from it for the delivery and its endpoint; where it is received, some more of
 * what the endpoint is owed after it. What many deliveries need at the same time, to be taken and to be recorded as received, they share.
 */
export class DeliverWebhook {
  private readonly taking = new Together((ids: readonly string[]) => this.take(ids), { rests: true });
  private readonly receipts = new Together((ended: readonly EndedAttempt[]) => this.recordReceived(ended), {
    rests: true,
  });

  constructor(
    private readonly deliveries: WebhookDeliveries,
    private readonly endpoints: WebhookEndpoints,
    private readonly receivers: WebhookReceivers,
    private readonly hosts: Hosts,
    private readonly emailLog: EmailLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Tells of each attempt once it is recorded; not of one that somebody else had taken over by then. */
  async execute({ deliveryId }: DeliverWebhookCommand, tell: (attempted: Attempted) => void): Promise<void> {
    let row: WebhookRow = { sent: 0, tookMs: 0 };
    let taken = await this.taking.ask(deliveryId);
    while (taken) {
      const { claim, endpoint } = taken;
      const { disabled } = endpoint.state;
      if (disabled) {
        await this.letGo(claim, disabledSentence[disabled.reason]);
        break;
      }
      const at = this.clock.now();
      const answer = await this.send(claim, endpoint, at);
      row = { sent: row.sent + 1, tookMs: row.tookMs + answer.tookMs };
      const { attempted, next } = await this.conclude(claim, at, answer, goesOn(row));
      if (attempted) tell(attempted);
      taken = next;
    }
  }

  private send(claim: ClaimedDelivery, endpoint: WebhookEndpoint, at: Instant): Promise<ReceiverAnswer> {
    const webhook = { id: claim.eventId, eventName: claim.eventName, body: claim.body };
    const headers = webhookHeaders(webhook, endpoint.secretsAt(at), at);
    return this.receivers.post(endpoint.state.url, headers, claim.body);
  }

  private async conclude(
    claim: ClaimedDelivery,
    startedAt: Instant,
    answer: ReceiverAnswer,
    mayGoOn: boolean,
  ): Promise<Concluded> {
    const { tookMs } = answer;
    const fault = answer.kind === 'failed' ? answer.reason : faultOfStatus(answer.status);
    const attempt = { startedAt, tookMs, error: fault, ...shown(answer) };
    if (fault === null) return this.succeed(claim, attempt, mayGoOn);
    const outcome = await this.unitOfWork.run(() => this.fail(claim, attempt, answer, fault));
    return outcome
      ? { attempted: { kind: 'webhook', outcome: outcome.kind, tookMs }, next: null }
      : TAKEN_OVER;
  }

  /** Each of the deliveries, if there is an attempt to be made at it; one that is asked for twice goes to the first who asked. */
  private take(deliveryIds: readonly string[]): Promise<(Taken | null)[]> {
    return this.unitOfWork.run(async () => {
      const claims = await this.deliveries.claim(deliveryIds);
      const endpoints = await this.endpointsOf(claims);
      const taken = new Map<string, Taken>();
      for (const claim of claims) {
        const endpoint = endpoints.get(claim.endpointId);
        if (endpoint) taken.set(claim.id, { claim, endpoint });
      }
      return deliveryIds.map((id) => {
        const found = taken.get(id) ?? null;
        taken.delete(id);
        return found;
      });
    });
  }

  private async endpointsOf(claims: readonly ClaimedDelivery[]): Promise<Map<string, WebhookEndpoint>> {
    const ids = [...new Set(claims.map(({ endpointId }) => endpointId))];
    const endpoints = ids.length > 0 ? await this.endpoints.read(ids) : [];
    return new Map(endpoints.map((endpoint) => [endpoint.state.id, endpoint]));
  }

  /** Gives the delivery up, and what else is owed to its endpoint. */
  private letGo(claim: ClaimedDelivery, reason: string): Promise<void> {
    return this.unitOfWork.run(async () => {
      await this.deliveries.giveUp(claim, reason);
      await this.deliveries.abandon(claim.endpointId, reason); // more than could be given up at once
    });
  }

  /** Locks the endpoint only where it has something to learn: successes of one that is well do not wait for one another. */
  private async succeed(
    claim: ClaimedDelivery,
    attempt: WebhookAttempt,
    goesOn: boolean,
  ): Promise<Concluded> {
    const received = await this.receipts.ask({ claim, attempt, outcome: { kind: 'succeeded' }, goesOn });
    if (!received) return TAKEN_OVER;
    if (received.isFailing) await this.unitOfWork.run(() => this.tellOfSuccess(claim.endpointId));
    return {
      attempted: { kind: 'webhook', outcome: 'succeeded', tookMs: attempt.tookMs },
      next: received.next,
    };
  }

  /** Of each what is known now, null where nothing was recorded: somebody else's attempt may have failed meanwhile. */
  private recordReceived(ended: readonly EndedAttempt[]): Promise<(Received | null)[]> {
    const claims = ended.map(({ claim }) => claim);
    return this.unitOfWork.run(async () => {
      const [recorded, endpoints] = await Promise.all([
        this.deliveries.record(ended),
        this.endpointsOf(claims),
      ]);
      return claims.map(({ id, endpointId }) => {
        const claim = recorded.get(id);
        if (claim === undefined) return null;
        const endpoint = endpoints.get(endpointId);
        const isFailing = Boolean(endpoint?.state.failingSince);
        return { isFailing, next: claim && endpoint ? { claim, endpoint } : null };
      });
    });
  }

  private async tellOfSuccess(endpointId: string): Promise<void> {
    const endpoint = await this.endpoints.find(endpointId);
    if (!endpoint) return; // removed meanwhile
    endpoint.received();
    await this.endpoints.save(endpoint);
  }

  private async fail(
    claim: ClaimedDelivery,
    attempt: WebhookAttempt,
    answer: ReceiverAnswer,
    fault: string,
  ): Promise<DeliveryOutcome | null> {
    const endpoint = await this.endpoints.find(claim.endpointId);
    if (!endpoint) return null; // removed meanwhile, with its deliveries
    const before = endpoint.state;
    const outcome = this.learn(endpoint, claim, answer);
    const recorded = await this.deliveries.record([{ claim, attempt, outcome, goesOn: false }]);
    if (!recorded.has(claim.id)) return null;

    if (endpoint.state !== before) await this.endpoints.save(endpoint);
    const { disabled } = endpoint.state;
    if (!disabled || before.disabled) return outcome;
    await this.deliveries.abandon(claim.endpointId, disabledSentence[disabled.reason]);
    if (disabled.reason === 'FAILING') await this.tellOwner(endpoint, fault, disabled.at);
    return outcome;
  }

  /** Lets the endpoint know of a failure, and says what becomes of the delivery. */
  private learn(endpoint: WebhookEndpoint, claim: ClaimedDelivery, answer: ReceiverAnswer): DeliveryOutcome {
    const at = this.clock.now();
    if (answer.kind === 'answered' && answer.status === GONE) endpoint.gone(at);
    else endpoint.failed(at);
    if (!endpoint.isEnabled) return { kind: 'failed' };

    const attempts = claim.attempts + 1;
    const retryAfter = answer.kind === 'answered' ? answer.retryAfter : null;
    const chance = chanceOf(`${claim.id}/${attempts}`);
    const afterSeconds = secondsToRetry({ attempts, retryAfter, at }, chance);
    return afterSeconds === null ? { kind: 'failed' } : { kind: 'retry', afterSeconds };
  }

  private async tellOwner({ state }: WebhookEndpoint, lastError: string, at: Instant): Promise<void> {
    const host = await this.hosts.find(state.ownerId);
    if (!host) return;
    const notice = ownerNotice(
      {
        type: 'WEBHOOK_DISABLED',
        endpoint: { id: state.id, url: state.url },
        since: formatInstant(state.failingSince ?? at),
        lastError,
      },
      host,
      { id: this.ids.next(), eventId: `webhook-disabled:${state.id}:${formatInstant(at)}`, at },
    );
    await this.emailLog.queue([notice]);
  }
}

/** What the log shows of an answer. */
function shown(answer: ReceiverAnswer): { statusCode: number | null; response: string | null } {
  if (answer.kind === 'failed') return { statusCode: null, response: null };
  return { statusCode: answer.status, response: answer.body };
}
