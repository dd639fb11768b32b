import { isId } from '../../kernel/ids.js';
import { offsetOf, pageOf, type Page, type PageRequest } from '../../kernel/page.js';
import { UTC_TEXT } from '../../platform/persistence/instant-column.js';
import type { Sql } from '../../platform/persistence/sql.js';

export interface BookingView {
  id: string;
  status: 'PENDING' | 'CONFIRMED' | 'CANCELLED';
  startTime: string;
  endTime: string;
  inviteeName: string;
  inviteeEmail: string;
  inviteeTimezone: string;
  inviteePhone: string | null;
  guests: string[];
  notes: string | null;
  answers: Record<string, unknown>;
  location: string | null;
  meetingLink: string | null;
  cancelReason: string | null;
  cancelledAt: string | null;
  cancelledBy: 'HOST' | 'INVITEE' | 'SYSTEM' | null;
  sequence: number;
  payment: PaymentView | null;
  eventType: { id: string; name: string; slug: string; durationMinutes: number };
  contact: BookingContactView | null;
  createdAt: string;
  updatedAt: string;
}

export interface PaymentView {
  id: string;
  provider: string;
  /** In the currency's minor units. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  paidAt: string;
}

export interface BookingContactView {
  id: string;
  name: string;
  email: string;
  phone: string | null;
  company: string | null;
}

export interface BookingDetailView extends BookingView {
  emailLogs: EmailLogView[];
  calendar: BookingCalendarView | null;
}

/** How far the owner's calendar shows the booking as it is; of several, the one that does least. */
export interface BookingCalendarView {
  /** `PENDING`: soon; `FAILED`: the calendar refuses it. A cancelled booking is `MIRRORED` once it is out of the calendar. */
  state: 'MIRRORED' | 'PENDING' | 'FAILED';
  /** Why the last attempt failed, or why the booking did not follow what its owner did in the calendar. */
  error: string | null;
  /** When the calendar was last made to show it. */
  mirroredAt: string | null;
}

export interface EmailLogView {
  id: string;
  type: string;
  recipient: string;
  subject: string;
  status: 'QUEUED' | 'SENT' | 'FAILED';
  error: string | null;
  attempts: number;
  createdAt: string;
  sentAt: string | null;
}

export interface BookingFilter extends PageRequest {
  readonly status: 'CONFIRMED' | 'CANCELLED' | null;
  /** Meetings that start at this instant or later (RFC 3339). */
  readonly startsFrom: string | null;
  /** Meetings that start before this instant (RFC 3339). */
  readonly startsBefore: string | null;
  readonly eventTypeId: string | null;
  readonly contactId: string | null;
  readonly inviteeEmail: string | null;
  /** Every word of it is found in the invitee's name or e-mail. */
  readonly search: string | null;
  readonly updatedAfter: string | null;
  readonly order: 'newest first' | 'oldest first';
}

/** Bookings as the API shows them, straight from SQL. */
export class BookingReads {
  constructor(private readonly sql: Sql) {}

  /** One page of the owner's bookings, by start time and then id. */
  async list(ownerId: string, filter: BookingFilter): Promise<Page<BookingView>> {
    const none = [filter.eventTypeId, filter.contactId].some((id) => id !== null && !isId(id));
    if (none) return pageOf([], filter, 0);

    const { sql: where, parameters } = conditions(ownerId, filter);
    const isKept = parameters.length === (filter.status === null ? 1 : 2); // by owner and status, and by nothing else
    const isFirst = filter.page === 1;
    const text = `
      with counted as materialized (${isKept ? KEPT_TOTAL : COUNTED_TOTAL} where ${where})
      select counted.total, ${COLUMNS}
      from counted left join (
        (${isFirst ? firstPage(where, filter) : laterPage(where, filter)}) b ${JOINS}
      ) on true
      order by ${ORDER[filter.order]}`;
    const rows = await (isKept && isFirst
      ? this.sql.prepared<ListedRow>(
          `${filter.limit} ${filter.status ?? ''} bookings, ${filter.order}`,
          text,
          parameters,
        )
      : this.sql.query<ListedRow>(text, parameters));
    return pageOf(rows.filter(({ id }) => id !== null).map(viewOf), filter, rows[0]!.total);
  }

  /** The owner's booking with its e-mails, oldest first, and its calendar; null if unknown or another's. */
  async detail(ownerId: string, id: string): Promise<BookingDetailView | null> {
    if (!isId(id)) return null;
    const [row] = await this.sql.prepared<DetailRow>(
      'booking',
      `select ${COLUMNS}, ${EMAIL_LOGS} as email_logs, ${CALENDAR} as calendar from bookings b ${JOINS} where b.id = $1 and b.owner_id = $2`,
      [id, ownerId],
    );
    return row
      ? Object.assign(viewOf(row), { emailLogs: row.email_logs ?? [], calendar: row.calendar })
      : null;
  }

