import { formatInstant } from '../../kernel/instant-text.js';
import { CalendarGone, CalendarUnavailable, CalendarUnreadable } from '../domain/errors.js';
import type { ChangePage, RemoteEvent } from '../domain/remote-event.js';
import { AnswerTooLong, type CalendarAnswer } from './calendar-requests.js';
import {
  isCancelled,
  isWhole,
  OCCURRENCE_FIELDS,
  seriesOf,
  singleEvent,
  trimmed,
  type Question,
} from './graph-events.js';
import { errorIn, fieldsOf, idIn, textIn, type Fields } from './graph-fields.js';
import type { GraphPage, GraphSession } from './graph-session.js';
import { Malformed } from './icalendar-values.js';

/** How many items are asked for at once, and again where they are too long for one answer. */
const PAGE_SIZES = [200, 20, 1];
const MOST_PAGES = 10_000;
/** Each occurrence counts. */
const MOST_ITEMS = 200_000;
const MOST_INSTANCE_PAGES = 100;
const MOST_INSTANCES = 10_000;
const SERIES_PAGE = 100;

/** What is told of a series in one round. */
interface ToldSeries {
  master: Fields | null;
  /** By id. */
  readonly occurrences: Map<string, Fields>;
}

type Told = Pick<ChangePage, 'changed' | 'removed' | 'skipped'>;

/** Graph no longer knows where the last round ended. */
class StateForgotten extends Error {}

/**
 * What changed in a calendar since the round that ended with `cursor`; returns the cursor of this one (calendarView/delta). A series
 * is told of once and whole, when all pages are read: Graph says nothing of an occurrence that was deleted or moved by its series,
 * and little of those that are left. So of each series that a later round touches all occurrences are asked for.
 */
export async function* graphChanges(
  session: GraphSession,
  calendarId: string,
  cursor: string | null,
  question: Question,
): AsyncGenerator<ChangePage, string> {
  let isNew = cursor === null || !session.isOwn(cursor);
  let link = isNew ? startOf(calendarId, question) : cursor!;
  let series = new Map<string, ToldSeries>();
  let items = 0;

  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    let page: GraphPage;
    try {
      page = await pageAt(session, link);
    } catch (error) {
      if (!(error instanceof StateForgotten)) throw error;
      if (isNew) throw new CalendarUnavailable('The provider lost its place among the events');
      isNew = true;
      link = startOf(calendarId, question);
      series = new Map();
      continue;
    }
    items += page.items.length;
    if (items > MOST_ITEMS) throw new CalendarUnreadable(`The calendar has more than ${MOST_ITEMS} events`);
    yield { fromScratch: isNew, ...read(page.items, series, question), total: null };
    if (page.delta) {
      for await (const told of readAllSeries(session, calendarId, series, isNew, question))
        yield { fromScratch: isNew, ...told, total: null };
      return page.delta;
    }
    if (!page.next) throw new CalendarUnreadable('The provider does not say where its list of changes ends');
    link = page.next;
  }
  throw new CalendarUnreadable("The provider's list of changes has no end");
}

function startOf(calendarId: string, question: Question): string {
  return `/me/calendars/${encodeURIComponent(calendarId)}/calendarView/delta?${rangeOf(question)}`;
}

function rangeOf({ window: { start, end } }: Question): string {
  return `startDateTime=${formatInstant(start)}&endDateTime=${formatInstant(end)}`;
}

async function pageAt(session: GraphSession, link: string): Promise<GraphPage> {
  const isStart = link.startsWith('/');
  for (const [index, size] of PAGE_SIZES.entries()) {
    try {
      const answer = await session.askPage(link, size);
      if (!isStart && isForgotten(answer)) throw new StateForgotten();
      return session.page(answer);
    } catch (error) {
      if (!(error instanceof AnswerTooLong) || index === PAGE_SIZES.length - 1) throw error;
    }
  }
  throw new CalendarUnreadable('The provider answered too much');
}

/**
 * Whether a token is none any more, or never was one: 410, or another refusal with the code syncStateNotFound or resyncRequired (Graph,
 * "Use delta query"), or 400.
 */
