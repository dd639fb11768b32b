import type { Instant } from '@js-joda/core';
import { OWN_UID_END } from '../../kernel/booking-uid.js';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Session } from '../../platform/persistence/session.js';
import type { NoticedState, ShownBooking } from '../domain/own-news.js';
import type { OwnersChange } from '../domain/owners-change.js';
import { OwnersChanges, type OwedAnswer } from '../ports.js';
import { MIRRORINGS_CHANNEL } from './due-mirrorings.js';
import { storable } from './storable.js';

export class PostgresOwnersChanges extends OwnersChanges {
  constructor(private readonly session: Session) {
    super();
  }

  async now(): Promise<Instant> {
    const [row] = await this.session.query<{ now: string }>('select now() as now');
    return instantOf(row!.now);
  }

  async shownIn(calendarId: string): Promise<ShownBooking[]> {
    const rows = await this.session.query<ShownRow>(
      `select id, remote_id, etag, placed_starts_at, placed_ends_at, mirrored_at, judged
       from mirrored_bookings m
       where calendar_id = $1 and ${IS_SHOWN} and placed_ends_at > now()`,
      [calendarId],
    );
    return rows.map((row) => ({
      mirroringId: row.id,
      remoteId: row.remote_id,
      etag: row.etag,
      time: { start: instantOf(row.placed_starts_at), end: instantOf(row.placed_ends_at) },
      shownAt: instantOf(row.mirrored_at),
      judged: row.judged,
    }));
  }

  async note(states: readonly NoticedState[]): Promise<void> {
    if (states.length === 0) return;
    const starts = states.map(({ change }) =>
      change?.kind === 'MOVED' ? formatInstant(change.start) : null,
    );
    await this.session.query(
      `update mirrored_bookings m
       set judged = n.state, owners_change = n.change, moved_to = n.moved_to, refusal = null, follow_rung_until = null,
         follow_at = case when n.change is not null then now() end
       from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) n (id, state, change, moved_to)
       where m.id = n.id and ${IS_SHOWN}`,
      [
        states.map(({ mirroringId }) => mirroringId),
        states.map(({ state }) => storable(state)),
        states.map(({ change }) => change?.kind ?? null),
        starts,
      ],
    );
  }

  async bookingOf(mirroringId: string): Promise<{ id: string; ownerId: string } | null> {
    if (!isId(mirroringId)) return null;
    const [row] = await this.session.query<{ id: string; ownerId: string }>(
      `select b.id, b.owner_id as "ownerId" from mirrored_bookings m join bookings b on b.id = m.booking_id
       where m.id = $1 and m.follow_at is not null`,
      [mirroringId],
    );
    return row ?? null;
  }

  async take(mirroringId: string): Promise<OwedAnswer | null> {
    const [row] = await this.session.query<OwedRow>(
      `select m.owners_change, m.moved_to, m.placed_sequence, c.on_change = 'FOLLOW' as is_followed,
         exists (
           select from calendar_events e join calendars o on o.id = e.calendar_id
           where o.owner_id = k.owner_id and o.id <> k.id and e.uid = m.booking_id || '${OWN_UID_END}') as is_elsewhere
       from mirrored_bookings m join calendars k on k.id = m.calendar_id join calendar_connections c on c.id = k.connection_id
       where m.id = $1 and m.follow_at is not null and ${IS_SHOWN} for no key update of m`,
      [mirroringId],
    );
    if (!row) return null;
    const event = { sequence: row.placed_sequence, isElsewhere: row.is_elsewhere };
    return { change: changeOf(row), event, isFollowed: row.is_followed };
  }

  async settle(mirroringId: string, refusal: string | null): Promise<void> {
    await this.session.query(`update mirrored_bookings set ${ANSWERED} where id = $1`, [
      mirroringId,
      refusal,
    ]);
  }

  async putBack(mirroringId: string, refusal: string | null): Promise<void> {
    await this.session.query(
      `update mirrored_bookings
       set ${ANSWERED}, wish = wish + 1, state = 'PENDING', attempts = 0, next_attempt_at = now(), last_error = null
       where id = $1`,
      [mirroringId, refusal],
    );
    this.session.tell(MIRRORINGS_CHANNEL);
  }
}

/** Whether the calendar shows the booking, and nothing of ours is under way that would change that. */
const IS_SHOWN = `m.state = 'MIRRORED' and m.is_wanted and m.remote_id is not null`;

const ANSWERED = 'owners_change = null, moved_to = null, follow_at = null, refusal = $2';

interface ShownRow {
  id: string;
  remote_id: string;
  etag: string | null;
  placed_starts_at: string;
  placed_ends_at: string;
  mirrored_at: string;
  judged: string | null;
}

interface OwedRow {
  owners_change: OwnersChange['kind'];
  moved_to: string | null;
  placed_sequence: number;
  is_followed: boolean;
  is_elsewhere: boolean;
}

function changeOf({ owners_change: kind, moved_to: start }: OwedRow): OwnersChange {
  return kind === 'MOVED' ? { kind, start: instantOf(start!) } : { kind };
}
