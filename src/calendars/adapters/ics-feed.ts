import { createHash } from 'node:crypto';
import { setImmediate as othersGoFirst } from 'node:timers/promises';
import type { Interval } from '../../kernel/interval.js';
import { timeZoneOrUtc } from '../../kernel/time-zone.js';
import {
  CalendarAccessLost,
  CalendarGone,
  CalendarUnavailable,
  CalendarUnreadable,
} from '../domain/errors.js';
import { parseUrl } from '../../kernel/url.js';
import type { ChangePage, PlacedEvent, RemoteCalendar, RemoteEvent } from '../domain/remote-event.js';
import { OwnerCalendar, type CalendarAccount } from '../ports.js';
import { CALL_MS } from './call-limits.js';
import { retryAfterOf, type CalendarAnswer, type CalendarRequests } from './calendar-requests.js';
import { Allowance, nameOf, readCalendar } from './ical-busy.js';

const MAX_BYTES = 20_000_000;
const MOST_REDIRECTS = 5;
const PAGE = 500;

/** The only calendar of a feed. Its address may be a secret, and so is no id. */
const FEED = 'feed';

/**
 * A calendar that is published at an address, as iCalendar text, and can only be read. The account's only credential is `url`, which
 * may begin with `webcal:`. Whatever changed in it, all of it comes anew.
 */
export class IcsFeed extends OwnerCalendar {
  constructor(private readonly requests: CalendarRequests) {
    super();
  }

  async calendars(account: CalendarAccount): Promise<RemoteCalendar[]> {
    const { body, url } = await this.load(account, {});
    return [{ id: FEED, name: nameOf(body) ?? new URL(url).hostname, writable: false, primary: true }];
  }

  async *changes(
    account: CalendarAccount,
    _calendarId: string,
    cursor: string | null,
    window: Interval,
    timezone: string,
  ): AsyncGenerator<ChangePage, string> {
    const seen = readCursor(cursor);
    const { status, headers, body } = await this.load(account, conditionsOf(seen));
    const hash = createHash('sha256').update(body).digest('base64');
    if (seen && (status === 304 || hash === seen.hash)) {
      yield { fromScratch: false, changed: [], removed: [], total: 0 };
      return writeCursor(seen);
    }

    const question = {
      window,
      zone: timeZoneOrUtc(timezone),
      allowance: new Allowance(),
    };
    let told = 0;
    for (const changed of pagesOf(eventsIn(body, question))) {
      const skipped = question.allowance.skipped - told;
      told += skipped;
      yield { fromScratch: true, changed, removed: [], total: null, skipped };
      await othersGoFirst();
    }
    return writeCursor({ etag: headers['etag'], lastModified: headers['last-modified'], hash });
  }

  /** Always throws `CalendarUnreadable`: nothing can be put into a feed. */
  async put(): Promise<PlacedEvent> {
    throw new CalendarUnreadable('A feed can only be read');
  }

  /** As `put`. */
  async remove(): Promise<void> {
    throw new CalendarUnreadable('A feed can only be read');
  }

  private async load(
    { credentials }: CalendarAccount,
    conditions: Record<string, string>,
  ): Promise<CalendarAnswer & { url: string }> {
    const signal = AbortSignal.timeout(CALL_MS);
    let url = (credentials['url'] ?? '').trim().replace(/^webcals?:/i, 'https:');
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      const headers = { accept: 'text/calendar, */*;q=0.1', ...conditions };
      const answer = await this.requests.ask(url, { method: 'GET', headers, maxBytes: MAX_BYTES, signal });
      const location = answer.status === 304 ? undefined : answer.headers['location'];
      if (answer.status < 300 || answer.status === 304) return { ...answer, url };
      if (answer.status >= 400 || !location || !parseUrl(location, url)) refuse(answer);
      url = nextUrl(url, location!);
    }
    throw new CalendarUnreadable('The address redirects without end');
  }
}

function nextUrl(from: string, location: string): string {
  const url = new URL(location, from);
  if (new URL(from).protocol === 'https:' && url.protocol !== 'https:')
    throw new CalendarUnreadable('The address leads away from https');
  return url.href;
}

function refuse(answer: CalendarAnswer): never {
  const { status } = answer;
  if (status === 401 || status === 403) throw new CalendarAccessLost('The feed is not open to us');
  if (status === 404 || status === 410) throw new CalendarGone('There is no feed at this address');
  if (status === 408 || status === 429 || status >= 500)
    throw new CalendarUnavailable(`The server answered ${status}`, retryAfterOf(answer, Date.now()));
  throw new CalendarUnreadable(`The server answered ${status}`);
}

function* eventsIn(body: string, question: Parameters<typeof readCalendar>[1]): Generator<RemoteEvent> {
  const ids = new Set<string>();
  let count = 0;
  for (const { uid, busy, time, cancelled } of readCalendar(body, question)) {
    count += 1;
    const id = uid === null || ids.has(uid) ? `${uid ?? ''} #${count}` : uid;
    ids.add(id);
    if (!cancelled) yield { id, uid, etag: null, busy, time };
  }
}

/** At least one, so that an empty feed is told of too. */
function* pagesOf(events: Iterable<RemoteEvent>): Generator<RemoteEvent[]> {
  let page: RemoteEvent[] = [];
  for (const event of events) {
    page.push(event);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

/** What is known of the feed's last state: the server's own marks of it, and ours for servers without. */
interface Cursor {
  readonly etag?: string;
  readonly lastModified?: string;
  readonly hash: string;
}

function writeCursor(cursor: Cursor): string {
  return JSON.stringify(cursor);
}

function readCursor(text: string | null): Cursor | null {
  if (text === null) return null;
  try {
    const cursor = JSON.parse(text) as Cursor | null;
    return typeof cursor?.hash === 'string' ? cursor : null;
  } catch {
    return null;
  }
}

function conditionsOf(cursor: Cursor | null): Record<string, string> {
  if (cursor?.etag) return { 'if-none-match': cursor.etag };
  return cursor?.lastModified ? { 'if-modified-since': cursor.lastModified } : {};
}