  /** Whose booking that is; null if unknown. */
  async ownerOf(id: string): Promise<string | null> {
    if (!isId(id)) return null;
    const [row] = await this.sql.query<{ ownerId: string }>(
      'select owner_id as "ownerId" from bookings where id = $1',
      [id],
    );
    return row?.ownerId ?? null;
  }
}

const COLUMNS = `
  b.id, b.status, b.starts_at, b.ends_at, b.invitee_name, b.invitee_email, b.invitee_timezone, b.invitee_phone,
  b.guests, b.notes, b.answers, b.location, b.meeting_link, b.cancel_reason, b.cancelled_at, b.cancelled_by,
  b.sequence, b.created_at, b.updated_at,
  b.event_type_id, b.event_type_name, b.duration_minutes, t.slug as event_type_slug,
  c.id as contact_id, c.name as contact_name, c.email as contact_email, c.phone as contact_phone,
  c.company as contact_company`;

const JOINS = 'join event_types t on t.id = b.event_type_id left join contacts c on c.id = b.contact_id';

const EMAIL_LOGS = `
  (select json_agg(json_build_object(
     'id', e.id, 'type', e.type, 'recipient', e.recipient, 'subject', e.subject, 'status', e.status, 'error', e.error,
     'attempts', e.attempts, 'createdAt', to_char(e.created_at, ${UTC_TEXT}), 'sentAt', to_char(e.sent_at, ${UTC_TEXT})
   ) order by e.created_at, e.id) from email_logs e where e.booking_id = b.id)`;

const CALENDAR = `
  (select json_build_object('state', m.state, 'error', coalesce(m.last_error, m.refusal), 'mirroredAt', to_char(m.mirrored_at, ${UTC_TEXT}))
   from mirrored_bookings m where m.booking_id = b.id
   order by array_position(array['FAILED', 'PENDING', 'MIRRORED'], m.state), m.refusal is null, m.id limit 1)`;

// Kept in the transactions that change bookings; to count a hundred thousand takes a hundred times as long as a page of them.
const KEPT_TOTAL = 'select coalesce(sum(b.total), 0)::int as total from booking_counts b';
const COUNTED_TOTAL = 'select count(*)::int as total from bookings b';

const ORDER = {
  'newest first': 'b.starts_at desc, b.id desc',
  'oldest first': 'b.starts_at, b.id',
};
const REVERSE = { 'newest first': 'oldest first', 'oldest first': 'newest first' } as const;

// Limits and offsets are part of the text: a plan made for any limit would be made for a tenth of the table.
function firstPage(where: string, { order, limit }: BookingFilter): string {
  return `select * from bookings b where ${where} order by ${ORDER[order]} limit ${limit}`;
}

/** Read from whichever end is nearer: the last page costs no more than the first. */
function laterPage(where: string, filter: BookingFilter): string {
  const { order, limit } = filter;
  const offset = offsetOf(filter);
  const isInFirstHalf = `(select total >= 2 * ${offset} from counted)`;
  return `
    (select * from bookings b where ${where} and ${isInFirstHalf}
     order by ${ORDER[order]} limit ${limit} offset ${offset})
    union all
    (select * from bookings b where ${where} and not ${isInFirstHalf}
     order by ${ORDER[REVERSE[order]]}
     limit (select greatest(0, least(${limit}, total - ${offset})) from counted)
     offset (select greatest(0, total - ${offset} - ${limit}) from counted))`;
}

type ListedRow = BookingViewRow & { total: number };

type DetailRow = BookingViewRow & { email_logs: EmailLogView[] | null; calendar: BookingCalendarView | null };

interface BookingViewRow {
  id: string;
  status: BookingView['status'];
  starts_at: string;
  ends_at: string;
  invitee_name: string;
  invitee_email: string;
  invitee_timezone: string;
  invitee_phone: string | null;
  guests: string[];
  notes: string | null;
  answers: Record<string, unknown>;
  location: string | null;
  meeting_link: string | null;
  cancel_reason: string | null;
  cancelled_at: string | null;
  cancelled_by: BookingView['cancelledBy'];
  sequence: number;
  created_at: string;
  updated_at: string;
  event_type_id: string;
  event_type_name: string;
  duration_minutes: number;
  event_type_slug: string;
  contact_id: string | null;
  contact_name: string;
  contact_email: string;
  contact_phone: string | null;
  contact_company: string | null;
}

function viewOf(row: BookingViewRow): BookingView {
  return {
    id: row.id,
    status: row.status,
    startTime: row.starts_at,
    endTime: row.ends_at,
    inviteeName: row.invitee_name,
    inviteeEmail: row.invitee_email,
    inviteeTimezone: row.invitee_timezone,
    inviteePhone: row.invitee_phone,
    guests: row.guests,
    notes: row.notes,
    answers: row.answers,
    location: row.location,
    meetingLink: row.meeting_link,
    cancelReason: row.cancel_reason,
    cancelledAt: row.cancelled_at,
    cancelledBy: row.cancelled_by,
    sequence: row.sequence,
    payment: null,
    eventType: {
      id: row.event_type_id,
      name: row.event_type_name,
      slug: row.event_type_slug,
      durationMinutes: row.duration_minutes,
    },
    contact: row.contact_id
      ? {
          id: row.contact_id,
          name: row.contact_name,
          email: row.contact_email,
          phone: row.contact_phone,
          company: row.contact_company,
        }
      : null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The filter as SQL: one condition for each thing asked for, so that each shape of question finds its own index. */
function conditions(ownerId: string, filter: BookingFilter): { sql: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  const sql: string[] = [];
  const where = (condition: (place: string) => string, value: unknown) => {
    if (value === null) return;
    parameters.push(value);
    sql.push(condition(`$${parameters.length}`));
  };
  where((place) => `b.owner_id = ${place}`, ownerId);
  where((place) => `b.status = ${place}`, filter.status);
  where((place) => `b.starts_at >= ${place}`, filter.startsFrom);
  where((place) => `b.starts_at < ${place}`, filter.startsBefore);
  where((place) => `b.event_type_id = ${place}`, filter.eventTypeId);
  where((place) => `b.contact_id = ${place}`, filter.contactId);
  where((place) => `b.invitee_email = ${place}`, filter.inviteeEmail);
  where((place) => `b.updated_at > ${place}`, filter.updatedAfter);
  for (const word of filter.search?.split(/\s+/).filter(Boolean) ?? []) {
    where(
      (place) => `position(searchable(${place}) in searchable(b.invitee_name || ' ' || b.invitee_email)) > 0`,
      word,
    );
  }
  return { sql: sql.join(' and '), parameters };
}
