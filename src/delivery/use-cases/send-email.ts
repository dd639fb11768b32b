import { Duration, type Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { withLearntLink } from '../domain/mail-content.js';
import { mailRetryAfter } from '../domain/mail-retries.js';
import { isOutdatedReminder } from '../domain/reminders.js';
import { chanceOf } from '../domain/retry-schedule.js';
import type { Attempted, ClaimedEmail, DeliveryOutcome, EmailLog, Mailer, MailerAnswer } from '../ports.js';

export interface SendEmailCommand {
  readonly emailId: string;
}

/** Makes one attempt at a mail that is due, and keeps what came of it. */
export class SendEmail {
  constructor(
    private readonly emailLog: EmailLog,
    private readonly mailer: Mailer,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns what was attempted; null if there was nothing to attempt, or somebody else had taken the mail over. Throws what kept the mail from being written at all, when that is recorded: it is
   * tried again as if the server had put it off.
   */
  async execute({ emailId }: SendEmailCommand): Promise<Attempted | null> {
    const claim = await this.unitOfWork.run(() => this.emailLog.claim(emailId));
    if (!claim) return null;
    if (this.isOutdated(claim)) {
      const reason = 'Not sent: the meeting was moved or called off, or had begun';
      await this.unitOfWork.run(() => this.emailLog.withdraw(claim, reason));
      return null;
    }
    const startedAt = this.clock.now();
    try {
      return await this.record(claim, startedAt, await this.mailer.send(upToDate(claim)));
    } catch (error) {
      await this.record(claim, startedAt, {
        kind: 'deferred',
        words: `The mail could not be written (${String(error)})`,
      });
      throw error;
    }
  }

  private isOutdated({ content, bookingNow }: ClaimedEmail): boolean {
    if (content.type !== 'REMINDER' || bookingNow === null) return false;
    return isOutdatedReminder(content.booking.sequence, bookingNow, this.clock.now());
  }

  private async record(
    claim: ClaimedEmail,
    startedAt: Instant,
    answer: MailerAnswer,
  ): Promise<Attempted | null> {
    const tookMs = Duration.between(startedAt, this.clock.now()).toMillis();
    const outcome = outcomeOf(answer, claim);
    const isRecorded = await this.unitOfWork.run(() => this.emailLog.record(claim, answer.words, outcome));
    return isRecorded ? { kind: 'mail', outcome: outcome.kind, tookMs } : null;
  }
}

function upToDate(claim: ClaimedEmail): ClaimedEmail {
  return { ...claim, content: withLearntLink(claim.content, claim.bookingNow?.meetingLink ?? null) };
}

function outcomeOf({ kind }: MailerAnswer, { id, attempts }: ClaimedEmail): DeliveryOutcome {
  if (kind === 'accepted') return { kind: 'succeeded' };
  const afterSeconds =
    kind === 'refused' ? null : mailRetryAfter(attempts + 1, chanceOf(`${id} ${attempts}`));
  return afterSeconds === null ? { kind: 'failed' } : { kind: 'retry', afterSeconds };
}
