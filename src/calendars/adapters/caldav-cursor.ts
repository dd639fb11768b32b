/**
 * Where the last sync of a calendar ended: by the server's sync-token (RFC 6578), or for servers that have none by what every event's
 * etag was then, with the calendar's ctag if it has one.
 */
export type CaldavCursor =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'etags';
      readonly ctag: string | null;
      readonly etags: Readonly<Record<string, string>>;
    };

export function writeCursor(cursor: CaldavCursor): string {
  return JSON.stringify(cursor);
}

/** Null for a text that is no cursor of this kind: then all is asked for anew. */
export function readCursor(text: string | null): CaldavCursor | null {
  if (text === null) return null;
  try {
    const cursor = JSON.parse(text) as CaldavCursor | null;
    if (cursor?.kind === 'token') return typeof cursor.token === 'string' ? cursor : null;
    return cursor?.kind === 'etags' && typeof cursor.etags === 'object' ? cursor : null;
  } catch {
    return null;
  }
}
