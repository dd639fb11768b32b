import type { Instant } from '@js-joda/core';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { tameText } from '../../kernel/text.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Session } from '../../platform/persistence/session.js';
import type { MailContent } from '../domain/mail.js';
import {
  EmailLog,
  type ClaimedEmail,
  type DeliveryOutcome,
  type QueuedEmail,
  type SentNews,
} from '../ports.js';
import { EMAILS_CHANNEL, hasElder } from './due-emails.js';

const MOST_WORDS = 1_000;

export class PostgresEmailLog extends EmailLog {
  constructor(private readonly session: Session) {
    super();
  }

  async queue(emails: readonly QueuedEmail[], afterSeconds = 0): Promise<void> {
    if (emails.length === 0) return;
    const rows = emails.map(({ id, ownerId, bookingId, eventId, recipient, subject, content, at }) => ({
      ...{ id, type: content.type, recipient, subject, content },
      owner_id: ownerId,
      booking_id: bookingId,
      event_id: eventId,
      created_at: formatInstant(at),
    }));
    this.session.write(
      'queue mails',
      `insert into email_logs (id, owner_id, booking_id, event_id, type, recipient, subject, content, status, created_at,
         next_attempt_at)
       select r.id, r.owner_id, r.booking_id, r.event_id, r.type, r.recipient, r.subject, r.content, 'QUEUED', r.created_at,
         now() + make_interval(secs => $2)
       from json_populate_recordset(null::email_logs, $1) r
       on conflict (event_id, type, recipient) do nothing`,
      [JSON.stringify(rows), afterSeconds],
    );
    this.session.tell(EMAILS_CHANNEL);
  }

  async letGo(bookingId: string): Promise<void> {
    const gone = await this.session.query(
      `update email_logs set next_attempt_at = case attempts when 0 then least(next_attempt_at, now()) else next_attempt_at end
       where booking_id = $1 and status = 'QUEUED' returning id`,
      [bookingId],
    );
    if (gone.length > 0) this.session.tell(EMAILS_CHANNEL);
  }

  async sentNews(bookingId: string): Promise<SentNews[]> {
    return this.session.query<SentNews>(
      `select owner_id as "ownerId", recipient, content
       from (
         select distinct on (recipient) owner_id, recipient, content, status, under_way
         from email_logs
         where booking_id = $1 and type <> 'REMINDER' and content->'reader'->>'role' <> 'owner'
         order by recipient, created_at desc, id desc) last
       where status = 'SENT' or under_way`,
      [bookingId],
    );
  }

  async claim(emailId: string): Promise<ClaimedEmail | null> {
    const [[row], [booking]] = await Promise.all([
      this.session.prepared<ClaimedRow>(
        'claim mail',
        `update email_logs l set under_way = true, turn = turn + 1, attempts = attempts + 1,
           busy_until = now() + interval '50 s'
         where id = $1 and status = 'QUEUED' and next_attempt_at <= now() and (not under_way or busy_until <= now())
           and not ${hasElder('l')}
         returning id, recipient, subject, content, created_at, attempts, turn`,
        [emailId],
      ),
      // A statement of its own sees the link of whoever held the mail before it was ours.
      this.session.prepared<BookingRow>(
        'booking of mail',
        `select b.status, b.starts_at, b.sequence, b.meeting_link, b.invitee_token
         from email_logs l join bookings b on b.id = l.booking_id where l.id = $1`,
        [emailId],
      ),
    ]);
    return row ? claimOf(row, booking ?? null) : null;
  }

  async record(claim: ClaimedEmail, words: string | null, outcome: DeliveryOutcome): Promise<boolean> {
    const isSent = outcome.kind === 'succeeded';
    return this.end(
      'record attempt at mail',
      claim,
      `status = $3, error = $4, sent_at = case when $5 then now() end, next_attempt_at = now() + make_interval(secs => $6)`,
      [
        { succeeded: 'SENT', retry: 'QUEUED', failed: 'FAILED' }[outcome.kind],
        isSent || words === null ? null : tameText(words, MOST_WORDS),
        isSent,
        outcome.kind === 'retry' ? outcome.afterSeconds : 0,
      ],
    );
  }

  async withdraw(claim: ClaimedEmail, reason: string): Promise<void> {
    await this.end('withdraw mail', claim, `status = 'FAILED', error = $3, attempts = attempts - 1`, [
      tameText(reason, MOST_WORDS),
    ]);
  }

  async requeue(emailId: string): Promise<'requeued' | 'not failed' | 'unknown'> {
    if (!isId(emailId)) return 'unknown';
    const [row] = await this.session.query<{ status: string }>(
      'select status from email_logs where id = $1 for update',
      [emailId],
    );
    if (row?.status !== 'FAILED') return row ? 'not failed' : 'unknown';
    await this.requeueWhere('id = $1', [emailId]);
    return 'requeued';
  }

  async requeueFailed(since: Instant): Promise<number> {
    return this.requeueWhere('created_at >= $1', [formatInstant(since)]);
  }

  /** Ends a claim, unless it is no longer the last. */
  private async end(
    name: string,
    claim: ClaimedEmail,
    change: string,
    parameters: unknown[],
  ): Promise<boolean> {
    const ended = await this.session.prepared(
      name,
      `update email_logs set under_way = false, busy_until = null, ${change}
       where id = $1 and turn = $2 and status = 'QUEUED' returning id`,
      [claim.id, claim.turn, ...parameters],
    );
    return ended.length > 0;
  }

  /** Mails of old whose content nobody kept cannot be sent. */
  private async requeueWhere(condition: string, parameters: unknown[]): Promise<number> {
    const requeued = await this.session.query(
      `update email_logs set status = 'QUEUED', attempts = 0, next_attempt_at = now(), busy_until = null, under_way = false
       where status = 'FAILED' and content is not null and ${condition} returning id`,
      parameters,
    );
    this.session.tell(EMAILS_CHANNEL);
    return requeued.length;
  }
}

interface ClaimedRow {
  id: string;
  recipient: string;
  subject: string;
  content: MailContent;
  created_at: string;
  /** With the one that now begins. */
  attempts: number;
  turn: number;
}

interface BookingRow {
  status: string;
  starts_at: string;
  sequence: number;
  meeting_link: string | null;
  invitee_token: string;
}

function claimOf(row: ClaimedRow, booking: BookingRow | null): ClaimedEmail {
  const { id, recipient, subject, content, turn } = row;
  return {
    ...{ id, recipient, subject, content, turn },
    bookingNow: booking && {
      status: booking.status,
      start: instantOf(booking.starts_at),
      sequence: booking.sequence,
      meetingLink: booking.meeting_link,
    },
    inviteeToken: booking && content.reader.role === 'invitee' ? booking.invitee_token : null,
    createdAt: instantOf(row.created_at),
    attempts: row.attempts - 1,
  };
}
