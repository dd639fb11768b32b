import type { Instant } from '@js-joda/core';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Session } from '../../platform/persistence/session.js';
import type { Hold } from '../domain/hold.js';
import { Holds } from '../ports.js';

export class PostgresHolds extends Holds {
  constructor(private readonly session: Session) {
    super();
  }

  async save({ id, ownerId, eventTypeId, time, blocked, token, expiresAt }: Hold): Promise<void> {
    this.session.write(
      'save hold',
      `insert into holds (id, owner_id, event_type_id, starts_at, blocked, token, expires_at)
       values ($1, $2, $3, $4, tstzrange($5, $6), $7, $8)`,
      [
        ...[id, ownerId, eventTypeId],
        ...[time.start, blocked.start, blocked.end].map(formatInstant),
        token,
        formatInstant(expiresAt),
      ],
    );
  }

  async release(ownerId: string, token: string | null, at: Instant): Promise<void> {
    this.session.write(
      'release holds',
      'delete from holds where owner_id = $1 and (token = $2 or expires_at <= $3)',
      [ownerId, token, formatInstant(at)],
    );
  }
}
