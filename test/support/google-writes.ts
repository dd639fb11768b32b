import { GoogleRefusal, type GoogleCalendarState, type GoogleEvent } from './google-calendar-state.js';

/** What becomes of a request for a meeting: made at once, made by the time it is read so often again, never, or refused. */
export type Meetings = 'at once' | { afterReads: number } | 'never' | 'refused';

type Body = Record<string, unknown>;

/** Writes to events as events.insert, events.patch and events.update do. */
export class GoogleWrites {
  meetings: Meetings = 'at once';
  private readonly readsLeft = new Map<string, number>();
  private made = 0;

  insert(
    calendar: GoogleCalendarState,
    { conferenceData, ...body }: Body,
    query: URLSearchParams,
  ): GoogleEvent {
    const id = (body['id'] as string | undefined) ?? `made${(this.made += 1)}`;
    if (!/^[a-v0-9]{5,1024}$/.test(id)) throw new GoogleRefusal(400, 'invalid');
    if (calendar.find(id)) throw new GoogleRefusal(409, 'duplicate');
    const event = { status: 'confirmed', iCalUID: `${id}@google.com`, ...body, id } as GoogleEvent;
    return this.store(calendar, event, conferenceData, query);
  }

  /** By PATCH what is said is merged into the event, by PUT it takes its place. */
  change(
    calendar: GoogleCalendarState,
    id: string,
    method: 'PATCH' | 'PUT',
    { conferenceData, ...body }: Body,
    query: URLSearchParams,
  ): GoogleEvent {
    const { etag, iCalUID, ...former } = calendar.get(id);
    const kept = method === 'PATCH' ? merged(former, body) : { status: 'confirmed', ...body };
    const event = { ...kept, id, etag, iCalUID } as GoogleEvent;
    if (former.conferenceData && query.get('conferenceDataVersion') !== '1')
      event.conferenceData = former.conferenceData;
    return this.store(calendar, event, conferenceData, query);
  }

  /** events.get; a meeting that is being made may be there at last. */
  read(calendar: GoogleCalendarState, id: string): GoogleEvent {
    const event = calendar.get(id);
    const left = this.readsLeft.get(id);
    if (left === undefined) return event;
    this.readsLeft.set(id, left - 1);
    if (left > 1) return event;
    this.readsLeft.delete(id);
    return calendar.set(withMeeting(event, event.conferenceData!.createRequest.requestId));
  }

  private store(
    calendar: GoogleCalendarState,
    event: GoogleEvent,
    conferenceData: unknown,
    query: URLSearchParams,
  ): GoogleEvent {
    checkTimes(event);
    const request = (conferenceData as GoogleEvent['conferenceData'])?.createRequest;
    const isNew = request && request.requestId !== event.conferenceData?.createRequest.requestId;
    const wantsMeeting = isNew && query.get('conferenceDataVersion') === '1';
    return calendar.set(wantsMeeting ? this.meet(event, request.requestId) : event);
  }

  private meet(event: GoogleEvent, requestId: string): GoogleEvent {
    if (this.meetings === 'refused') throw new GoogleRefusal(400, 'invalid');
    if (this.meetings === 'at once') return withMeeting(event, requestId);
    const statusCode = this.meetings === 'never' ? 'failure' : 'pending';
    if (this.meetings !== 'never') this.readsLeft.set(event.id, this.meetings.afterReads);
    return { ...event, conferenceData: { createRequest: { requestId, status: { statusCode } } } };
  }
}

function withMeeting(event: GoogleEvent, requestId: string): GoogleEvent {
  const uri = `https://meet.google.com/${event.id.slice(-10)}`;
  return {
    ...event,
    hangoutLink: uri,
    conferenceData: {
      createRequest: { requestId, status: { statusCode: 'success' } },
      entryPoints: [{ entryPointType: 'video', uri }],
    },
  };
}

function checkTimes({ start, end }: GoogleEvent): void {
  const millis = [start, end].map((time) => {
    if (!time || ('date' in time && 'dateTime' in time)) throw new GoogleRefusal(400, 'invalid');
    return Date.parse('date' in time ? time.date : time.dateTime);
  });
  if (millis.some(Number.isNaN)) throw new GoogleRefusal(400, 'invalid');
  if (millis[1]! < millis[0]!) throw new GoogleRefusal(400, 'timeRangeEmpty');
}

/** Null takes a field away; an object is merged field by field, all else replaced. */
function merged(former: Body, change: Body): Body {
  const result = { ...former };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete result[name];
    else if (isObject(value)) result[name] = merged(isObject(former[name]) ? former[name] : {}, value);
    else result[name] = value;
  }
  return result;
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
