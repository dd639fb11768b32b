import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { formatInstant } from '../../kernel/instant-text.js';
import { parseUrl } from '../../kernel/url.js';
import { CalendarUnavailable } from '../domain/errors.js';
import type { MirroredEvent, PlacedEvent } from '../domain/remote-event.js';
import type { CalendarAnswer } from './calendar-requests.js';
import { eventIdOf } from './google-event-id.js';
import { plainText, type GoogleSession } from './google-session.js';
import { mirroredDescription } from './mirrored-description.js';

const placedSchema = z.object({
  id: plainText(1_024),
  etag: plainText(1_000).optional(),
  hangoutLink: z.string().optional(),
  conferenceData: z
    .object({
      createRequest: z.object({ status: z.object({ statusCode: z.string() }).optional() }).optional(),
      entryPoints: z.array(z.object({ entryPointType: z.string(), uri: z.string() })).optional(),
    })
    .optional(),
});

type GooglePlaced = z.infer<typeof placedSchema>;

const PLACED_FIELDS =
  'id,etag,hangoutLink,conferenceData(createRequest(status),entryPoints(entryPointType,uri))';

/** Google takes about 8,192 characters of a description. */
const LONGEST_DESCRIPTION = 8_000;

/**
 * Makes the event that belongs to a UID, or changes it where it is, and brings it back if it was deleted; nobody is mailed by Google.
 * What the owner added to it, such as a colour or a reminder, stays. A meeting that takes time to be made is looked for again after
 * each of the waits (in milliseconds), and then left out. Throws the port's errors, `CalendarGone` if there is no such calendar.
 */
export async function place(
  session: GoogleSession,
  calendarId: string,
  event: MirroredEvent,
  placed: PlacedEvent | null,
  waits: readonly number[],
): Promise<PlacedEvent> {
  const answer = await write(session, calendarId, event, placed);
  if (answer.status === 409) throw new CalendarUnavailable('The event changes while it is written');
  let found = session.read(answer, placedSchema);
  for (const wait of waits) {
    if (!event.wantsMeetingLink || !isMeetingPending(found)) break;
    await delay(wait);
    const path = ['calendars', calendarId, 'events', found.id];
    found = session.read(await session.ask({ path, query: { fields: PLACED_FIELDS } }), placedSchema);
  }
  return {
    remoteId: found.id,
    etag: found.etag ?? null,
    meetingLink: event.wantsMeetingLink ? meetingLinkOf(found) : null,
  };
}

/** Without a meeting where Google refuses one: not every calendar may have them. */
async function write(
  session: GoogleSession,
  calendarId: string,
  event: MirroredEvent,
  placed: PlacedEvent | null,
): Promise<CalendarAnswer> {
  const answer = await insertOrChange(session, calendarId, event, placed);
  if (answer.status !== 400 || !event.wantsMeetingLink) return answer;
  return insertOrChange(session, calendarId, { ...event, wantsMeetingLink: false }, placed);
}

async function insertOrChange(
  session: GoogleSession,
  calendarId: string,
  event: MirroredEvent,
  placed: PlacedEvent | null,
): Promise<CalendarAnswer> {
  const path = ['calendars', calendarId, 'events'];
  const query = {
    sendUpdates: 'none',
    conferenceDataVersion: event.wantsMeetingLink ? '1' : '0',
    fields: PLACED_FIELDS,
  };
  const change = (id: string) =>
    session.ask({ method: 'PATCH', path: [...path, id], query, body: changeOf(event) });

  const changed = placed ? await change(placed.remoteId) : null;
  if (changed && changed.status !== 404 && changed.status !== 410) return changed;
  const id = eventIdOf(event.uid);
  const made = await session.ask({ method: 'POST', path, query, body: { id, ...bodyOf(event) } });
  return made.status === 409 ? change(id) : made; // it is there already, or was and is deleted
}

function bodyOf(event: MirroredEvent) {
  return {
    status: 'confirmed',
    summary: event.title,
    description: descriptionOf(event),
    ...(event.location !== null && { location: event.location }),
    start: { dateTime: formatInstant(event.time.start) },
    end: { dateTime: formatInstant(event.time.end) },
    ...(event.wantsMeetingLink && { conferenceData: meetingRequest(event.uid) }),
  };
}

/** For PATCH, by which null takes away what was there: the days of an event that its owner had made an all-day one, for instance. */
function changeOf(event: MirroredEvent) {
  const body = bodyOf(event);
  return {
    ...body,
    location: event.location,
    start: { ...body.start, date: null },
    end: { ...body.end, date: null },
  };
}

/** Google ignores the request if it has one of that id already: there is one meeting for a booking's whole life. */
function meetingRequest(uid: string) {
  return { createRequest: { requestId: uid, conferenceSolutionKey: { type: 'hangoutsMeet' } } };
}

/** Google shows a description as HTML: what an invitee wrote must not become a link to somewhere else. */
function descriptionOf(event: MirroredEvent): string {
  return mirroredDescription(event).slice(0, LONGEST_DESCRIPTION).toWellFormed().replaceAll('<', '&lt;');
}

function isMeetingPending(found: GooglePlaced): boolean {
  return (
    meetingLinkOf(found) === null && found.conferenceData?.createRequest?.status?.statusCode === 'pending'
  );
}

function meetingLinkOf({ hangoutLink, conferenceData }: GooglePlaced): string | null {
  const video = conferenceData?.entryPoints?.find(({ entryPointType }) => entryPointType === 'video');
  const url = parseUrl(hangoutLink ?? video?.uri ?? '');
  return url?.protocol === 'https:' && url.href.length <= 2_000 ? url.href : null;
}