function isForgotten(answer: CalendarAnswer): boolean {
  const code = textIn(errorIn(answer), 'code') ?? '';
  return answer.status === 410 || answer.status === 400 || /^(syncState|resync)/i.test(code);
}

/** Single events of a page. What there is of series is noted in `series`. */
function read(items: readonly unknown[], series: Map<string, ToldSeries>, question: Question): Told {
  const changed: RemoteEvent[] = [];
  const removed: string[] = [];
  let skipped = 0;
  for (const item of items) {
    const event = fieldsOf(item) ?? {};
    const id = idIn(event);
    const master = event['type'] === 'seriesMaster' ? id : idIn(event, 'seriesMasterId');
    if (id === null) skipped += 1;
    else if (event['@removed']) forget(id, series, removed);
    else if (master !== null) note(event, id, master, series);
    else if (isCancelled(event)) removed.push(id);
    else
      try {
        changed.push(singleEvent(event, question));
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        removed.push(id);
        skipped += 1;
      }
  }
  return { changed, removed, skipped };
}

function forget(id: string, series: Map<string, ToldSeries>, removed: string[]): void {
  series.delete(id);
  removed.push(id);
}

function note(event: Fields, id: string, masterId: string, series: Map<string, ToldSeries>): void {
  const told = series.get(masterId) ?? { master: null, occurrences: new Map<string, Fields>() };
  series.set(masterId, told);
  if (id === masterId) told.master = trimmed(event);
  else told.occurrences.set(id, trimmed(event));
}

async function* readAllSeries(
  session: GraphSession,
  calendarId: string,
  series: ReadonlyMap<string, ToldSeries>,
  isNew: boolean,
  question: Question,
): AsyncGenerator<Told, void> {
  let page = { changed: [] as RemoteEvent[], removed: [] as string[], skipped: 0 };
  for (const [id, told] of series) {
    const {
      changed,
      removed,
      skipped = 0,
    } = await readSeries(session, calendarId, id, told, isNew, question);
    page.changed.push(...changed);
    page.removed.push(...removed);
    page.skipped += skipped;
    if (page.changed.length + page.removed.length < SERIES_PAGE) continue;
    yield page;
    page = { changed: [], removed: [], skipped: 0 };
  }
  if (page.changed.length + page.removed.length > 0) yield page;
}

/** A series as it is now, or that it is gone. One whose occurrences cannot be had is removed and counted. */
async function readSeries(
  session: GraphSession,
  calendarId: string,
  id: string,
  { master, occurrences }: ToldSeries,
  isNew: boolean,
  question: Question,
): Promise<Told> {
  const gone = { changed: [], removed: [id] };
  if (master && isCancelled(master)) return gone;
  const told = [...occurrences.values()];
  const suffices = isNew && (master !== null || told.every(isWhole));
  try {
    const known = suffices ? told : await instancesOf(session, calendarId, id, question);
    const { event, skipped } = seriesOf(master ?? { id }, known, question);
    return { changed: [event], removed: [], skipped };
  } catch (error) {
    if (error instanceof CalendarGone) return gone;
    if (error instanceof CalendarUnreadable) return { ...gone, skipped: 1 };
    throw error;
  }
}

/** All occurrences of a series within the window. Throws `CalendarGone` if there is no such series. */
async function instancesOf(
  session: GraphSession,
  calendarId: string,
  id: string,
  question: Question,
): Promise<Fields[]> {
  const series = `/me/calendars/${encodeURIComponent(calendarId)}/events/${encodeURIComponent(id)}`;
  const path = `${series}/instances?${rangeOf(question)}&$top=500&$select=${OCCURRENCE_FIELDS.join()}`;
  const instances: Fields[] = [];
  for await (const item of session.all(path, MOST_INSTANCE_PAGES)) {
    instances.push(trimmed(fieldsOf(item) ?? {}));
    if (instances.length > MOST_INSTANCES) throw new CalendarUnreadable('The series repeats too often');
  }
  return instances;
}
