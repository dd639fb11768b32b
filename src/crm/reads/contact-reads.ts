import type { Instant } from '@js-joda/core';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { offsetOf, pageOf, type Page, type PageRequest } from '../../kernel/page.js';
import { tidyText } from '../../kernel/text.js';
import type { Sql } from '../../platform/persistence/sql.js';
import type { Contact, ContactSource } from '../domain/contact.js';
import { rarestPieces } from '../domain/search-pieces.js';
import { PieceSample } from './piece-sample.js';

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
  constructor(
    private readonly sql: Sql,
    private readonly pieces: Pick<PieceSample, 'latest'> = new PieceSample(sql),
  ) {}

  /** One page of the owner's contacts, newest first. */
  async list(ownerId: string, filter: ContactFilter): Promise<Page<ContactView>> {
    const rows = await this.page(ownerId, filter);
    return pageOf(rows.filter(isContact).map(viewOf), filter, rows[0]?.total ?? 0);
  }

  private page(ownerId: string, filter: ContactFilter): Promise<ListedRow[]> {
    const words = wordsOf(filter.search);
    const values = [filter.limit, offsetOf(filter), ownerId];
    if (words.length === 0) return this.sql.query(ALL, values);
    const [one, other = one, third = other] = this.piecesOf(words);
    if (one) return this.sql.prepared('contacts by pieces', BY_PIECES, [...values, words, one, other, third]);
    return this.sql.query(byWords(words.length), [...values, ...words]);
  }

  /** The pieces to search by; none if not by pieces, or if nothing is known of their counts so far. */
  private piecesOf(words: readonly string[]): string[] {
    const counts = this.pieces.latest;
    return counts ? rarestPieces(words, counts) : [];
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

/** A contact of a page with the total of all pages; null but for the total if the page is empty. */
type ListedRow = { total: number } & (ContactView | Record<keyof ContactView, null>);

function isContact(row: ListedRow): row is ListedRow & ContactView {
  return row.id !== null;
}

const FOUND = 'select c.id, c.created_at from contacts c where';

/** One page, $1 long after $2 skipped, of what the step `found` before it has found. */
const PAGE = `
  select counted.total, ${COLUMNS}
  from (select count(*)::int as total from found) counted
  left join (
    (select id from found order by created_at desc, id desc limit $1 offset $2) page
    join contacts c on c.id = page.id
  ) on true
  order by c.created_at desc, c.id desc`;

/** Counted by one index and paged by another, where what is skipped is skipped in the index. */
const ALL = `with found as not materialized (${FOUND} c.owner_id = $3) ${PAGE}`;

// What all owners have of three rare pieces is less than what one owner has: the index is not asked for that.
const BY_PIECES = `
  with found as materialized (
    ${FOUND} ${[5, 6, 7].map((place) => `c.search like '%' || searchable($${place}) || '%'`).join(' and ')}
      and c.owner_id is not distinct from $3
      and not exists (select from unnest($4::text[]) word where strpos(c.search, searchable(word)) = 0)
  ) ${PAGE}`;

/** To be planned for the words: a plan for any takes a hundred times as long. */
function byWords(count: number): string {
  const conditions = Array.from({ length: count }, (_, place) => `c.search like ${pattern(`$${place + 4}`)}`);
  return `with found as materialized (${FOUND} c.owner_id = $3 and ${conditions.join(' and ')}) ${PAGE}`;
}

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
