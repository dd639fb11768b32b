import { CalendarGone, CalendarUnavailable } from '../domain/errors.js';
import type { MirroredEvent, PlacedEvent } from '../domain/remote-event.js';
import { eventsOfUid } from './dav-requests.js';
import { PreconditionFailed, textIn, type DavSession } from './dav-session.js';

/** Where an event is to be written, and over which state of it; a null etag is an event that is not there yet. */
interface Place {
  readonly url: string;
  readonly etag: string | null;
}

const MOST_TRIES = 4;

/**
 * Writes an event where it is, or makes it: never over a state that was not seen. If the server has another state than thought
 * (412), what it has is looked up and the event written over that; an event that the owner removed is made anew. Throws the port's
 * errors, `CalendarGone` if there is no such calendar, and `PreconditionFailed`.
 */
export async function place(
  session: DavSession,
  calendarUrl: string,
  event: MirroredEvent,
  placed: PlacedEvent | null,
  text: string,
): Promise<PlacedEvent> {
  const usual = new URL(`${event.uid.replace(/[^\w.-]/g, '-')}.ics`, withSlash(calendarUrl)).href;
  let at: Place = placed ? await known(session, placed) : { url: usual, etag: null };

  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      return await write(session, at, text);
    } catch (error) {
      if (error instanceof CalendarGone && at.etag !== null) at = { url: at.url, etag: null };
      else if (error instanceof PreconditionFailed)
        at = await otherPlace(session, calendarUrl, event.uid, at, error);
      else throw error;
    }
  }
  throw new CalendarUnavailable('The event changes on the server faster than it can be written');
}

async function known(session: DavSession, { remoteId, etag }: PlacedEvent): Promise<Place> {
  return etag === null ? lookUp(session, remoteId) : { url: remoteId, etag };
}

async function write(session: DavSession, { url, etag }: Place, text: string): Promise<PlacedEvent> {
  const condition: Record<string, string> = etag === null ? { 'if-none-match': '*' } : { 'if-match': etag };
  const headers = { ...condition, 'content-type': 'text/calendar; charset=utf-8' };
  const answer = await session.ask(url, 'PUT', headers, text);
  return { remoteId: url, etag: answer.headers['etag'] ?? null, meetingLink: null };
}

/** Where to write after the server refused: over what is there now, or over the event of that UID elsewhere (RFC 4791, 5.3.2.1). */
async function otherPlace(
  session: DavSession,
  calendarUrl: string,
  uid: string,
  { url }: Place,
  refusal: PreconditionFailed,
): Promise<Place> {
  const isElsewhere = refusal.body.includes('no-uid-conflict');
  if (refusal.status === 412 && !isElsewhere) return lookUp(session, url);
  if (refusal.status === 409 && !isElsewhere)
    throw new CalendarGone('There is no such calendar on the server'); // RFC 4918, 9.7.1
  if (!isElsewhere) throw refusal;
  const { items, url: landed } = await session.multistatus(calendarUrl, eventsOfUid(uid));
  const [other] = items;
  if (!other) throw refusal;
  return { url: new URL(other.href!, landed).href, etag: textIn(other.props['getetag']) };
}

async function lookUp(session: DavSession, url: string): Promise<Place> {
  try {
    const { headers } = await session.ask(url, 'GET');
    return { url, etag: headers['etag'] ?? null };
  } catch (error) {
    if (error instanceof CalendarGone) return { url, etag: null };
    throw error;
  }
}

export function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
