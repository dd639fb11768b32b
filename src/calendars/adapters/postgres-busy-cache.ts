import { formatInstant } from '../../kernel/instant-text.js';
import type { Session } from '../../platform/persistence/session.js';
import type { BusyNews } from '../domain/busy-news.js';
import { BusyCache } from '../ports.js';
import { storable } from './storable.js';

export class PostgresBusyCache extends BusyCache {
  constructor(private readonly session: Session) {
    super();
  }

  async take(calendarId: string, { kept, forgotten }: BusyNews, turn: number): Promise<void> {
    const busy = kept.flatMap(({ id, busy: times }) => times.map((time) => ({ id: storable(id), ...time })));
    const gone = [...forgotten, ...kept.map(({ id }) => id)].map(storable);
    await Promise.all([
      // With what is kept too: its busy times go by the foreign key, and come anew.
      this.session.query('delete from calendar_events where calendar_id = $1 and remote_id = any($2)', [
        calendarId,
        gone,
      ]),
      this.session.query(
        `insert into calendar_events (calendar_id, remote_id, uid, etag, told_in_turn)
         select $1, e.*, $5 from unnest($2::text[], $3::text[], $4::text[]) e`,
        [
          calendarId,
          kept.map(({ id }) => storable(id)),
          kept.map(({ uid }) => uid && storable(uid)),
          kept.map(({ etag }) => etag && storable(etag)),
          turn,
        ],
      ),
      this.session.query(
        `insert into busy_times (calendar_id, remote_id, owner_id, busy)
         select c.id, b.remote_id, c.owner_id, tstzrange(b.starts_at, b.ends_at)
         from calendars c, unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) b (remote_id, starts_at, ends_at)
         where c.id = $1`,
        [
          calendarId,
          busy.map(({ id }) => id),
          busy.map(({ start }) => formatInstant(start)),
          busy.map(({ end }) => formatInstant(end)),
        ],
      ),
    ]);
  }

  async forgetUntold(calendarId: string, turn: number): Promise<void> {
    await this.session.query('delete from calendar_events where calendar_id = $1 and told_in_turn <> $2', [
      calendarId,
      turn,
    ]);
  }

  async forget(calendarId: string): Promise<void> {
    await this.session.query('delete from calendar_events where calendar_id = $1', [calendarId]);
  }
}
