import { randomBytes } from 'node:crypto';

/** An event as Graph tells it. */
export type GraphFields = Record<string, unknown>;

export interface GraphTime {
  readonly start: string;
  readonly end: string;
}

/** An event to be added, as the owner's other programs do. Times are UTC without a zone, such as `2026-01-05T10:00:00`. */
export interface NewGraphEvent extends Partial<GraphTime> {
  /** Made up if left out; an event of that id is replaced. */
  readonly id?: string;
  /** Makes it a series of these occurrences. */
  readonly occurrences?: readonly GraphTime[];
  /** Further fields, such as `showAs` or `isAllDay`. */
  readonly fields?: GraphFields;
}

interface Stored {
  readonly calendarId: string;
  fields: GraphFields;
  /** Of a series: bare occurrences, and whole exceptions. */
  instances: GraphFields[];
  /** Of the mailbox, when it last changed. */
  version: number;
  isDeleted: boolean;
}

export interface GraphRange {
  readonly start: number;
  readonly end: number;
}

/** What `change` of an event was, for those who watch. */
export type ChangeType = 'created' | 'updated' | 'deleted';

/** An owner's calendars as Exchange keeps them, as far as calendars are told of by Graph. */
export class GraphMailbox {
  readonly calendars = new Map<string, GraphFields>();
  onChange: (calendarId: string, eventId: string, change: ChangeType) => void = () => undefined;
  private readonly stored = new Map<string, Stored>();
  /** Of deleted events too. */
  private readonly transactions = new Map<string, string>();
  private version = 0;

  addCalendar(fields: GraphFields): void {
    this.calendars.set(String(fields['id']), fields);
  }

  /** What the calendar holds: single events and series, as they are listed. */
  events(calendarId: string): GraphFields[] {
    return [...this.stored.values()]
      .filter((event) => event.calendarId === calendarId && !event.isDeleted)
      .map(({ fields }) => fields);
  }

  find(id: string): GraphFields | null {
    return this.alive(id)?.fields ?? null;
  }

  /** The id of the event, dead or alive, that was made with a transactionId. */
  madeWith(transactionId: unknown): string | null {
    return this.transactions.get(String(transactionId)) ?? null;
  }

  isAlive(id: string): boolean {
    return this.alive(id) !== null;
  }

  add(calendarId: string, { id, start, end, occurrences, fields = {} }: NewGraphEvent): GraphFields {
    const known = id === undefined ? null : this.alive(id);
    const eventId = id ?? `${calendarId}~${randomBytes(9).toString('base64url')}`;
    const own = {
      '@odata.type': '#microsoft.graph.event',
      id: eventId,
      iCalUId: `040000008200E000${randomBytes(12).toString('hex').toUpperCase()}`,
      type: occurrences ? 'seriesMaster' : 'singleInstance',
      seriesMasterId: null,
      isAllDay: false,
      isCancelled: false,
      showAs: 'busy',
      responseStatus: { response: 'organizer', time: '0001-01-01T00:00:00Z' },
      onlineMeeting: null,
      start: timeField(start ?? occurrences?.[0]?.start),
      end: timeField(end ?? occurrences?.[0]?.end),
      ...known?.fields,
      ...(start && { start: timeField(start), end: timeField(end) }),
      ...fields,
    };
    const instances = (occurrences ?? []).map((time, index) => instance(eventId, index, time));
    const change = known ? 'updated' : 'created';
    this.keep({ calendarId, fields: own, instances, version: 0, isDeleted: false }, change);
    if (typeof fields['transactionId'] === 'string') this.transactions.set(fields['transactionId'], eventId);
    return this.find(eventId)!;
  }

  /** Null if there is none. */
  change(id: string, fields: GraphFields): GraphFields | null {
    const event = this.alive(id);
    if (!event) return null;
    this.keep({ ...event, fields: { ...event.fields, ...fields } }, 'updated');
    return this.find(id);
  }

  /** Changes one occurrence of a series, which makes it an exception. */
  changeInstance(id: string, index: number, time: GraphTime, fields: GraphFields = {}): void {
    const event = this.alive(id)!;
    const { start, end } = { start: timeField(time.start), end: timeField(time.end) };
    const { isAllDay, isCancelled, showAs, responseStatus } = event.fields;
    const traits = { isAllDay, isCancelled, showAs, responseStatus };
    const changed = { ...event.instances[index], ...traits, type: 'exception', start, end, ...fields };
    this.keep({ ...event, instances: event.instances.with(index, changed) }, 'updated');
  }

  /** Nothing tells of it but what is left of the series. */
  deleteInstance(id: string, index: number): void {
    const event = this.alive(id)!;
    this.keep({ ...event, instances: event.instances.toSpliced(index, 1) }, 'updated');
  }

  /** False if there is none. */
  delete(id: string): boolean {
    const event = this.alive(id);
    if (event) this.keep({ ...event, isDeleted: true }, 'deleted');
    return event !== null;
  }

  /** Occurrences with all their fields; null if there is no such series. */
  instances(id: string, range: GraphRange): GraphFields[] | null {
    const event = this.alive(id);
    if (!event) return null;
    const { isAllDay, isCancelled, showAs, responseStatus } = event.fields;
    const traits = { isAllDay, isCancelled, showAs, responseStatus };
    return event.instances.filter((it) => reaches(it, range)).map((it) => ({ ...traits, ...it }));
  }

  /** What changed in a calendar since a version of the mailbox, 0 for all there is, as calendarView/delta tells it; and the version now. */
  changesSince(
    calendarId: string,
    since: number,
    range: GraphRange,
  ): { items: GraphFields[]; version: number } {
    const changed = [...this.stored.values()]
      .filter((event) => event.calendarId === calendarId && event.version > since)
      .toSorted((a, b) => a.version - b.version);
    const items = changed.flatMap(({ fields, instances, isDeleted }) => {
      const inside = instances.filter((it) => reaches(it, range));
      const isInside = fields['type'] === 'seriesMaster' ? inside.length > 0 : reaches(fields, range);
      if (!isDeleted && isInside) return [fields, ...inside];
      return since === 0 ? [] : [{ '@removed': { reason: 'deleted' }, id: fields['id'] }];
    });
    return { items, version: this.version };
  }

  private alive(id: string): Stored | null {
    const event = this.stored.get(id);
    return event && !event.isDeleted ? event : null;
  }

  private keep(event: Stored, change: ChangeType): void {
    this.version += 1;
    const id = String(event.fields['id']);
    const fields = { ...event.fields, '@odata.etag': `W/"${this.version}"` };
    this.stored.set(id, { ...event, fields, version: this.version });
    this.onChange(event.calendarId, id, change);
  }
}

/** All that calendarView/delta tells of an occurrence. */
function instance(seriesMasterId: string, index: number, { start, end }: GraphTime): GraphFields {
  const id = `${seriesMasterId}.${index}`;
  return { id, seriesMasterId, type: 'occurrence', start: timeField(start), end: timeField(end) };
}

/** With seven digits of a second's fraction, as Graph writes times. */
export function timeField(time = '2026-01-05T10:00:00'): GraphFields {
  const [seconds, fraction = ''] = time.split('.') as [string, string?];
  return { dateTime: `${seconds}.${fraction.padEnd(7, '0')}`, timeZone: 'UTC' };
}

function reaches({ start, end }: GraphFields, range: GraphRange): boolean {
  return instantOf(end) > range.start && instantOf(start) < range.end;
}

function instantOf(time: unknown): number {
  return Date.parse(`${String((time as GraphFields)['dateTime']).slice(0, 23)}Z`);
}
