import { isId } from '../../kernel/ids.js';
import { offsetOf, pageOf, type Page, type PageRequest } from '../../kernel/page.js';
import type { Sql } from '../../platform/persistence/sql.js';

export interface EventTypeView {
  id: string;
  name: string;
  slug: string;
  description: string | null;
  durationMinutes: number;
  location: string | null;
  price: number | null;
  currency: string | null;
  isActive: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface EventTypeDetailView extends EventTypeView {
  bufferBefore: number;
  bufferAfter: number;
  minimumNoticeMinutes: number;
  bookingWindowDays: number;
  slotIntervalMinutes: number;
  dailyLimit: number | null;
  weeklyLimit: number | null;
  timezone: string;
  availability: { day: string; start: string; end: string }[];
  overrides: { date: string; intervals: { start: string; end: string }[] }[];
  questions: QuestionView[];
}

export interface QuestionView {
  id: string;
  label: string;
  type: string;
  required: boolean;
  options: string[];
}

/** Event types as the API shows them, straight from SQL. */
export class EventTypeReads {
  constructor(private readonly sql: Sql) {}

  /** The owner's event types in the owner's order; only active ones are on offer, `inactiveToo` shows all. */
  async list(ownerId: string, page: PageRequest, inactiveToo = false): Promise<Page<EventTypeView>> {
    const shown = 'event_types t where t.owner_id = $1 and (t.is_active or $2)';
    const [counted, views] = await Promise.all([
      this.sql.query<{ total: number }>(`select count(*)::int as total from ${shown}`, [
        ownerId,
        inactiveToo,
      ]),
      this.sql.query<EventTypeView>(
        `select ${SUMMARY} from ${shown} order by t.position, t.id limit $3 offset $4`,
        [ownerId, inactiveToo, page.limit, offsetOf(page)],
      ),
    ]);
    return pageOf(views, page, counted[0]!.total);
  }

  /** The owner's event type, active or not; null if unknown or another's. */
  async detail(ownerId: string, id: string): Promise<EventTypeDetailView | null> {
    if (!isId(id)) return null;
    const [row] = await this.sql.prepared<EventTypeDetailView>(
      'event type',
      `select ${SUMMARY}, ${CONFIGURATION} from event_types t where t.id = $1 and t.owner_id = $2`,
      [id, ownerId],
    );
    return row ?? null;
  }

  /** Whose event type that is; null if unknown. */
  async ownerOf(id: string): Promise<string | null> {
    if (!isId(id)) return null;
    const [row] = await this.sql.query<{ ownerId: string }>(
      'select owner_id as "ownerId" from event_types where id = $1',
      [id],
    );
    return row?.ownerId ?? null;
  }
}

const SUMMARY = `
  t.id, t.name, t.slug, t.description, t.duration_minutes as "durationMinutes", t.location, t.price, t.currency,
  t.is_active as "isActive", t.created_at as "createdAt", t.updated_at as "updatedAt"`;

const CONFIGURATION = `
  t.buffer_before as "bufferBefore", t.buffer_after as "bufferAfter",
  t.minimum_notice_minutes as "minimumNoticeMinutes", t.booking_window_days as "bookingWindowDays",
  coalesce(t.slot_interval_minutes, t.duration_minutes) as "slotIntervalMinutes",
  t.daily_limit as "dailyLimit", t.weekly_limit as "weeklyLimit",
  t.timezone, t.availability, t.overrides, t.questions`;
