import { z } from 'zod';
import { CalendarUnreadable } from '../domain/errors.js';
import type { RemoteCalendar } from '../domain/remote-event.js';
import { plainText, type GoogleSession } from './google-session.js';

/** One page of the calendars that an account shows. */
const pageSchema = z.object({
  items: z.array(z.unknown()).default([]),
  nextPageToken: plainText(10_000).optional(),
});

const calendarSchema = z.object({
  id: plainText(1_000),
  summary: z.string().optional(),
  summaryOverride: z.string().optional(),
  accessRole: z.string().optional(),
  primary: z.boolean().optional(),
});

const FIELDS = 'items(id,summary,summaryOverride,accessRole,primary),nextPageToken';

/** The calendars that an account shows (calendarList.list). Throws the port's errors. */
export async function listCalendars(session: GoogleSession, mostPages: number): Promise<RemoteCalendar[]> {
  const calendars: RemoteCalendar[] = [];
  let pageToken: string | null = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const query: Record<string, string | null> = { maxResults: '250', fields: FIELDS, pageToken };
    const answer = await session.ask({ path: ['users', 'me', 'calendarList'], query });
    const page = session.read(answer, pageSchema);
    calendars.push(...page.items.flatMap(remoteCalendars));
    if (page.nextPageToken === undefined) return calendars;
    pageToken = page.nextPageToken;
  }
  throw new CalendarUnreadable('The list of calendars has no end');
}

/** None for an item that is no calendar. */
function remoteCalendars(item: unknown): RemoteCalendar[] {
  const { data } = calendarSchema.safeParse(item);
  if (!data) return [];
  const { id, summary, summaryOverride, accessRole, primary } = data;
  return [
    {
      id,
      name: summaryOverride || summary || id,
      writable: accessRole === 'owner' || accessRole === 'writer',
      primary: primary === true,
    },
  ];
}
