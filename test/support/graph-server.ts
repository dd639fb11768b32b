import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  GraphMailbox,
  timeField,
  type ChangeType,
  type GraphFields,
  type GraphRange,
  type GraphTime,
  type NewGraphEvent,
} from './graph-mailbox.js';
import type { Behaviour, ReceivedRequest } from './receivers.js';

export interface GraphServerOptions {
  /** Access tokens that are accepted; `graph-token` if left out. */
  readonly tokens?: readonly string[];
}

/** When something goes wrong. */
export interface FaultTiming {
  /** Which requests it befalls, by method and path such as `POST /v1.0/me/calendars/cal/events`; all if left out. */
  readonly on?: RegExp;
  /** How often; once if left out. */
  readonly times?: number;
}

interface Subscription extends GraphFields {
  readonly id: string;
  readonly notificationUrl: string;
  readonly resource: string;
  readonly clientState: string | null;
  readonly expirationDateTime: string;
}

/** What a token of a list of changes stands for. */
interface DeltaState {
  readonly calendarId: string;
  readonly range: GraphRange;
  /** What is still to be told of this round. */
  readonly rest: readonly GraphFields[];
  /** Of the mailbox when the round began. */
  readonly version: number;
}

const SEVEN_DAYS_MS = 7 * 86_400_000;
const MOST_TO_A_PAGE = 1_000;

/** A refusal as Graph words it. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly more: GraphFields = {},
  ) {
    super(code);
  }
}

/** Answers as Graph does when something is wrong, with `Retry-After` if that is given. */
export function graphError(status: number, code: string, retryAfter?: string): Behaviour {
  return (response) =>
    void response
      .writeHead(status, {
        'content-type': 'application/json',
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      })
      .end(JSON.stringify({ error: { code, message: code } }));
}

export async function startGraphServer(options: GraphServerOptions = {}): Promise<GraphServer> {
  return GraphServer.start(options.tokens ?? ['graph-token']);
}

/**
 * The calendars of one Microsoft account, on this machine: as much of Microsoft Graph v1.0 as LinkTime asks for, doing what its
 * reference says. An account begins with one calendar, `cal-default`.
 */
export class GraphServer {
  /** All requests so far. */
  readonly asked: ReceivedRequest[] = [];
  /** Whether an access token is accepted. */
  accepts: (token: string) => boolean;
  /** By id. */
  readonly subscriptions = new Map<string, Subscription>();
  /** Whether a second POST of one transactionId is refused (400) even if the same event is asked for. */
  refusesTwins = false;
  /** Whether events that are made with a Teams meeting get its link a moment later. */
  makesMeetingsLate = false;
  /** Whether the account is a personal one, which gets meetings of its own provider and none of Teams for business. */
  isPersonal = false;

  private readonly mailbox = new GraphMailbox();
  private readonly states = new Map<string, DeltaState>();
  private readonly faults: { behaviour: Behaviour; on: RegExp; left: number }[] = [];
  private readonly notices = new Set<Promise<unknown>>();
  private readonly server = createServer((request, response) => {
    this.take(request, response).catch(() => response.destroy());
  });

  private constructor(tokens: readonly string[]) {
    this.accepts = (token) => tokens.includes(token);
    this.mailbox.onChange = (calendarId, eventId, change) => this.tell(calendarId, eventId, change);
    this.mailbox.addCalendar(calendarFields('cal-default', 'Calendar', { isDefaultCalendar: true }));
  }

  static async start(tokens: readonly string[]): Promise<GraphServer> {
    const graph = new GraphServer(tokens);
    graph.server.listen(0, '127.0.0.1');
    await once(graph.server, 'listening');
    return graph;
  }

  private get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Of the API, with its version. */
  get url(): string {
    return `${this.origin}/v1.0`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    await Promise.all(this.notices);
  }

  /** Makes a calendar; `fields` may say `canEdit: false`. */
  addCalendar(id: string, name: string, fields: GraphFields = {}): void {
    this.mailbox.addCalendar(calendarFields(id, name, fields));
  }

