import { parseUrl } from '../../kernel/url.js';
import { CalendarUnreadable } from '../domain/errors.js';
import type { ChangePage, RemoteEvent } from '../domain/remote-event.js';
import { AnswerTooLong } from './calendar-requests.js';
import { calendarMultiget } from './dav-requests.js';
import { textIn, type DavItem, type DavSession } from './dav-session.js';
import { readCalendar, type Question, type ReadEvent } from './ical-busy.js';

type Events = Pick<ChangePage, 'changed' | 'removed'> & { readonly skipped: number };

/**
 * What the events at those URLs are now. What is no event any more, or none that can be understood, is removed; the latter are
 * counted. An answer too long is asked for in halves, until one event alone is too long.
 */
export async function fetchEvents(
  session: DavSession,
  calendarUrl: string,
  urls: readonly string[],
  question: Question,
): Promise<Events> {
  try {
    const paths = urls.map((url) => new URL(url).pathname + new URL(url).search);
    const { items, url: landed } = await session.multistatus(calendarUrl, calendarMultiget(paths));
    return eventsIn(
      items.filter(({ href }) => parseUrl(href!, landed)),
      landed,
      question,
    );
  } catch (error) {
    if (!(error instanceof AnswerTooLong)) throw error;
    if (urls.length === 1) return { changed: [], removed: urls, skipped: 1 };
    const middle = urls.length >> 1;
    const first = await fetchEvents(session, calendarUrl, urls.slice(0, middle), question);
    const second = await fetchEvents(session, calendarUrl, urls.slice(middle), question);
    return {
      changed: [...first.changed, ...second.changed],
      removed: [...first.removed, ...second.removed],
      skipped: first.skipped + second.skipped,
    };
  }
}

function eventsIn(items: readonly DavItem[], at: string, question: Question): Events {
  const before = question.allowance.skipped;
  const changed: RemoteEvent[] = [];
  const removed: string[] = [];
  for (const item of items) {
    const id = new URL(item.href!, at).href;
    const event = eventIn(item, id, question);
    if (event) changed.push(event);
    else removed.push(id);
  }
  return { changed, removed, skipped: question.allowance.skipped - before };
}

/** Null for what is gone, called off, no event, or not to be understood. */
function eventIn({ props }: DavItem, id: string, question: Question): RemoteEvent | null {
  const text = textIn(props['calendarData']);
  if (text === null) return null;
  const events = understood(text, question).filter(({ cancelled }) => !cancelled);
  const [first] = events;
  if (!first) return null;
  const busy = events.length === 1 ? first.busy : inOrder(events);
  return {
    id,
    uid: first.uid,
    etag: textIn(props['getetag']),
    busy,
    time: events.length === 1 ? first.time : null,
  };
}

function understood(text: string, question: Question): ReadEvent[] {
  try {
    return [...readCalendar(text, question)];
  } catch (error) {
    if (!(error instanceof CalendarUnreadable) || question.allowance.isSpent) throw error;
    question.allowance.skipped += 1;
    return [];
  }
}

/** An object should be one event alone (RFC 4791, 4.1); in some it is not. */
function inOrder(events: readonly ReadEvent[]): RemoteEvent['busy'] {
  return events.flatMap(({ busy }) => busy).toSorted((a, b) => a.start.compareTo(b.start));
}
