import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  GoogleCalendarState,
  GoogleRefusal,
  type GoogleCalendarEntry,
  type GoogleEvent,
} from './google-calendar-state.js';
import { GoogleChannels, type GoogleChannel } from './google-channels.js';
import { masked } from './google-fields.js';
import { GoogleWrites, type Meetings } from './google-writes.js';
import type { Behaviour, ReceivedRequest } from './receivers.js';

export interface AskedOfGoogle extends ReceivedRequest {
  readonly url: URL;
}

export interface FaultOptions {
  /** For how many requests; once if left out. */
  times?: number;
  /** For which; any if left out. */
  when?: (asked: AskedOfGoogle) => boolean;
}

/** What a test sets of an event; the rest is made up. */
export type NewGoogleEvent = Partial<GoogleEvent> & Pick<GoogleEvent, 'start' | 'end'>;

export interface GoogleServerOptions {
  /** The access tokens it takes; `access-token` if left out. */
  tokens?: readonly string[];
}

/**
 * A server on this machine that behaves as the reference of Google's Calendar API v3 says, as far as LinkTime asks it. Of recurring
 * events it knows their instances alone, which the test adds one by one, with `recurringEventId`.
 */
export class GoogleServer {
  readonly asked: AskedOfGoogle[] = [];
  /** Whether an access token is good. */
  accepts: (accessToken: string) => boolean;
  /** How many items a page has at most, whatever is asked for. */
  mostPerPage = 2_500;
  private readonly calendars = new Map<string, GoogleCalendarState>();
  private readonly channelsOpen = new GoogleChannels();
  private readonly writes = new GoogleWrites();
  private readonly faults: { behaviour: Behaviour; left: number; when: (asked: AskedOfGoogle) => boolean }[] =
    [];
  private readonly server = createServer((request, response) => {
    response.on('error', () => undefined);
    this.take(request, response).catch(() => response.destroy()); // it broke off
  });
  private made = 0;

