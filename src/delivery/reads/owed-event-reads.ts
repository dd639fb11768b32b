import type { Sql } from '../../platform/persistence/sql.js';

/** An event whose work is still owed, as the command line shows it. */
export interface OwedEventView {
  id: string;
  event: string;
  /** Whose event it is: the owner's e-mail address. */
  user: string;
  occurredAt: string;
  attempts: number;
  /** Null if no attempt has failed. */
  lastError: string | null;
  nextAttemptAt: string;
}

/** Events that are still to be handled, straight from SQL. */
export class OwedEventReads {
  constructor(private readonly sql: Sql) {}

  /** Those that failed first, then what has waited longest. */
  list(limit: number): Promise<OwedEventView[]> {
    return this.sql.query<OwedEventView>(
      `${SELECT_OWED} order by o.last_error is null, o.position limit $1`,
      [limit],
    );
  }

  /** The event of that id; null if it is not owed. */
  async event(id: string): Promise<OwedEventView | null> {
    const [event] = await this.sql.query<OwedEventView>(`${SELECT_OWED} and o.id = $1`, [id]);
    return event ?? null;
  }
}

const SELECT_OWED = `
  select o.id, o.name as event, u.email as user, o.occurred_at as "occurredAt", o.attempts, o.last_error as "lastError",
    o.next_attempt_at as "nextAttemptAt"
  from outbox o join users u on u.id = o.owner_id
  where o.handled_at is null`;
