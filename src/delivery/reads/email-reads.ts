import { normalizeEmail } from '../../kernel/email-address.js';
import { isId } from '../../kernel/ids.js';
import type { Sql } from '../../platform/persistence/sql.js';

export type EmailStatus = 'QUEUED' | 'SENT' | 'FAILED';

export interface EmailView {
  id: string;
  /** Whose mail it is: the owner's e-mail address. */
  user: string;
  bookingId: string | null;
  type: string;
  recipient: string;
  subject: string;
  status: EmailStatus;
  attempts: number;
  /** The mail server's last words, if it did not take the mail. */
  error: string | null;
  createdAt: string;
  /** When it is tried next; null if it is not to be. */
  nextAttemptAt: string | null;
  sentAt: string | null;
}

export interface EmailFilter {
  readonly status: EmailStatus | null;
  /** The owner's e-mail address, in any letter case. */
  readonly user: string | null;
  readonly limit: number;
}

/** E-mails as the command line shows them, straight from SQL. */
export class EmailReads {
  constructor(private readonly sql: Sql) {}

  /** What was owed last first. */
  async list({ status, user, limit }: EmailFilter): Promise<EmailView[]> {
    return this.sql.query<EmailView>(
      `${SELECT_EMAILS}
       where ($1::text is null or l.status = $1) and ($2::text is null or u.email = $2)
       order by l.id desc limit $3`,
      [status, user === null ? null : normalizeEmail(user), limit],
    );
  }

  /** The mail of that id, whoever's it is; null if there is none. */
  async email(id: string): Promise<EmailView | null> {
    if (!isId(id)) return null;
    const [email] = await this.sql.query<EmailView>(`${SELECT_EMAILS} where l.id = $1`, [id]);
    return email ?? null;
  }
}

const SELECT_EMAILS = `
  select l.id, u.email as user, l.booking_id as "bookingId", l.type, l.recipient, l.subject, l.status, l.attempts, l.error,
         l.created_at as "createdAt", case l.status when 'QUEUED' then l.next_attempt_at end as "nextAttemptAt",
         l.sent_at as "sentAt"
  from email_logs l join users u on u.id = l.owner_id`;