  constructor(tokens: readonly string[]) {
    this.accepts = (token) => tokens.includes(token);
  }

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** The base of the API, for the setting of that name. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/calendar/v3`;
  }

  get channels(): GoogleChannel[] {
    return this.channelsOpen.all();
  }

  set meetings(meetings: Meetings) {
    this.writes.meetings = meetings;
  }

  /** Adds a calendar to the account; its id. */
  addCalendar(entry: Partial<GoogleCalendarEntry> = {}): string {
    const id = entry.id ?? `calendar-${(this.made += 1)}@group.calendar.google.com`;
    this.calendars.set(id, new GoogleCalendarState({ summary: id, accessRole: 'owner', ...entry, id }));
    return id;
  }

  removeCalendar(calendarId: string): void {
    this.calendars.delete(calendarId);
  }

  addEvent(calendarId: string, event: NewGoogleEvent): GoogleEvent {
    const id = event.id ?? `made-by-hand-${(this.made += 1)}`;
    return this.write(calendarId, {
      status: 'confirmed',
      etag: '',
      iCalUID: `${id}@google.com`,
      ...event,
      id,
    });
  }

  /** As the owner changes an event by hand, its times among the rest. */
  changeEvent(calendarId: string, eventId: string, change: Partial<GoogleEvent>): GoogleEvent {
    return this.write(calendarId, { ...this.calendar(calendarId).get(eventId), ...change });
  }

  deleteEvent(calendarId: string, eventId: string): void {
    this.calendar(calendarId).delete(eventId);
    this.channelsOpen.tell(calendarId);
  }

  /** Those that are not deleted. */
  events(calendarId: string): GoogleEvent[] {
    return this.calendar(calendarId).all();
  }

  /** From now on they are answered with 410. */
  forgetSyncTokens(): void {
    for (const calendar of this.calendars.values()) calendar.forgetTokens();
  }

  /** Answers so in place of what it would. */
  fail(behaviour: Behaviour, { times = 1, when = () => true }: FaultOptions = {}): void {
    this.faults.push({ behaviour, left: times, when });
  }

  /** From now on it behaves well. */
  recover(): void {
    this.faults.length = 0;
  }

  async stop(): Promise<void> {
    await this.channelsOpen.settled();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private write(calendarId: string, event: GoogleEvent): GoogleEvent {
    const written = this.calendar(calendarId).set(event);
    this.channelsOpen.tell(calendarId);
    return written;
  }

  private calendar(id: string): GoogleCalendarState {
    const calendar = this.calendars.get(id);
    if (!calendar) throw new GoogleRefusal(404, 'notFound');
    return calendar;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const asked = { method, path, headers, body: await text(request), url: new URL(path, this.url) };
    this.asked.push(asked);
    const fault = this.faults.find(({ left, when }) => left > 0 && when(asked));
    if (fault) fault.left -= 1;
    if (fault) return fault.behaviour(response, asked);
    try {
      this.authorize(asked);
      const answer = this.answer(asked);
      if (answer === undefined) response.writeHead(204).end();
      else send(response, 200, partial(answer, asked.url));
    } catch (error) {
      if (!(error instanceof GoogleRefusal)) throw error;
      googleRefuses(error.status, error.reason)(response, asked);
    }
  }

  private authorize({ headers }: AskedOfGoogle): void {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (token === undefined || !this.accepts(token)) throw new GoogleRefusal(401, 'authError');
  }

  private answer({ method, url, body }: AskedOfGoogle): object | undefined {
    const path = url.pathname.replace('/calendar/v3', '');
    const sent = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
    if (path === '/users/me/calendarList') return this.listCalendars(url.searchParams);
    if (path === '/channels/stop') return this.channelsOpen.stop(sent) as undefined;

    const parts = /^\/calendars\/([^/]+)\/events(?:\/([^/]+))?$/.exec(path)?.slice(1) ?? [];
    const [calendarId = '', eventId = ''] = parts.map((part = '') => decodeURIComponent(part));
    const calendar = this.calendar(calendarId);
    if (method === 'GET' && !eventId) return calendar.list(url.searchParams, this.mostPerPage);
    if (method === 'GET') return this.writes.read(calendar, eventId);
    if (eventId === 'watch') return this.channelsOpen.watch(calendarId, sent);
    if (!['owner', 'writer'].includes(calendar.entry.accessRole))
      throw new GoogleRefusal(403, 'requiredAccessLevel');
    const written = this.writeAsAsked(method, calendar, eventId, sent, url.searchParams);
    this.channelsOpen.tell(calendarId);
    return written;
  }

  private writeAsAsked(
    method: string,
    calendar: GoogleCalendarState,
    eventId: string,
    body: Record<string, unknown>,
    query: URLSearchParams,
  ): GoogleEvent | undefined {
    switch (method) {
      case 'POST':
        return this.writes.insert(calendar, body, query);
      case 'PATCH':
      case 'PUT':
        return this.writes.change(calendar, eventId, method, body, query);
      case 'DELETE':
        return calendar.delete(eventId) as undefined;
      default:
        throw new GoogleRefusal(404, 'notFound');
    }
  }

  /** calendarList.list */
  private listCalendars(query: URLSearchParams) {
    const from = Number(query.get('pageToken') ?? 0);
    const size = Math.min(Number(query.get('maxResults') ?? 100), 250, this.mostPerPage);
    const entries = [...this.calendars.values()].map(({ entry }) => entry);
    const next =
      from + size < entries.length ? { nextPageToken: `${from + size}` } : { nextSyncToken: 'list' };
    return { kind: 'calendar#calendarList', items: entries.slice(from, from + size), ...next };
  }
}

export async function startGoogleServer({
  tokens = ['access-token'],
}: GoogleServerOptions = {}): Promise<GoogleServer> {
  const google = new GoogleServer(tokens);
  await google.listen();
  return google;
}

/** A refusal as Google words it, for `fail`: such as 403 `rateLimitExceeded`. */
export function googleRefuses(
  status: number,
  reason: string,
  headers: Record<string, string> = {},
): Behaviour {
  const errors = [{ domain: 'global', reason, message: reason }];
  return (response) => send(response, status, { error: { errors, code: status, message: reason } }, headers);
}

function partial(answer: object, url: URL): unknown {
  try {
    return masked(answer, url.searchParams.get('fields'));
  } catch {
    throw new GoogleRefusal(400, 'invalidParameter');
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const type = { 'content-type': 'application/json; charset=UTF-8' };
  response.writeHead(status, { ...type, ...headers }).end(JSON.stringify(body));
}
