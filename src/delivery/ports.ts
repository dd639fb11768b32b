import type { Instant } from '@js-joda/core';
import type { BookingEvent, BookingEventData, OwedEvent } from '../kernel/domain-event.js';
import type { BookingContent, MailContent } from './domain/mail.js';
import type { RemindedBooking } from './domain/reminders.js';
import type { WebhookEndpoint } from './domain/webhook-endpoint.js';

/** Events whose work is still owed. */
export abstract class OwedEvents {
  /**
   * The event and what its owner was owed before it, if `withLater` also what he is owed since, oldest first and at most `limit` of them,
   * locked until the unit of work ends; none if the event's work is done. Whoever else works on them is waited for.
   */
  abstract take(eventId: string, limit: number, withLater: boolean): Promise<OwedEvent[]>;

  /** Says that the work of these events is done. */
  abstract settle(eventIds: readonly string[]): Promise<void>;
}

/** The owners as far as deliveries need to know them. */
export abstract class Hosts {
  /** Null if the owner is gone. */
  abstract find(ownerId: string): Promise<Host | null>;
}

export interface Host {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** An IANA name. */
  readonly timezone: string;
  /** How long before a meeting its invitee is reminded, in minutes. */
  readonly reminderMinutes: readonly number[];
}

/** What the world is told, kept for 30 days. */
export abstract class PublishedEvents {
  /**
   * Keeps the events, in this order, each with the exact text that is signed and sent, before the unit of work ends. One owner's events
   * are published one after another: the next waits for the end of this unit of work. An event published before stays as it was.
   */
  abstract publish(events: readonly PublishedEvent[]): Promise<void>;
}

export interface PublishedEvent {
  /** `evt_...`, the same over retries and replays. */
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  /** Which event type the event is about, if it is about one. */
  readonly eventTypeId: string | null;
  /** The envelope as JSON. */
  readonly body: string;
  /** Sent to one endpoint on request, and no part of what happened. */
  readonly isTest: boolean;
  readonly at: Instant;
}

/** Where owners want to be told of events. */
export abstract class WebhookEndpoints {
  /** The endpoint, locked until the unit of work ends; null if there is none. */
  abstract find(id: string): Promise<WebhookEndpoint | null>;

  /** Those of the endpoints that there are, as they are now, not locked and therefore not to be saved; each once. */
  abstract read(ids: readonly string[]): Promise<WebhookEndpoint[]>;

  abstract save(endpoint: WebhookEndpoint): Promise<void>;

  /** Whether the owner has an event type of that id. */
  abstract hasEventType(ownerId: string, eventTypeId: string): Promise<boolean>;
}

/** Who is owed which event, and how far that has come. Times of attempts are counted by the database's clock. */
export abstract class WebhookDeliveries {
  /** Owes published events to every enabled endpoint of their owner that listens for them; once each, however often it is asked to. */
  abstract fanOut(eventIds: readonly string[]): Promise<void>;

  /** Owes a published event to one endpoint, from the first attempt on, whatever came of it before. Returns the delivery's id. */
  abstract owe(eventId: string, endpointId: string): Promise<string>;

  /**
   * Owes the endpoint, from the first attempt on, what was published since `since` that it listens for and has not received: some
   * thousands at most, beginning after the position that the call before returned, or with the oldest.
   */
  abstract recover(endpoint: WebhookEndpoint, since: Instant, after: string | null): Promise<Recovered>;

  /** Which event is delivered where; null if there is no such delivery. */
  abstract find(id: string): Promise<{ eventId: string; endpointId: string } | null>;

  /** Gives up what is still to be delivered to an endpoint, a thousand at most. What is under way is left to whoever claimed it. */
  abstract abandon(endpointId: string, reason: string): Promise<void>;

  /**
   * Takes of these deliveries those that are due, each for one attempt, and none that is under way elsewhere. A claim ends by itself after
   * 20 s.
   */
  abstract claim(deliveryIds: readonly string[]): Promise<ClaimedDelivery[]>;

  /**
   * Records what came of claimed attempts, and of those that go on claims the next that their endpoint is owed, in their place and as if
   * by `claim`, as long as the endpoint is enabled and its last attempt did not fail. Returns each recorded delivery's id with what was
   * claimed in its place. Nothing is recorded of one that somebody else has claimed since, or that was given up or begun anew.
   */
  abstract record(ended: readonly EndedAttempt[]): Promise<ReadonlyMap<string, ClaimedDelivery | null>>;

  /** Gives the claimed delivery up without an attempt. */
  abstract giveUp(claim: ClaimedDelivery, reason: string): Promise<void>;
}

export interface Recovered {
  readonly count: number;
  /** Where to go on; null if that was all. */
  readonly next: string | null;
}

export interface ClaimedDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly body: string;
  /** How many attempts were made before this one. */
  readonly attempts: number;
  readonly turn: number;
}

export interface WebhookAttempt {
  readonly startedAt: Instant;
  readonly tookMs: number;
  /** Null if there was no answer. */
  readonly statusCode: number | null;
  /** The first 2 KB of the answer. */
  readonly response: string | null;
  /** One sentence; null for a success. */
  readonly error: string | null;
}

/** What becomes of a delivery or a mail after an attempt. */
export type DeliveryOutcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'retry'; readonly afterSeconds: number }
  | { readonly kind: 'failed' };

export interface EndedAttempt {
  readonly claim: ClaimedDelivery;
  readonly attempt: WebhookAttempt;
  readonly outcome: DeliveryOutcome;
  /** Whether whoever made the attempt goes on with the next that the endpoint is owed. */
  readonly goesOn: boolean;
}

