import { formatInstant } from '../../kernel/instant-text.js';
import { findTimeZone } from '../../kernel/time-zone.js';
import { CalendarUnavailable, CalendarUnreadable } from '../domain/errors.js';
import type { MirroredEvent, PlacedEvent } from '../domain/remote-event.js';
import type { CalendarAnswer } from './calendar-requests.js';
import { timeOf } from './graph-events.js';
import { errorIn, fieldsOf, idIn, textIn, type Fields } from './graph-fields.js';
import type { GraphSession } from './graph-session.js';
import { filterByUid, transactionId, uidProperties } from './graph-uid.js';
import { Malformed } from './icalendar-values.js';
import { mirroredDescription } from './mirrored-description.js';

const MOST_ATTEMPTS = 5;

/**
 * Changes an event where it is, or makes it where it is nowhere: first it is looked for by its UID, and two that are made at once are
 * one to Graph, by their transactionId. An event that the owner removed is made anew, under another transactionId.
 */
export async function place(
  session: GraphSession,
  calendarId: string,
  event: MirroredEvent,
  placed: PlacedEvent | null,
): Promise<PlacedEvent> {
  return withMeetingLink(session, event, await placeSomehow(session, calendarId, event, placed));
}

async function placeSomehow(
  session: GraphSession,
  calendarId: string,
  event: MirroredEvent,
  placed: PlacedEvent | null,
): Promise<PlacedEvent> {
  const changed =
    (placed && (await change(session, event, placed))) ?? (await changeByUid(session, calendarId, event));
  if (changed) return changed;

  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const id = transactionId(event.uid, calendarId, placed?.remoteId ?? null, attempt);
    const made = await make(session, calendarId, event, id);
    if (made) return made;
  }
  throw new CalendarUnavailable('The event is removed faster than it can be made');
}

/** Null if the transactionId stands for an event that has been removed. */
async function make(
  session: GraphSession,
  calendarId: string,
  event: MirroredEvent,
  id: string,
): Promise<PlacedEvent | null> {
  const answer = await session.ask(`/me/calendars/${encodeURIComponent(calendarId)}/events`, {
    method: 'POST',
    body: { ...newEvent(event), transactionId: id },
  });
  const twin = twinIn(answer);
  if (twin)
    return (
      (twin.id && (await changeById(session, calendarId, event, twin.id))) ||
      (await changeByUid(session, calendarId, event))
    );
  const made = session.fields(answer);
  const placed = placedIn(made);
  return isAt(made, event) ? placed : change(session, event, placed); // it was made before, of an earlier state
}

/** Null if there is no such event any more. */
async function change(
  session: GraphSession,
  event: MirroredEvent,
  { remoteId, meetingLink }: PlacedEvent,
): Promise<PlacedEvent | null> {
  const answer = await session.ask(pathOf(remoteId), {
    method: 'PATCH',
    body: changesOf(event, meetingLink !== null),
  });
  if (answer.status === 404) return null;
  const changed = placedIn(session.fields(answer));
  return { ...changed, meetingLink: changed.meetingLink ?? meetingLink };
}

/** Only where the event is in that calendar: Graph may mean one among the deleted items. */
async function changeById(
  session: GraphSession,
  calendarId: string,
  event: MirroredEvent,
  id: string,
): Promise<PlacedEvent | null> {
  const path = `/me/calendars/${encodeURIComponent(calendarId)}/events/${encodeURIComponent(id)}`;
  const answer = await session.ask(`${path}?$select=id,onlineMeeting`);
  return answer.status === 404 ? null : change(session, event, placedIn(session.fields(answer)));
}

async function changeByUid(
  session: GraphSession,
  calendarId: string,
  event: MirroredEvent,
): Promise<PlacedEvent | null> {
  const filter = encodeURIComponent(filterByUid(event.uid));
  const events = `/me/calendars/${encodeURIComponent(calendarId)}/events`;
  const { items } = session.page(await session.ask(`${events}?$filter=${filter}&$select=id,onlineMeeting`));
  const found = fieldsOf(items[0]);
  return found && change(session, event, placedIn(found));
}

/**
 * Asks once more for a meeting that is wanted and not there: Graph may take a moment longer for it than for the event, and personal
 * accounts get one only from the provider that is theirs, named by nobody.
 */
async function withMeetingLink(
  session: GraphSession,
  { wantsMeetingLink }: MirroredEvent,
  placed: PlacedEvent,
): Promise<PlacedEvent> {
  if (!wantsMeetingLink || placed.meetingLink !== null) return placed;
  const answer = await session.ask(pathOf(placed.remoteId), {
    method: 'PATCH',
    body: { isOnlineMeeting: true },
  });
  return answer.status === 404 ? placed : placedIn(session.fields(answer));
}

export function pathOf(remoteId: string): string {
  return `/me/events/${encodeURIComponent(remoteId)}`;
}

/** Nobody is invited, and nothing is asked of anybody: LinkTime writes to its guests itself. */
function newEvent(event: MirroredEvent): Fields {
  return {
    ...essenceOf(event),
    body: bodyOf(event),
    ...(event.location && { location: { displayName: event.location } }),
    showAs: 'busy',
    responseRequested: false,
    singleValueExtendedProperties: uidProperties(event.uid),
    ...(event.wantsMeetingLink && MEETING),
  };
}

/**
 * Of an online meeting neither text nor place are changed once it is made: Graph keeps the meeting itself in the event's text, and ends
 * it where that is lost (Graph reference, "Update event").
 */
function changesOf(event: MirroredEvent, isOnlineMeeting: boolean): Fields {
  if (isOnlineMeeting) return essenceOf(event);
  return {
    ...essenceOf(event),
    body: bodyOf(event),
    location: { displayName: event.location ?? '' },
    ...(event.wantsMeetingLink && MEETING),
  };
}

const MEETING = { isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' };

function essenceOf({ title, time }: MirroredEvent): Fields {
  return {
    subject: title,
    isAllDay: false,
    start: { dateTime: formatInstant(time.start).slice(0, -1), timeZone: 'UTC' },
    end: { dateTime: formatInstant(time.end).slice(0, -1), timeZone: 'UTC' },
  };
}

function bodyOf(event: MirroredEvent): Fields {
  return { contentType: 'text', content: mirroredDescription(event) };
}

/** Where an event is that was made with the same transactionId, if Graph says so; null if the answer is no such refusal. */
function twinIn(answer: CalendarAnswer): { id: string | null } | null {
  const error = errorIn(answer);
  if (error['code'] !== 'ErrorDuplicateTransactionId') return null;
  return { id: idIn(error, '@event.existingEventId') };
}

function isAt(made: Fields, { time }: MirroredEvent): boolean {
  try {
    const { start, end } = timeOf(made, findTimeZone('UTC')!);
    return start.equals(time.start) && end.equals(time.end);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return false;
  }
}

/** Throws `CalendarUnreadable` if the answer is no event. */
function placedIn(event: Fields): PlacedEvent {
  const remoteId = idIn(event);
  if (remoteId === null) throw new CalendarUnreadable('The provider answered no event');
  const meeting = fieldsOf(event['onlineMeeting']) ?? {};
  return { remoteId, etag: textIn(event, '@odata.etag'), meetingLink: textIn(meeting, 'joinUrl') };
}
