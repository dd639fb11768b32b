import { Instant, LocalDate, type ZoneId } from '@js-joda/core';
import { z } from 'zod';
import type { Interval } from '../../kernel/interval.js';
import type { ChangePage, RemoteEvent } from '../domain/remote-event.js';
import { uidOf } from './google-event-id.js';
import { plainText } from './google-session.js';

const moment = z.object({ date: z.string().optional(), dateTime: z.string().optional() });

/** As much of an event as is read (Calendar API v3, "Events"); of one that is deleted, only the id is certain. */
const eventSchema = z.object({
  id: plainText(2_000),
  status: z.string().optional(),
  etag: z.string().optional(),
  iCalUID: z.string().optional(),
  recurringEventId: z.string().optional(),
  transparency: z.string().optional(),
  eventType: z.string().optional(),
  start: moment.default({}),
  end: moment.default({}),
  attendees: z
    .array(z.object({ self: z.boolean().optional(), responseStatus: z.string().optional() }))
    .optional(),
});

type GoogleEvent = z.infer<typeof eventSchema>;

/** The fields above, as a `fields` parameter asks for them: no word of what the events are about. */
export const EVENT_FIELDS =
  'id,status,etag,iCalUID,recurringEventId,transparency,eventType,start(date,dateTime),end(date,dateTime)' +
  ',attendees(self,responseStatus)';

/** What events are read for. */
export interface Question {
  readonly window: Interval;
  /** The owner's, whose days all-day events take. */
  readonly zone: ZoneId;
}

/** What the items of a page tell. What cannot be understood is removed, if it has an id at all, and counted. */
export function eventsIn(
  items: readonly unknown[],
  question: Question,
): Pick<ChangePage, 'changed' | 'removed'> & { readonly skipped: number } {
  const changed: RemoteEvent[] = [];
  const removed: string[] = [];
  let skipped = 0;
  for (const item of items) {
    const { data } = eventSchema.safeParse(item);
    const event = data && data.status !== 'cancelled' ? remoteEvent(data, question) : null;
    if (event) changed.push(event);
    else if (data?.status !== 'cancelled') skipped += 1;
    const id = data?.id ?? identified.safeParse(item).data?.id;
    if (!event && id !== undefined) removed.push(id);
  }
  return { changed, removed, skipped };
}

const identified = eventSchema.pick({ id: true });

/** Null for an event at no time that makes sense. */
function remoteEvent(event: GoogleEvent, { window, zone }: Question): RemoteEvent | null {
  const start = instantOf(event.start, zone);
  const end = instantOf(event.end, zone);
  if (!start || !end || end.isBefore(start)) return null;
  const isInWindow = start.isBefore(window.end) && end.isAfter(window.start);
  const isBusy = isInWindow && end.isAfter(start) && blocksTime(event);
  return {
    id: event.id,
    uid: uidOf(event.id) ?? event.iCalUID ?? null,
    etag: event.etag ?? null,
    busy: isBusy ? [{ start, end }] : [],
    time: event.recurringEventId === undefined ? { start, end } : null,
  };
}

/** Not those that the owner is shown as free for, has declined, or that only tell where he works or whose birthday it is. */
function blocksTime({ transparency, eventType, attendees = [] }: GoogleEvent): boolean {
  return (
    transparency !== 'transparent' &&
    eventType !== 'workingLocation' &&
    eventType !== 'birthday' &&
    !attendees.some(({ self, responseStatus }) => self && responseStatus === 'declined')
  );
}

// In years that every program can store.
const DATE = /^[12]\d{3}-\d\d-\d\d$/;
const DATE_TIME = /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** When a day begins in the zone, or a time of RFC 3339; null for what is neither. */
function instantOf({ date = '', dateTime = '' }: z.infer<typeof moment>, zone: ZoneId): Instant | null {
  if (DATE.test(date)) return beginningOf(date, zone);
  const millis = DATE_TIME.test(dateTime) ? Date.parse(dateTime) : NaN; // js-joda takes a tenth of a millisecond
  return Number.isNaN(millis) ? null : Instant.ofEpochMilli(millis);
}

function beginningOf(date: string, zone: ZoneId): Instant | null {
  try {
    return LocalDate.parse(date).atStartOfDay(zone).toInstant();
  } catch {
    return null;
  }
}