/** One attempt that was made and recorded, for those who keep count. */
export interface Attempted {
  readonly kind: 'webhook' | 'mail' | 'mirror';
  readonly outcome: DeliveryOutcome['kind'];
  readonly tookMs: number;
}

/** Where webhooks go. */
export abstract class WebhookReceivers {
  /** Why nothing may ever be sent to this address, as a sentence; null if it may. */
  abstract faultOf(url: string): string | null;

  /** Sends one request and waits 15 s at most. Never throws for what the receiver or the network does. */
  abstract post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<ReceiverAnswer>;
}

export type ReceiverAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The value of `Retry-After`, if there was one. */
      readonly retryAfter: string | null;
      readonly body: string;
      readonly tookMs: number;
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly tookMs: number };

/** The e-mails owed and sent, as the owner sees them on a booking. Times of attempts are counted by the database's clock. */
export abstract class EmailLog {
  /**
   * Notes e-mails to be sent, QUEUED, after so many seconds or at once. One that the same event already owes to the same recipient is
   * noted once.
   */
  abstract queue(emails: readonly QueuedEmail[], afterSeconds?: number): Promise<void>;

  /**
   * Makes due now what waits about a booking and was never tried; what was put off after an attempt keeps its time. Nobody else can claim
   * any of a booking's mails before the unit of work ends.
   */
  abstract letGo(bookingId: string): Promise<void>;

  /** The last that each who is invited was told of a booking, if it was sent or is being sent by now. Reminders do not count. */
  abstract sentNews(bookingId: string): Promise<SentNews[]>;

  /**
   * Takes a mail that is due for one attempt; null if it is not due, or under way elsewhere. A claim ends by itself after 50 s. What
   * one reader is told of one booking goes out in the order in which it was owed: the next is due when the one before is done with.
   */
  abstract claim(emailId: string): Promise<ClaimedEmail | null>;

  /**
   * Records what came of the claimed attempt, with the server's words of one that failed. False, and nothing is recorded, if somebody
   * else has claimed the mail since.
   */
  abstract record(claim: ClaimedEmail, words: string | null, outcome: DeliveryOutcome): Promise<boolean>;

  /** Gives a claimed mail up that is better not sent: FAILED, and no attempt was made. */
  abstract withdraw(claim: ClaimedEmail, reason: string): Promise<void>;

  /** Owes a FAILED mail again, from the first attempt on; what became of that. */
  abstract requeue(emailId: string): Promise<'requeued' | 'not failed' | 'unknown'>;

  /** Owes all again that were owed since `since` and FAILED; how many these are. */
  abstract requeueFailed(since: Instant): Promise<number>;
}

export interface SentNews {
  readonly ownerId: string;
  readonly recipient: string;
  readonly content: BookingContent;
}

export interface QueuedEmail {
  readonly id: string;
  readonly ownerId: string;
  /** Null for a mail that is about no booking. */
  readonly bookingId: string | null;
  /** What owes it: an event's id, or another name that stays the same however often it is asked for. */
  readonly eventId: string;
  readonly recipient: string;
  readonly subject: string;
  /** What it tells, as it was when it was owed. */
  readonly content: MailContent;
  readonly at: Instant;
}

export interface ClaimedEmail {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly content: MailContent;
  /** The booking as it is now; null for a mail that is about none. */
  readonly bookingNow: BookingNow | null;
  /** What lets the booking's invitee manage it; null for all other readers. */
  readonly inviteeToken: string | null;
  /** When it was owed. */
  readonly createdAt: Instant;
  /** How many attempts were made before this one. */
  readonly attempts: number;
  readonly turn: number;
}

/** A booking as far as mails that were owed before depend on it. */
export interface BookingNow extends RemindedBooking {
  readonly sequence: number;
  readonly meetingLink: string | null;
}

/** Takes mails on their way: an SMTP server, or files. */
export abstract class Mailer {
  /**
   * Sends a mail whose `Message-ID` follows from its id and never changes. Never throws for what the mail server does.
   */
  abstract send(mail: ClaimedEmail): Promise<MailerAnswer>;

  /** Lets go of connections. */
  abstract close(): Promise<void>;
}

/** `accepted`: it is the server's now. `refused`: it will never be taken. `deferred`: it may be taken later. Each in the server's words. */
export interface MailerAnswer {
  readonly kind: 'accepted' | 'refused' | 'deferred';
  readonly words: string;
}

/** Which bookings' invitees are to be reminded, and when. */
export abstract class Reminders {
  /** Plans a booking's reminders anew from what it is now: none for one that is cancelled, begun or gone. Locks the booking. */
  abstract plan(bookingId: string, minutesBefore: readonly number[], at: Instant): Promise<void>;

  /**
   * Takes what is due of a booking's reminders away, before the unit of work ends. The booking is locked until then. Null if none is
   * due, or the booking is gone.
   */
  abstract takeDue(bookingId: string): Promise<TakenReminders | null>;
}

export interface TakenReminders {
  readonly ownerId: string;
  /** For how long before the start each of them was meant. */
  readonly minutesBefore: readonly number[];
  /** The booking as it is now, whatever its status. */
  readonly booking: BookingEventData;
}

/** The calendars of owners, as far as they show what is booked. */
export abstract class BookingMirror {
  /**
   * Wants the owner's calendars to follow what happened to a booking, before the unit of work ends. Returns whether the booking has to
   * wait for the link of a video meeting that one of them makes; that it has come is told by `TellMeetingLink`.
   */
  abstract follow(event: BookingEvent): Promise<boolean>;
}