  /** Adds an event as another program of the owner's does; the event. */
  add(calendarId: string, event: NewGraphEvent): GraphFields {
    return this.mailbox.add(calendarId, event);
  }

  /** Moves an event, as the owner does by hand. */
  move(id: string, { start, end }: GraphTime): void {
    this.mailbox.change(id, { start: timeField(start), end: timeField(end) });
  }

  change(id: string, fields: GraphFields): void {
    this.mailbox.change(id, fields);
  }

  /** Changes one occurrence of a series. */
  changeOccurrence(id: string, index: number, time: GraphTime, fields: GraphFields = {}): void {
    this.mailbox.changeInstance(id, index, time, fields);
  }

  deleteOccurrence(id: string, index: number): void {
    this.mailbox.deleteInstance(id, index);
  }

  /** Deletes an event, as the owner does by hand. */
  delete(id: string): void {
    this.mailbox.delete(id);
  }

  /** What a calendar holds. */
  events(calendarId: string): GraphFields[] {
    return this.mailbox.events(calendarId);
  }

  /** Has something go wrong in place of the next answer, or of those that `timing` says. */
  fail(behaviour: Behaviour, { on = /./, times = 1 }: FaultTiming = {}): void {
    this.faults.push({ behaviour, on, left: times });
  }

  /** Forgets where lists of changes ended: whoever goes on from there is told to begin anew (410). */
  forgetChanges(): void {
    this.states.clear();
  }

