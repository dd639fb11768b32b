/** Ours begin with it: no id that Google makes does but by a chance of one in a million millions. */
const OWN = 'linktime';

/**
 * The id of the event that is made for a UID: always the same, so that making it twice is refused. Google's ids are of the letters of
 * base32hex (RFC 4648, 7), which those of hexadecimal digits are among, and 5 to 1,024 of them.
 */
export function eventIdOf(uid: string): string {
  return OWN + Buffer.from(uid).toString('hex');
}

/** The UID that an event of ours was made for; null for one that is not ours. */
export function uidOf(eventId: string): string | null {
  const digits = /^linktime((?:[0-9a-f]{2})+)$/.exec(eventId)?.[1];
  return digits === undefined ? null : Buffer.from(digits, 'hex').toString();
}
