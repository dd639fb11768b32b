import { createHash } from 'node:crypto';

/** An index of PostgreSQL takes no more than 2,700 bytes: longer ids end in a hash of what they are. */
const LONGEST_ID = 500;

/** The text as PostgreSQL can keep and index it; the same for the same text, and another for another. */
export function storable(text: string): string {
  const plain = text.replaceAll('\0', '').toWellFormed();
  if (plain === text && text.length <= LONGEST_ID) return text;
  const hash = createHash('sha256').update(text).digest('base64url');
  return `${plain.slice(0, LONGEST_ID - hash.length).toWellFormed()}${hash}`;
}
