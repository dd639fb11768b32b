import type { Instant } from '@js-joda/core';
import type { Interval } from '../../kernel/interval.js';
import { stretchesOf, type EventType } from './event-type.js';

/** For how long a slot is kept for an invitee who is still filling in the form. */
export const HOLD_MINUTES = 10;

/** A slot kept for the bearer of its token. It blocks the host's time as a booking would, and nobody any more once it expires. */
export interface Hold {
  readonly id: string;
  readonly ownerId: string;
  readonly eventTypeId: string;
  readonly time: Interval;
  readonly blocked: Interval;
  /** What the booking carries to take the slot. */
  readonly token: string;
  readonly expiresAt: Instant;
}

/** Keeps a time that was found free. */
export function holdSlot(
  eventType: EventType,
  start: Instant,
  { id, token }: Pick<Hold, 'id' | 'token'>,
  at: Instant,
): Hold {
  const { id: eventTypeId, ownerId } = eventType.state;
  return {
    id,
    ownerId,
    eventTypeId,
    ...stretchesOf(eventType, start),
    token,
    expiresAt: at.plusSeconds(HOLD_MINUTES * 60),
  };
}