  private async take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(incoming)).toString();
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body };
    this.asked.push(request);
    const fault = this.faults.find(({ on, left }) => left > 0 && on.test(`${method} ${path}`));
    if (fault) {
      fault.left -= 1;
      return fault.behaviour(response, request);
    }
    try {
      const { status = 200, json } = await this.answer(request);
      if (json) response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
      else response.writeHead(status).end();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, more } = error;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code, message: code, ...more } }));
    }
  }

  private async answer(request: ReceivedRequest): Promise<{ status?: number; json?: GraphFields }> {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !this.accepts(token)) throw new Refusal(401, 'InvalidAuthenticationToken');
    const url = new URL(request.path, this.origin);
    const parts = url.pathname.split('/').slice(2).map(decodeURIComponent);
    const body = request.body ? (JSON.parse(request.body) as GraphFields) : {};
    const [area, calendars, calendarId = '', kind, eventId = '', more] = parts;

    if (area === 'subscriptions') return this.subscribe(request.method, parts[1], body);
    if (area !== 'me') throw new Refusal(404, 'ResourceNotFound');
    if (calendars === 'events') return this.event(request.method, calendarId, body);
    if (calendars !== 'calendars') throw new Refusal(404, 'ResourceNotFound');
    if (!calendarId) return { json: this.listed(url, [...this.mailbox.calendars.values()], 10) };
    if (!this.mailbox.calendars.has(calendarId)) throw new Refusal(404, 'ErrorItemNotFound');
    if (kind === 'calendarView' && eventId === 'delta') return this.delta(request, url, calendarId);
    if (kind === 'events' && more === 'instances') return this.instances(url, eventId);
    if (kind === 'events' && request.method === 'POST') return this.create(calendarId, body);
    if (kind === 'events' && request.method === 'GET' && eventId) return this.single(calendarId, eventId);
    if (kind === 'events' && request.method === 'GET') return this.filtered(url, calendarId);
    throw new Refusal(404, 'ResourceNotFound');
  }

  private listed(url: URL, all: readonly GraphFields[], most: number): GraphFields {
    const skip = Number(url.searchParams.get('$skip') ?? 0);
    const next = new URL(url);
    next.searchParams.set('$skip', String(skip + most));
    const hasMore = all.length > skip + most;
    return { value: all.slice(skip, skip + most), ...(hasMore && { '@odata.nextLink': next.href }) };
  }

  private delta(request: ReceivedRequest, url: URL, calendarId: string): { json: GraphFields } {
    const token = url.searchParams.get('$deltatoken') ?? url.searchParams.get('$skiptoken');
    const known = token === null ? null : this.states.get(token);
    if (known === undefined) throw new Refusal(410, 'SyncStateNotFound');
    const range = known?.range ?? rangeIn(url);
    const isNew = known === null || url.searchParams.has('$deltatoken');
    const since = known?.version ?? 0;
    const told = isNew ? this.mailbox.changesSince(calendarId, since, range) : null;
    const items = told?.items ?? known!.rest;
    const version = told?.version ?? known!.version;

    const asked = /odata\.maxpagesize=(\d+)/.exec(String(request.headers['prefer']))?.[1];
    const size = Math.min(Number(asked ?? 10), MOST_TO_A_PAGE);
    const rest = items.slice(size);
    const next = randomBytes(24).toString('hex');
    this.states.set(next, { calendarId, range, rest, version });
    const link = `${this.origin}${url.pathname}?${rest.length > 0 ? '$skiptoken' : '$deltatoken'}=${next}`;
    const name = rest.length > 0 ? '@odata.nextLink' : '@odata.deltaLink';
    return { json: { value: items.slice(0, size), [name]: link } };
  }

  private instances(url: URL, eventId: string): { json: GraphFields } {
    const instances = this.mailbox.instances(eventId, rangeIn(url));
    if (!instances) throw new Refusal(404, 'ErrorItemNotFound');
    return { json: this.listed(url, instances, Number(url.searchParams.get('$top') ?? 10)) };
  }

  private single(calendarId: string, eventId: string): { json: GraphFields } {
    const event = this.mailbox.events(calendarId).find(({ id }) => id === eventId);
    if (!event) throw new Refusal(404, 'ErrorItemNotFound');
    return { json: event };
  }

  private filtered(url: URL, calendarId: string): { json: GraphFields } {
    const filter = url.searchParams.get('$filter');
    const [, id, value] = /ep\/id eq '(.+?)' and ep\/value eq '(.+)'\)$/.exec(filter ?? '') ?? [];
    if (filter !== null && id === undefined) throw new Refusal(400, 'ErrorInvalidUrlQueryFilter');
    const found = this.mailbox.events(calendarId).filter(({ singleValueExtendedProperties: properties }) => {
      const all = (properties ?? []) as { id: string; value: string }[];
      return all.some((property) => property.id === id && property.value === value!.replaceAll("''", "'"));
    });
    return { json: this.listed(url, filter === null ? this.mailbox.events(calendarId) : found, 10) };
  }

  private create(calendarId: string, body: GraphFields): { status: number; json: GraphFields } {
    const { transactionId, start, end, ...fields } = body;
    const twin = transactionId === undefined ? null : this.mailbox.madeWith(transactionId);
    if (twin !== null) {
      const event = this.mailbox.find(twin);
      const isSame = event !== null && isAt(event, start) && event['subject'] === body['subject'];
      if (isSame && !this.refusesTwins) return { status: 201, json: event };
      const existing = { '@event.existingEventId': twin };
      throw new Refusal(400, 'ErrorDuplicateTransactionId', existing);
    }
    const made = this.mailbox.add(calendarId, {
      start: String((start as GraphFields)['dateTime']),
      end: String((end as GraphFields)['dateTime']),
      fields: { ...fields, transactionId, ...this.meetingOf(body) },
    });
    if (!this.makesMeetingsLate) return { status: 201, json: made };
    return { status: 201, json: { ...made, onlineMeeting: null } };
  }

  private meetingOf({ isOnlineMeeting, onlineMeetingProvider, body }: GraphFields): GraphFields {
    if (isOnlineMeeting !== true) return {};
    if (this.isPersonal && onlineMeetingProvider !== undefined)
      return { isOnlineMeeting: false, onlineMeetingProvider: null };
    const joinUrl = `https://teams.microsoft.com/l/meetup-join/${randomBytes(9).toString('base64url')}`;
    const content = `${String((body as GraphFields | undefined)?.['content'] ?? '')}\n\n${joinUrl}`;
    return { onlineMeeting: { joinUrl }, body: { contentType: 'text', content } };
  }

  private event(method: string, id: string, body: GraphFields): { status?: number; json?: GraphFields } {
    const event = this.mailbox.find(id);
    if (!event) throw new Refusal(404, 'ErrorItemNotFound');
    if (method === 'GET') return { json: event };
    if (method === 'DELETE') {
      this.mailbox.delete(id);
      return { status: 204 };
    }
    if (method !== 'PATCH') throw new Refusal(405, 'MethodNotAllowed');
    if ('transactionId' in body) throw new Refusal(400, 'ErrorInvalidPropertySet');
    return { json: this.mailbox.change(id, { ...body, ...this.meetingLeft(event, body) })! };
  }

  /** A text that loses the meeting ends it; one that is to have a meeting gets it. */
  private meetingLeft({ onlineMeeting, body }: GraphFields, patch: GraphFields): GraphFields {
    if (!onlineMeeting) return this.meetingOf({ body, ...patch });
    const { joinUrl } = onlineMeeting as { joinUrl: string };
    const text = patch['body'] as { content: string } | undefined;
    return !text || text.content.includes(joinUrl) ? {} : { onlineMeeting: null, isOnlineMeeting: false };
  }

  private async subscribe(
    method: string,
    id: string | undefined,
    body: GraphFields,
  ): Promise<{ status?: number; json?: GraphFields }> {
    const until = body['expirationDateTime'];
    if (method !== 'DELETE' && !(Date.parse(String(until)) - Date.now() < SEVEN_DAYS_MS))
      throw new Refusal(400, 'ExtensionError');
    if (method === 'POST') {
      if (String(body['clientState'] ?? '').length > 128) throw new Refusal(400, 'InvalidRequest');
      await this.shakeHands(String(body['notificationUrl']));
      const made = { ...body, id: `sub-${randomBytes(9).toString('hex')}` } as Subscription;
      this.subscriptions.set(made.id, made);
      return { status: 201, json: made };
    }
    const known = this.subscriptions.get(id ?? '');
    if (!known) throw new Refusal(404, 'ResourceNotFound');
    if (method === 'DELETE') {
      this.subscriptions.delete(known.id);
      return { status: 204 };
    }
    const renewed = { ...known, expirationDateTime: String(until) };
    this.subscriptions.set(known.id, renewed);
    return { json: renewed };
  }

  /** Whoever is to be told must say a token back as plain text, within ten seconds. */
  private async shakeHands(address: string): Promise<void> {
    const token = `Validation: Testing client application reachability ${randomBytes(9).toString('hex')}`;
    const url = new URL(address);
    url.searchParams.set('validationToken', token);
    const said = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(10_000) }).catch(() => null);
    if (said?.status !== 200 || (await said.text()) !== token) throw new Refusal(400, 'ValidationError');
  }

  private tell(calendarId: string, eventId: string, changeType: ChangeType): void {
    for (const { id, resource, clientState, notificationUrl } of this.subscriptions.values()) {
      if (resource !== `me/calendars/${calendarId}/events`) continue;
      const value = [
        {
          subscriptionId: id,
          subscriptionExpirationDateTime: this.subscriptions.get(id)!.expirationDateTime,
          changeType,
          resource: `Users/owner/Events/${eventId}`,
          clientState,
          tenantId: 'tenant',
        },
      ];
      const notice = fetch(notificationUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ value }),
        signal: AbortSignal.timeout(10_000),
      }).then(
        (answer) => answer.body?.cancel(),
        () => undefined, // Graph tries again later; whoever listens polls anyway
      );
      this.notices.add(notice);
      void notice.finally(() => this.notices.delete(notice));
    }
  }
}

function calendarFields(id: string, name: string, fields: GraphFields): GraphFields {
  return { id, name, canEdit: true, isDefaultCalendar: false, ...fields };
}

function rangeIn({ searchParams }: URL): GraphRange {
  const [start, end] = ['startDateTime', 'endDateTime'].map((name) =>
    Date.parse(searchParams.get(name) ?? ''),
  );
  if (!(start! < end!)) throw new Refusal(400, 'ErrorInvalidParameter');
  return { start: start!, end: end! };
}

function isAt({ start }: GraphFields, asked: unknown): boolean {
  const [own, other] = [start, asked].map((time) => String((time as GraphFields)['dateTime']).slice(0, 19));
  return own === other;
}
