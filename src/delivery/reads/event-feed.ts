import { isId } from '../../kernel/ids.js';
import type { Sql } from '../../platform/persistence/sql.js';

export interface EventPageRequest {
  /** The event after which to begin; null for the oldest that is kept. */
  readonly after: string | null;
  readonly limit: number;
}

export interface EventPage {
  /** Envelopes as JSON, to the byte what webhooks send; the oldest first. */
  readonly bodies: readonly string[];
  readonly hasMore: boolean;
  /** After which event to begin the next time, whether there was anything new or not; null if there has been none so far. */
  readonly nextAfter: string | null;
}

/**
 * What happened to an owner, in the order in which it was published. Positions rise in the order of commits, so that what is
 * published later is always found after what was read.
 */
export class EventFeed {
  constructor(private readonly sql: Sql) {}

  /** The page after an event; null if there is no such event of the owner, or no longer. */
  async page(ownerId: string, { after, limit }: EventPageRequest): Promise<EventPage | null> {
    if (after !== null && !isEventId(after)) return null;
    // The event to begin after comes first, which shows that there is one; one event too many shows that there are more.
    const rows = await this.sql.prepared<{ id: string; body: string }>(
      'event feed',
      `select id, body from published_events
       where owner_id = $1 and not is_test and position >= case when $2::text is null then 0 else (
         select position from published_events where id = $2 and owner_id = $1 and not is_test) end
       order by position limit $3`,
      [ownerId, after, limit + (after === null ? 1 : 2)],
    );
    if (after !== null && rows.shift() === undefined) return null;
    const events = rows.slice(0, limit);
    return {
      bodies: events.map(({ body }) => body),
      hasMore: rows.length > limit,
      nextAfter: events.at(-1)?.id ?? after,
    };
  }

  /** The owner's newest event; null if there is none. */
  async newest(ownerId: string): Promise<string | null> {
    const [row] = await this.sql.query<{ id: string }>(
      `select id from published_events where owner_id = $1 and not is_test order by position desc limit 1`,
      [ownerId],
    );
    return row?.id ?? null;
  }
}

const PREFIX = 'evt_';

function isEventId(text: string): boolean {
  return text.startsWith(PREFIX) && isId(text.slice(PREFIX.length));
}
