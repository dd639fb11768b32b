import type { Instant } from '@js-joda/core';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { offsetOf, pageOf, type Page, type PageRequest } from '../../kernel/page.js';
import { tidyText } from '../../kernel/text.js';
import type { Sql } from '../../platform/persistence/sql.js';
import type { Contact, ContactSource } from '../domain/contact.js';

export interface ContactView {
  id: string;
  name: string;
  email: string;
  phone: string | null;
  company: string | null;
  notes: string | null;
  source: ContactSource;
  /** Confirmed bookings, past and to come. */
  meetingCount: number;
  createdAt: string;
  updatedAt: string;
}

export interface ContactDetailView extends ContactView {
  /** Confirmed meetings that are not over, soonest first, at most 100. */
  upcomingMeetings: MeetingView[];
  /** Confirmed meetings that are over, latest first, at most 100. */
  pastMeetings: MeetingView[];
}

export interface MeetingView {
  id: string;
  startTime: string;
  endTime: string;
  status: 'CONFIRMED';
  inviteeName: string;
  /** Name and duration are those at booking time. */
  eventType: { id: string; name: string; slug: string; durationMinutes: number };
}

export interface ContactFilter extends PageRequest {
  /** Every word of it is found in name, e-mail or company, whatever the letter case and accents; null for all contacts. */
  readonly search: string | null;
}

const MOST_MEETINGS = 100;

/** Contacts as the API shows them, straight from SQL. */
export class ContactReads {
  constructor(private readonly sql: Sql) {}

  /** One page of the owner's contacts, newest first. */
  async list(ownerId: string, filter: ContactFilter): Promise<Page<ContactView>> {
    const words = wordsOf(filter.search);
    const where = [
      'c.owner_id = $3',
      ...words.map((_, index) => `c.search like ${pattern(`$${index + 4}`)}`),
    ].join(' and ');
    // A search finds its contacts once, by the index of words. All contacts are counted and paged by two others, where what is
    // skipped is skipped in the index. Not prepared: a plan made for any search takes a hundred times as long.
    const rows = await this.sql.query<ContactView & { total: number }>(
      `with found as ${words.length > 0 ? 'materialized' : 'not materialized'} (
         select c.id, c.created_at from contacts c where ${where}
       )
       select counted.total, ${COLUMNS}
       from (select count(*)::int as total from found) counted
       left join (
         (select id from found order by created_at desc, id desc limit $1 offset $2) page
         join contacts c on c.id = page.id
       ) on true
       order by c.created_at desc, c.id desc`,
      [filter.limit, offsetOf(filter), ownerId, ...words],
    );
    const contacts = rows.filter(({ id }) => id !== null).map(viewOf);
    return pageOf(contacts, filter, rows[0]?.total ?? 0);
  }

  /** The owner's contact; null if unknown or another's. */
  async find(ownerId: string, id: string): Promise<ContactView | null> {
    if (!isId(id)) return null;
    const [contact] = await this.sql.prepared<ContactView>(
      'contact',
      `select ${COLUMNS} from contacts c where c.id = $1 and c.owner_id = $2`,
      [id, ownerId],
    );
    return contact ?? null;
  }

  /** The owner's contact with its meetings as they stand now; null if unknown or another's. */
  async detail(ownerId: string, id: string, now: Instant): Promise<ContactDetailView | null> {
    if (!isId(id)) return null;
    const [contact, meetings] = await Promise.all([this.find(ownerId, id), this.meetings(ownerId, id, now)]);
    return contact && { ...contact, ...meetings };
  }

  private async meetings(
    ownerId: string,
    contactId: string,
    now: Instant,
  ): Promise<Pick<ContactDetailView, 'upcomingMeetings' | 'pastMeetings'>> {
    // Confirmed meetings of one owner never overlap, so that their order by end, which has an index, is that by start.
    const rows = await this.sql.prepared<MeetingRow>(
      'meetings of contact',
      `select b.*, t.slug
       from (
         (select ${MEETING}, true as upcoming from bookings
          where ${CONFIRMED} and ends_at > $3 order by ends_at limit $4)
         union all
         (select ${MEETING}, false as upcoming from bookings
          where ${CONFIRMED} and ends_at <= $3 order by ends_at desc limit $4)
       ) b join event_types t on t.id = b.event_type_id
       order by b.starts_at`,
      [contactId, ownerId, formatInstant(now), MOST_MEETINGS],
    );
    return {
      upcomingMeetings: rows.filter(({ upcoming }) => upcoming).map(meetingOf),
      pastMeetings: rows
        .filter(({ upcoming }) => !upcoming)
        .reverse()
        .map(meetingOf),
    };
  }
}

/** A contact that was just made, as the reads would show it. Nobody can have met it yet. */
export function viewOfNewContact({ state }: Contact): ContactView {
  const { id, name, email, phone, company, notes, source } = state;
  return {
    ...{ id, name, email, phone, company, notes, source },
    meetingCount: 0,
    createdAt: formatInstant(state.createdAt),
    updatedAt: formatInstant(state.updatedAt),
  };
}

const COLUMNS = `
  c.id, c.name, c.email, c.phone, c.company, c.notes, c.source,
  (select count(*)::int from bookings b where b.contact_id = c.id and b.status = 'CONFIRMED') as "meetingCount",
  c.created_at as "createdAt", c.updated_at as "updatedAt"`;

/** Without what else was asked for along with it. */
function viewOf(row: ContactView): ContactView {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    phone: row.phone,
    company: row.company,
    notes: row.notes,
    source: row.source,
    meetingCount: row.meetingCount,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

const MEETING = 'id, starts_at, ends_at, invitee_name, event_type_id, event_type_name, duration_minutes';

const CONFIRMED = `contact_id = $1 and owner_id = $2 and status = 'CONFIRMED'`;

function wordsOf(search: string | null): string[] {
  return [...new Set(tidyText(search ?? '').split(/\s+/))].filter((word) => word !== '');
}

/**
 * A `like` pattern for texts with this word somewhere in them, each of its characters taken literally. One condition for each word:
 * `like all (array)` would find no index.
 */
function pattern(place: string): string {
  return String.raw`'%' || regexp_replace(searchable(${place}), '([\\%_])', '\\\1', 'g') || '%'`;
}

interface MeetingRow {
  id: string;
  starts_at: string;
  ends_at: string;
  invitee_name: string;
  event_type_id: string;
  event_type_name: string;
  duration_minutes: number;
  slug: string;
  upcoming: boolean;
}

function meetingOf(row: MeetingRow): MeetingView {
  return {
    id: row.id,
    startTime: row.starts_at,
    endTime: row.ends_at,
    status: 'CONFIRMED',
    inviteeName: row.invitee_name,
    eventType: {
      id: row.event_type_id,
      name: row.event_type_name,
      slug: row.slug,
      durationMinutes: row.duration_minutes,
    },
  };
}
