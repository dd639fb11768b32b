import { hash } from 'node:crypto';

/** A strong entity tag (RFC 9110, 8.8.3): the same for the same text, and another for another. */
export function entityTagOf(text: string): string {
  return `"${hash('sha256', text, 'base64url')}"`;
}

/** Whether a client's `If-None-Match` names that tag, so that it has the text already (RFC 9110, 13.1.2: compared weakly). */
export function isKnown(entityTag: string, ifNoneMatch: string | undefined): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(entityTag);
}
