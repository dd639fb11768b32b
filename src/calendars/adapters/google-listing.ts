import { z } from 'zod';
import { formatInstant } from '../../kernel/instant-text.js';
import { CalendarUnavailable, CalendarUnreadable } from '../domain/errors.js';
import type { ChangePage } from '../domain/remote-event.js';
import type { CalendarAnswer } from './calendar-requests.js';
import { EVENT_FIELDS, eventsIn, type Question } from './google-events.js';
import { plainText, type GoogleSession } from './google-session.js';

/** One page of events; it bears a token for the next page, or the last one for the next time. */
const pageSchema = z.object({
  items: z.array(z.unknown()).default([]),
  nextPageToken: plainText(10_000).optional(),
  nextSyncToken: plainText(10_000).optional(),
});

/** How many events come at once: with all that Google lets an event hold, not more than an answer may be. */
const PAGE = 250;

type Query = Readonly<Record<string, string>>;

/**
 * What changed in a calendar since a sync token, or all there is in the window if there is none that Google still knows (events.list).
 * Returns the next sync token. Throws the port's errors.
 */
export async function* listChanges(
  session: GoogleSession,
  calendarId: string,
  syncToken: string | null,
  question: Question,
  mostPages: number,
): AsyncGenerator<ChangePage, string> {
  const list = (query: Query) => listEvents(session, calendarId, query);
  const { filter, fromScratch, ...first } = await firstPage(list, syncToken, question);
  let { answer } = first;
  for (let pages = 1; ; pages += 1) {
    const { items, nextPageToken, nextSyncToken } = session.read(answer, pageSchema);
    yield { fromScratch, ...eventsIn(items, question), total: null };
    if (nextPageToken === undefined && nextSyncToken !== undefined) return nextSyncToken;
    if (nextPageToken === undefined)
      throw new CalendarUnreadable('Google does not say where its list of events goes on');
    if (pages === mostPages) throw new CalendarUnreadable('The list of events has no end');

    answer = await list({ ...filter, pageToken: nextPageToken });
    if (isTokenUnknown(answer)) throw new CalendarUnavailable('Google lost its place in the list of events');
  }
}

async function firstPage(
  list: (query: Query) => Promise<CalendarAnswer>,
  syncToken: string | null,
  { window }: Question,
): Promise<{ filter: Query; answer: CalendarAnswer; fromScratch: boolean }> {
  if (syncToken !== null) {
    const filter = { syncToken };
    const answer = await list(filter);
    if (!isTokenUnknown(answer)) return { filter, answer, fromScratch: false };
  }
  const filter = { timeMin: formatInstant(window.start), timeMax: formatInstant(window.end) };
  return { filter, answer: await list(filter), fromScratch: true };
}

/**
 * A page of events, expanded. All parameters but the tokens and the window are the same whenever a calendar is read, as Google
 * demands; what was deleted since a sync token comes unasked. The only attendee told of is the owner.
 */
async function listEvents(session: GoogleSession, calendarId: string, query: Query): Promise<CalendarAnswer> {
  return session.ask({
    path: ['calendars', calendarId, 'events'],
    query: {
      singleEvents: 'true',
      maxResults: String(PAGE),
      maxAttendees: '1',
      fields: `items(${EVENT_FIELDS}),nextPageToken,nextSyncToken`,
      ...query,
    },
  });
}

/** 410 for a token that has had its time (`fullSyncRequired`), 400 for one that is none of Google's. */
function isTokenUnknown({ status }: CalendarAnswer): boolean {
  return status === 410 || status === 400;
}
