import { formatInstant } from '../../kernel/instant-text.js';
import type { Session } from '../../platform/persistence/session.js';
import { EmailLog, type QueuedEmail } from '../ports.js';

export class PostgresEmailLog extends EmailLog {
  constructor(private readonly session: Session) {
    super();
  }

  async queue(emails: readonly QueuedEmail[]): Promise<void> {
    if (emails.length === 0) return;
    const rows = emails.map(({ id, bookingId, eventId, type, recipient, subject, at }) => ({
      ...{ id, type, recipient, subject },
      booking_id: bookingId,
      event_id: eventId,
      created_at: formatInstant(at),
    }));
    await this.session.query(
      `insert into email_logs (id, booking_id, event_id, type, recipient, subject, status, created_at)
       select r.id, r.booking_id, r.event_id, r.type, r.recipient, r.subject, 'QUEUED', r.created_at
       from jsonb_populate_recordset(null::email_logs, $1) r
       on conflict (event_id, type, recipient) do nothing`,
      [JSON.stringify(rows)],
    );
  }
}
