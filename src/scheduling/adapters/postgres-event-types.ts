import { LRUCache } from 'lru-cache';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { brokenConstraint } from '../../platform/persistence/database-errors.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Session } from '../../platform/persistence/session.js';
import { SlugTaken } from '../domain/errors.js';
import { EventType } from '../domain/event-type.js';
import { describeHours, hoursOf, type HoursText } from '../domain/hours-text.js';
import type { Question } from '../domain/questions.js';
import { EventTypes } from '../ports.js';

/** Event types in PostgreSQL, whose unique index has the last word on slugs. */
export class PostgresEventTypes extends EventTypes {
  constructor(private readonly session: Session) {
    super();
  }

  async find(id: string, ownerId: string): Promise<EventType | null> {
    if (!isId(id)) return null;
    const [row] = await this.session.query<EventTypeRow>(
      `select ${EVENT_TYPE_COLUMNS} from event_types t where t.id = $1 and t.owner_id = $2 for no key update`,
      [id, ownerId],
    );
    return row ? eventTypeOf(row) : null;
  }

  async nextPosition(ownerId: string): Promise<number> {
    const [row] = await this.session.query<{ next: number }>(
      'select coalesce(max(position) + 1, 0)::int as next from event_types where owner_id = $1',
      [ownerId],
    );
    return row!.next;
  }

  async save(eventType: EventType): Promise<void> {
    try {
      await this.session.query(
        `insert into event_types (${COLUMNS.join(', ')})
         select ${COLUMNS.join(', ')} from json_populate_record(null::event_types, $1)
         on conflict (id) do update set (${COLUMNS.join(', ')}) = row (${COLUMNS.map((column) => `excluded.${column}`).join(', ')})`,
        [JSON.stringify(rowOf(eventType))],
      );
    } catch (error) {
      throw brokenConstraint(error) === 'event_types_owner_id_slug_key' ? new SlugTaken() : error;
    }
  }
}

interface EventTypeRow extends HoursText {
  id: string;
  owner_id: string;
  slug: string;
  name: string;
  description: string | null;
  duration_minutes: number;
  buffer_before: number;
  buffer_after: number;
  minimum_notice_minutes: number;
  booking_window_days: number;
  slot_interval_minutes: number | null;
  daily_limit: number | null;
  weekly_limit: number | null;
  questions: readonly Question[];
  location: string | null;
  price: number | null;
  currency: string | null;
  is_active: boolean;
  position: number;
  created_at: string;
  updated_at: string;
}

const COLUMNS: readonly (keyof EventTypeRow)[] = [
  'id',
  'owner_id',
  'slug',
  'name',
  'description',
  'duration_minutes',
  'buffer_before',
  'buffer_after',
  'minimum_notice_minutes',
  'booking_window_days',
  'slot_interval_minutes',
  'daily_limit',
  'weekly_limit',
  'timezone',
  'availability',
  'overrides',
  'questions',
  'location',
  'price',
  'currency',
  'is_active',
  'position',
  'created_at',
  'updated_at',
];

/** What `eventTypeOf` needs of the table `event_types t`. */
const EVENT_TYPE_COLUMNS = COLUMNS.map((column) => `t.${column}`).join(', ');

/** What `eventTypeOfText` needs of it. */
export const EVENT_TYPE_TEXT = 'row_to_json(t)::text as event_type';

const MOST_REMEMBERED = 4_000_000; // characters

const remembered = new LRUCache<string, EventType>({
  maxSize: MOST_REMEMBERED,
  sizeCalculation: (_, text) => text.length,
});

/** The event type of a row as PostgreSQL writes it. Hours cost more to make than slots to find: one text is read once. */
export function eventTypeOfText(text: string): EventType {
  let eventType = remembered.get(text);
  if (!eventType) {
    eventType = eventTypeOf(JSON.parse(text) as EventTypeRow);
    remembered.set(text, eventType);
  }
  return eventType;
}

function rowOf({ state }: EventType): EventTypeRow {
  return {
    id: state.id,
    owner_id: state.ownerId,
    slug: state.slug,
    name: state.name,
    description: state.description,
    duration_minutes: state.durationMinutes,
    buffer_before: state.bufferBefore,
    buffer_after: state.bufferAfter,
    minimum_notice_minutes: state.minimumNoticeMinutes,
    booking_window_days: state.bookingWindowDays,
    slot_interval_minutes: state.slotIntervalMinutes,
    daily_limit: state.dailyLimit,
    weekly_limit: state.weeklyLimit,
    ...describeHours(state.hours),
    questions: state.questions,
    location: state.location,
    price: state.price,
    currency: state.currency,
    is_active: state.isActive,
    position: state.position,
    created_at: formatInstant(state.createdAt),
    updated_at: formatInstant(state.updatedAt),
  };
}

function eventTypeOf(row: EventTypeRow): EventType {
  return EventType.of({
    id: row.id,
    ownerId: row.owner_id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    durationMinutes: row.duration_minutes,
    bufferBefore: row.buffer_before,
    bufferAfter: row.buffer_after,
    minimumNoticeMinutes: row.minimum_notice_minutes,
    bookingWindowDays: row.booking_window_days,
    slotIntervalMinutes: row.slot_interval_minutes,
    dailyLimit: row.daily_limit,
    weeklyLimit: row.weekly_limit,
    hours: hoursOf(row),
    questions: row.questions,
    location: row.location,
    price: row.price,
    currency: row.currency,
    isActive: row.is_active,
    position: row.position,
    createdAt: instantOf(row.created_at),
    updatedAt: instantOf(row.updated_at),
  });
}
