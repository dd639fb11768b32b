import { createHash } from 'node:crypto';
import { Duration } from '@js-joda/core';
import { formatInstant, parseInstant } from '../../kernel/instant-text.js';
import { CalendarUnreadable, isCalendarFault } from '../domain/errors.js';
import type { Watch, WatchRequest } from '../ports.js';
import type { CalendarAnswer } from './calendar-requests.js';
import { fieldsOf, idIn, textIn } from './graph-fields.js';
import type { GraphSession } from './graph-session.js';

/** Graph keeps subscriptions to events for less than seven days; an hour less allows for clocks that differ. */
const LENGTH = Duration.ofDays(7).minusHours(1);

/** A subscription, and a hash of all that cannot be changed in it. */
interface Handle {
  readonly id: string;
  readonly of: string;
}

/**
 * Has Graph post to an address whenever events of a calendar come, change or go. A former subscription is renewed if it is of the same
 * address and secret, else ended once the new one stands. Null where the account does not permit it.
 */
export async function subscribe(
  session: GraphSession,
  calendarId: string,
  request: WatchRequest,
): Promise<Watch | null> {
  const { address, secret, former } = request;
  const of = createHash('sha256')
    .update(JSON.stringify([calendarId, address, secret]))
    .digest('hex');
  const expirationDateTime = formatInstant(session.clock.now().plus(LENGTH));

  const known = former && readHandle(former);
  if (known?.of === of) {
    const answer = await session.ask(pathOf(known.id), { method: 'PATCH', body: { expirationDateTime } });
    if (answer.status !== 404) return watchIn(session, answer, of, expirationDateTime);
  }

  const resource = `me/calendars/${calendarId}/events`;
  const answer = await session.ask('/subscriptions', {
    method: 'POST',
    body: {
      changeType: 'created,updated,deleted',
      notificationUrl: address,
      resource,
      expirationDateTime,
      clientState: secret,
    },
  });
  if (answer.status === 403) return null;
  const watch = watchIn(session, answer, of, expirationDateTime);
  if (former && known?.of !== of) await endIfPossible(session, former);
  return watch;
}

/** Ends a subscription; one that has ended already is as good. */
export async function unsubscribe(session: GraphSession, watch: Watch): Promise<void> {
  const handle = readHandle(watch);
  if (!handle) return;
  const answer = await session.ask(pathOf(handle.id), { method: 'DELETE' });
  if (answer.status !== 404) session.fields(answer);
}

/** One that cannot be ended now ends by itself within a week. */
async function endIfPossible(session: GraphSession, watch: Watch): Promise<void> {
  try {
    await unsubscribe(session, watch);
  } catch (error) {
    if (!isCalendarFault(error)) throw error;
  }
}

function watchIn(session: GraphSession, answer: CalendarAnswer, of: string, asked: string): Watch {
  const subscription = session.fields(answer);
  const expiresAt = parseInstant(textIn(subscription, 'expirationDateTime') ?? asked);
  const id = idIn(subscription);
  if (id === null) throw new CalendarUnreadable('The provider answered no subscription');
  const handle: Handle = { id, of };
  return { handle: JSON.stringify(handle), expiresAt: expiresAt ?? parseInstant(asked)! };
}

function pathOf(id: string): string {
  return `/subscriptions/${encodeURIComponent(id)}`;
}

/** Null for what is no handle of ours. */
function readHandle({ handle }: Watch): Handle | null {
  try {
    const fields = fieldsOf(JSON.parse(handle)) ?? {};
    const id = idIn(fields);
    const of = textIn(fields, 'of');
    return id === null || of === null ? null : { id, of };
  } catch {
    return null;
  }
}
