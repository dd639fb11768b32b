import { Duration, type Instant } from '@js-joda/core';
import { InvalidData } from '../../kernel/domain-error.js';
import type { DomainEvent } from '../../kernel/domain-event.js';

/** Everything an endpoint can listen for. */
export const webhookEventNames = [
  'booking.created',
  'booking.cancelled',
  'booking.rescheduled',
  'payment.received',
  'contact.created',
] as const satisfies readonly DomainEvent['name'][];

export type WebhookEventName = (typeof webhookEventNames)[number];

export function isWebhookEventName(text: string): text is WebhookEventName {
  return (webhookEventNames as readonly string[]).includes(text);
}

export type DisabledReason = 'OWNER' | 'GONE' | 'FAILING';

/** Why deliveries that were still to be made are not, as a sentence. */
export const disabledSentence: Readonly<Record<DisabledReason, string>> = {
  OWNER: 'The endpoint was disabled by its owner',
  GONE: 'The endpoint was disabled, as the receiver answered 410',
  FAILING: 'The endpoint was disabled after five days of nothing but failures',
};

/** How long a secret that was replaced signs beside the new one. */
export const ROTATION = Duration.ofHours(24);

/** How long an endpoint may do nothing but fail. */
export const PATIENCE = Duration.ofDays(5);

const SHORTEST_SECRET = 24;
const LONGEST_SECRET = 64;

/** A secret as receivers are given it, made of 24 to 64 random bytes (Standard Webhooks, "Signature scheme"). */
export function webhookSecret(random: Uint8Array): string {
  if (random.length < SHORTEST_SECRET || random.length > LONGEST_SECRET)
    throw new RangeError(`A webhook secret is made of ${SHORTEST_SECRET} to ${LONGEST_SECRET} random bytes`);
  return `whsec_${Buffer.from(random).toString('base64')}`;
}

/** An endpoint as its owner describes it. */
export interface GivenWebhookEndpoint {
  readonly url: string;
  /** Why nothing may be sent there, as a sentence; null if it may. */
  readonly faultOfUrl: string | null;
  readonly events: readonly string[];
  readonly eventTypeId: string | null;
}

export interface WebhookEndpointState {
  readonly id: string;
  readonly ownerId: string;
  readonly url: string;
  readonly events: readonly WebhookEventName[];
  /** Of events that are about an event type, only those about this one are listened for; null listens for all. */
  readonly eventTypeId: string | null;
  /** `whsec_...` */
  readonly secret: string;
  readonly previousSecret: { readonly secret: string; readonly until: Instant } | null;
  /** Null while it is enabled. */
  readonly disabled: { readonly at: Instant; readonly reason: DisabledReason } | null;
  /** The first failure after which nothing succeeded; null if the last attempt succeeded or none was made. */
  readonly failingSince: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Where an owner wants to be told of events. It owns what it listens for, which secrets sign, and when nothing is sent any more. */
export class WebhookEndpoint {
  private constructor(private current: WebhookEndpointState) {}

  static of(state: WebhookEndpointState): WebhookEndpoint {
    return new WebhookEndpoint(state);
  }

  /** Throws `InvalidData` with every fault. */
  static create(
    { url, faultOfUrl, events, eventTypeId }: GivenWebhookEndpoint,
    origin: Pick<WebhookEndpointState, 'id' | 'ownerId' | 'secret'>,
    at: Instant,
  ): WebhookEndpoint {
    const faultOfEvents = faultOf(events);
    const faults = {
      ...(faultOfUrl !== null && { url: faultOfUrl }),
      ...(faultOfEvents !== null && { events: faultOfEvents }),
    };
    if (Object.keys(faults).length > 0) throw new InvalidData(faults);
    return new WebhookEndpoint({
      ...origin,
      url,
      events: events as readonly WebhookEventName[],
      eventTypeId,
      previousSecret: null,
      disabled: null,
      failingSince: null,
      createdAt: at,
      updatedAt: at,
    });
  }

  get state(): WebhookEndpointState {
    return this.current;
  }

  get isEnabled(): boolean {
    return this.current.disabled === null;
  }

  /** Begins anew: earlier failures no longer count. One that is enabled stays as it is. */
  enable(at: Instant): void {
    if (this.isEnabled) return;
    this.current = { ...this.current, disabled: null, failingSince: null, updatedAt: at };
  }

  /** One that is disabled already stays so for its first reason. */
  disable(at: Instant): void {
    this.end('OWNER', at);
  }

  /** Signs with a new secret, and for 24 h also with the one before it; one that was already being replaced ends now. */
  rotate(secret: string, at: Instant): void {
    const previousSecret = { secret: this.current.secret, until: at.plus(ROTATION) };
    this.current = { ...this.current, secret, previousSecret, updatedAt: at };
  }

  /** The secrets that sign now, the newest first. */
  secretsAt(at: Instant): readonly string[] {
    const { secret, previousSecret } = this.current;
    return previousSecret?.until.isAfter(at) ? [secret, previousSecret.secret] : [secret];
  }

  /** A delivery was received. */
  received(): void {
    if (this.current.failingSince === null) return;
    this.current = { ...this.current, failingSince: null };
  }

  /** A delivery failed. Five days after the first failure since the last success the next one disables the endpoint. */
  failed(at: Instant): void {
    const failingSince = this.current.failingSince ?? at;
    if (this.current.failingSince === null) this.current = { ...this.current, failingSince };
    if (!at.isBefore(failingSince.plus(PATIENCE))) this.end('FAILING', at);
  }

  /** The receiver said that it wants nothing any more (410). */
  gone(at: Instant): void {
    this.end('GONE', at);
  }

  private end(reason: DisabledReason, at: Instant): void {
    if (!this.isEnabled) return;
    this.current = { ...this.current, disabled: { at, reason }, updatedAt: at };
  }
}

function faultOf(events: readonly string[]): string | null {
  if (events.length === 0) return 'events must name at least one event';
  if (!events.every(isWebhookEventName)) return `events must be among ${webhookEventNames.join(', ')}`;
  return new Set(events).size < events.length ? 'events must name each event once' : null;
}
