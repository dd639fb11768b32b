import { parseUrl } from '../../kernel/url.js';
import { CalendarUnreadable } from '../domain/errors.js';
import { writeCursor, type CaldavCursor } from './caldav-cursor.js';
import { propfind, syncCollection } from './dav-requests.js';
import {
  PreconditionFailed,
  ServerBroke,
  textIn,
  type DavItem,
  type DavSession,
  type Multistatus,
} from './dav-session.js';

/** Which events of a calendar are new or changed since the cursor, and which are gone, as absolute URLs. */
export interface Listing {
  readonly fromScratch: boolean;
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** For the next time. */
  readonly cursor: string;
}

const MOST_EVENTS = 100_000;
const MOST_PARTS = 1_000;

/** Asks by sync-token where the server has them, else compares etags. Throws the port's errors, and `PreconditionFailed`. */
export async function listChanges(
  session: DavSession,
  url: string,
  cursor: CaldavCursor | null,
): Promise<Listing> {
  const { items } = await session.multistatus(
    url,
    propfind('0', ['d:sync-token', 'cs:getctag', 'd:resourcetype']),
  );
  const props = items.find(({ status }) => status < 300)?.props ?? {};
  if (textIn(props['syncToken']) === null) return byEtags(session, url, textIn(props['getctag']), cursor);
  const token = cursor?.kind === 'token' ? cursor.token : '';
  try {
    return await bySyncToken(session, url, token);
  } catch (error) {
    if (isOfToken(error) && token !== '') return bySyncToken(session, url, '');
    if (!(error instanceof PreconditionFailed)) throw error;
    return byEtags(session, url, textIn(props['getctag']), cursor);
  }
}

/** Whether it may be the token that the server did not like (RFC 6578, 3.2). Xandikos breaks on one that it does not know. */
function isOfToken(error: unknown): boolean {
  return error instanceof ServerBroke || error instanceof PreconditionFailed;
}

/** In as many parts as the server makes of it (RFC 6578, 3.6). */
async function bySyncToken(session: DavSession, url: string, begin: string): Promise<Listing> {
  const changed = new Map<string, boolean>();
  let token = begin;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const listing = await session.multistatus(url, syncCollection(token));
    for (const item of listing.items) note(changed, item, listing);
    if (!listing.syncToken)
      throw new CalendarUnreadable('The server does not say where its list of changes ends');
    const hasMore = listing.items.some(({ status }) => status === 507) && listing.syncToken !== token;
    token = listing.syncToken;
    if (!hasMore) {
      const urls = [...changed.keys()];
      return {
        fromScratch: begin === '',
        changed: urls.filter((key) => changed.get(key)),
        removed: urls.filter((key) => !changed.get(key)),
        cursor: writeCursor({ kind: 'token', token }),
      };
    }
  }
  throw new CalendarUnreadable("The server's list of changes has no end");
}

/** Keeps the latest word on an event; nothing is noted of the calendar itself, and of what is on other servers. */
function note(changed: Map<string, boolean>, { href, status, props }: DavItem, { url }: Multistatus): void {
  const event = eventUrl(href!, url);
  if (!event || status === 507) return;
  changed.delete(event);
  if (status === 404 || status === 410) changed.set(event, false);
  else if (status < 300 && !namesCollection(props)) changed.set(event, true);
  if (changed.size > MOST_EVENTS) throw tooMany();
}

async function byEtags(
  session: DavSession,
  url: string,
  ctag: string | null,
  cursor: CaldavCursor | null,
): Promise<Listing> {
  const known = cursor?.kind === 'etags' ? cursor : null;
  if (known && ctag !== null && known.ctag === ctag)
    return { fromScratch: false, changed: [], removed: [], cursor: writeCursor(known) };

  const listing = await session.multistatus(url, propfind('1', ['d:getetag', 'd:resourcetype']));
  const etags: Record<string, string> = {};
  for (const { href, props } of listing.items) {
    const event = eventUrl(href!, listing.url);
    if (event && !namesCollection(props)) etags[event] = textIn(props['getetag']) ?? '';
  }
  const urls = Object.keys(etags);
  if (urls.length > MOST_EVENTS) throw tooMany();
  const before = known?.etags ?? {};
  return {
    fromScratch: known === null,
    changed: urls.filter((event) => !etags[event] || etags[event] !== before[event]),
    removed: Object.keys(before).filter((event) => !(event in etags)),
    cursor: writeCursor({ kind: 'etags', ctag, etags }),
  };
}

function namesCollection(props: DavItem['props']): boolean {
  const type = props['resourcetype'];
  return typeof type === 'object' && type !== null && 'collection' in type;
}

/** Null for the calendar itself, and for what is on another server. */
function eventUrl(href: string, calendar: string): string | null {
  const event = parseUrl(href, calendar);
  if (!event) return null;
  const { host, pathname } = new URL(calendar);
  return event.host !== host || event.pathname.replace(/\/$/, '') === pathname.replace(/\/$/, '')
    ? null
    : event.href;
}

function tooMany(): CalendarUnreadable {
  return new CalendarUnreadable(`The calendar has more than ${MOST_EVENTS} events`);
}
