import { createHash } from 'node:crypto';
import { textIn, type Fields } from './graph-fields.js';

// Graph gives events a UID of its own (iCalUId). Ours goes along in two places: in the transactionId, which the API tells with every
// event and by which it makes none twice, and in an extended property, by which events can be looked for.

const PROPERTY = 'String {4b5c1f6e-3f0a-4d57-9d1c-6a0f6b8f2c31} Name LinkTimeUid';
const TRANSACTION = /^linktime\/[0-9a-f]+\/(.+)$/;

/** Ours of an event that we made, else Graph's; null if neither is told, as of an occurrence. */
export function uidIn(event: Fields): string | null {
  const own = TRANSACTION.exec(textIn(event, 'transactionId') ?? '');
  return own ? own[1]! : textIn(event, 'iCalUId');
}

/**
 * By which Graph knows an event that is made twice. It remembers those of deleted events too, so that one put into another calendar,
 * or after what was made (`replaced`) is gone, or at a later `attempt` has another.
 */
export function transactionId(
  uid: string,
  calendarId: string,
  replaced: string | null,
  attempt: number,
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([calendarId, replaced, attempt]))
    .digest('hex');
  return `linktime/${hash.slice(0, 12)}/${uid}`;
}

export function uidProperties(uid: string): Fields[] {
  return [{ id: PROPERTY, value: uid }];
}

/** An OData filter for the events of that UID. */
export function filterByUid(uid: string): string {
  const value = uid.replaceAll("'", "''");
  return `singleValueExtendedProperties/Any(ep: ep/id eq '${PROPERTY}' and ep/value eq '${value}')`;
}
