import { parseUrl } from '../../kernel/url.js';
import { CalendarAccessLost, CalendarGone, CalendarUnreadable } from '../domain/errors.js';
import type { RemoteCalendar } from '../domain/remote-event.js';
import { propfind } from './dav-requests.js';
import { PreconditionFailed, textIn, type DavItem, type DavSession } from './dav-session.js';

/**
 * The calendars of an account that events can be in, found from any place on its server (RFC 6764, RFC 4791): the place itself, the
 * well-known one, or the server's root leads to the user, the user to his calendars. Throws the port's errors.
 */
export async function discoverCalendars(session: DavSession, url: string): Promise<RemoteCalendar[]> {
  const place = await entrance(session, url);
  const listings = await Promise.all(
    (await homesFrom(session, place)).map((home) =>
      session.multistatus(home, propfind('1', CALENDAR_PROPERTIES)),
    ),
  );
  const items = listings.flatMap((listing) => listing.items.map((item) => ({ item, url: listing.url })));
  const preferred = new Set(
    items.flatMap(({ item, url: at }) => hrefsIn(item.props['scheduleDefaultCalendarUrl'], at)),
  );
  const calendars = new Map(
    items
      .filter(({ item }) => holdsEvents(item))
      .map(({ item, url: at }) => [new URL(item.href!, at).href, item] as const),
  );
  return [...calendars].map(([id, item]) => ({
    id,
    name: textIn(item.props['displayname']) || lastPartOf(id),
    writable: isWritable(item),
    primary: preferred.has(id) || calendars.size === 1,
  }));
}

const CALENDAR_PROPERTIES = [
  'd:resourcetype',
  'd:displayname',
  'd:current-user-privilege-set',
  'c:supported-calendar-component-set',
  'c:schedule-default-calendar-URL',
];

/** Where a server tells who somebody is: what it says there. */
interface Entrance {
  readonly url: string;
  readonly item: DavItem;
}

const ENTRANCE_PROPERTIES = ['d:current-user-principal', 'd:resourcetype', 'c:calendar-home-set'];

async function entrance(session: DavSession, url: string): Promise<Entrance> {
  let failure: unknown = null;
  for (const candidate of [url, new URL('/.well-known/caldav', url).href, new URL('/', url).href]) {
    try {
      const { items, url: landed } = await session.multistatus(candidate, propfind('0', ENTRANCE_PROPERTIES));
      const item = items.find(
        ({ props }) => principalOf(props, landed) || hrefsIn(props['calendarHomeSet'], landed).length > 0,
      );
      if (item) return { url: landed, item };
    } catch (error) {
      if (!isWrongPlace(error)) throw error;
      failure ??= error;
    }
  }
  if (failure instanceof CalendarUnreadable) throw failure;
  throw new CalendarUnreadable('There is no CalDAV server at this address');
}

/** Whether another place may do better. */
function isWrongPlace(error: unknown): boolean {
  return (
    error instanceof CalendarGone ||
    error instanceof CalendarUnreadable ||
    error instanceof PreconditionFailed
  );
}

async function homesFrom(session: DavSession, { url, item }: Entrance): Promise<string[]> {
  const here = hrefsIn(item.props['calendarHomeSet'], url);
  if (here.length > 0) return here;
  const principal = await session.multistatus(
    principalOf(item.props, url)!,
    propfind('0', ['c:calendar-home-set']),
  );
  const homes = principal.items.flatMap(({ props }) => hrefsIn(props['calendarHomeSet'], principal.url));
  if (homes.length === 0) throw new CalendarUnreadable('The server has no calendars for this user');
  return homes;
}

/** Null where the server says that nobody is known to it, which it may do in place of 401. */
function principalOf(props: DavItem['props'], at: string): string | null {
  const principal = props['currentUserPrincipal'];
  if (typeof principal === 'object' && principal !== null && 'unauthenticated' in principal)
    throw new CalendarAccessLost('The server does not accept the user name and password');
  return hrefsIn(principal, at)[0] ?? null;
}

/** Links in an element, made absolute. */
function hrefsIn(element: unknown, at: string): string[] {
  const { href } = (element ?? {}) as { href?: unknown };
  return [href ?? []]
    .flat()
    .map(textIn)
    .map((text) => (text === null ? null : parseUrl(text.trim(), at)))
    .filter((url) => url !== null)
    .map(({ href }) => href);
}

function holdsEvents({ props }: DavItem): boolean {
  if (!namesIn(props['resourcetype']).includes('calendar')) return false;
  const components = elementsIn(
    (props['supportedCalendarComponentSet'] as { comp?: unknown } | undefined)?.comp,
  );
  return (
    components.length === 0 ||
    components.some((comp) => comp._attributes?.['name']?.toUpperCase() === 'VEVENT')
  );
}

/** A server that tells nothing of privileges (RFC 3744) is believed to grant them. */
function isWritable({ props }: DavItem): boolean {
  const granted = props['currentUserPrivilegeSet'] as { privilege?: unknown } | undefined;
  if (!granted) return true;
  const names = elementsIn(granted.privilege).flatMap(namesIn);
  return ['all', 'write', 'writeContent'].some((privilege) => names.includes(privilege));
}

interface XmlElement {
  readonly _attributes?: Readonly<Record<string, string>>;
}

/** The one element or the many of a name, as tsdav gives them. */
function elementsIn(elements: unknown): XmlElement[] {
  return [elements ?? []].flat().filter((element) => typeof element === 'object' && element !== null);
}

function namesIn(element: unknown): string[] {
  return typeof element === 'object' && element !== null ? Object.keys(element) : [];
}

function lastPartOf(url: string): string {
  const part = new URL(url).pathname.split('/').filter(Boolean).at(-1) ?? '';
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
