/** An event as Google's API has it ("Events", resource representation), as much of it as a test sets. */
export interface GoogleEvent {
  id: string;
  status: 'confirmed' | 'tentative' | 'cancelled';
  etag: string;
  iCalUID: string;
  start: GoogleTime;
  end: GoogleTime;
  recurringEventId?: string;
  hangoutLink?: string;
  conferenceData?: {
    createRequest: { requestId: string; status: { statusCode: 'pending' | 'success' | 'failure' } };
    entryPoints?: { entryPointType: string; uri: string }[];
  };
  attendees?: { email?: string; self?: boolean; responseStatus?: string }[];
  [field: string]: unknown;
}

export type GoogleTime = { dateTime: string; timeZone?: string } | { date: string };

export interface GoogleCalendarEntry {
  id: string;
  summary: string;
  summaryOverride?: string;
  accessRole: 'freeBusyReader' | 'reader' | 'writer' | 'owner';
  primary?: boolean;
}

/** A refusal of the API: what becomes `{ error: { errors: [{ reason }], code } }`. */
export class GoogleRefusal extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(reason);
  }
}

/** What is changed by a sync token or a page token: all that came after one change, up to another. */
interface Stretch {
  kind: 'sync' | 'page';
  generation: number;
  /** Null while all there is is read. */
  since: number | null;
  after: number;
  upTo: number;
}

const NOT_WITH_SYNC_TOKEN = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'timeMin',
  'timeMax',
  'updatedMin',
];

/** The events of one calendar, each with the number of the change that made it what it is. */
export class GoogleCalendarState {
  private readonly events = new Map<string, { event: GoogleEvent; change: number }>();
  private lastChange = 0;
  private generation = 0;

  constructor(readonly entry: GoogleCalendarEntry) {}

  /** Those that are not deleted. */
  all(): GoogleEvent[] {
    return [...this.events.values()].map(({ event }) => event).filter(({ status }) => status !== 'cancelled');
  }

  /** Deleted ones too, as the API has them. */
  find(id: string): GoogleEvent | undefined {
    return this.events.get(id)?.event;
  }

  get(id: string): GoogleEvent {
    const event = this.find(id);
    if (!event) throw new GoogleRefusal(404, 'notFound');
    return event;
  }

  set(event: GoogleEvent): GoogleEvent {
    this.lastChange += 1;
    const stored = { ...event, etag: `"${this.lastChange}"` };
    this.events.set(event.id, { event: stored, change: this.lastChange });
    return stored;
  }

  delete(id: string): void {
    const event = this.get(id);
    if (event.status === 'cancelled') throw new GoogleRefusal(410, 'deleted');
    this.set({ ...event, status: 'cancelled' });
  }

  forgetTokens(): void {
    this.generation += 1;
  }

  /** events.list, of instances. */
  list(query: URLSearchParams, mostPerPage: number) {
    if (query.get('singleEvents') !== 'true') throw new GoogleRefusal(501, 'onlyInstancesHere');
    if (query.has('syncToken') && NOT_WITH_SYNC_TOKEN.some((name) => query.has(name)))
      throw new GoogleRefusal(400, 'invalid');
    if (query.has('syncToken') && query.get('showDeleted') === 'false')
      throw new GoogleRefusal(400, 'invalid');
    const stretch = this.stretchOf(query);
    const found = [...this.events.values()]
      .filter(({ change }) => change > stretch.after && change <= stretch.upTo)
      .filter(({ event }) => stretch.since !== null || isListed(event, query))
      .toSorted((a, b) => a.change - b.change);
    const size = Math.min(Number(query.get('maxResults') ?? 250), 2_500, mostPerPage);
    const page = found.slice(0, size);
    const after = page.at(-1)?.change ?? stretch.upTo;
    const next: Stretch =
      found.length > size
        ? { ...stretch, kind: 'page', after }
        : { ...stretch, kind: 'sync', since: stretch.upTo, after: stretch.upTo };
    return {
      kind: 'calendar#events',
      summary: this.entry.summary,
      items: page.map(({ event }) => shown(event, Number(query.get('maxAttendees') ?? Infinity))),
      [next.kind === 'page' ? 'nextPageToken' : 'nextSyncToken']: tokenOf(next),
    };
  }

  private stretchOf(query: URLSearchParams): Stretch {
    const sync = query.get('syncToken');
    const page = query.get('pageToken');
    const since = sync === null ? null : readToken(sync);
    if (since && (since.kind !== 'sync' || since.generation !== this.generation))
      throw new GoogleRefusal(410, 'fullSyncRequired');
    const { generation, lastChange: upTo } = this;
    const from = since?.after ?? 0;
    if (page === null) return { kind: 'page', generation, since: since && from, after: from, upTo };
    const stretch = readToken(page);
    if (stretch.kind !== 'page' || (stretch.since === null) !== (sync === null))
      throw new GoogleRefusal(400, 'invalid');
    return stretch;
  }
}

function tokenOf(stretch: Stretch): string {
  return Buffer.from(JSON.stringify(stretch)).toString('hex');
}

function readToken(token: string): Stretch {
  try {
    return JSON.parse(Buffer.from(token, 'hex').toString()) as Stretch;
  } catch {
    throw new GoogleRefusal(410, 'fullSyncRequired');
  }
}

function isListed({ status, start, end }: GoogleEvent, query: URLSearchParams): boolean {
  if (status === 'cancelled') return query.get('showDeleted') === 'true';
  const before = query.get('timeMax');
  const after = query.get('timeMin');
  return (
    (before === null || millisOf(start) < Date.parse(before)) &&
    (after === null || millisOf(end) > Date.parse(after))
  );
}

function millisOf(time: GoogleTime): number {
  return Date.parse('date' in time ? time.date : time.dateTime);
}

/** Of a deleted event only its id is promised, and of an instance to which series it belonged. */
function shown(event: GoogleEvent, mostAttendees: number): Partial<GoogleEvent> {
  const { id, status, etag, recurringEventId, originalStartTime, attendees = [] } = event;
  if (status === 'cancelled') return { id, status, etag, recurringEventId, originalStartTime };
  return attendees.length > mostAttendees
    ? { ...event, attendees: attendees.filter(({ self }) => self), attendeesOmitted: true }
    : event;
}
