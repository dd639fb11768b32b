import type { Instant } from '@js-joda/core';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { EmailNotFailed, EmailNotFound } from '../domain/errors.js';
import type { EmailLog } from '../ports.js';

export type RetryEmailsCommand = { readonly emailId: string } | { readonly failedSince: Instant };

/** Mails that failed are owed again, from the first attempt on. */
export class RetryEmails {
  constructor(
    private readonly emailLog: EmailLog,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Returns how many these are. Of one named, it throws `EmailNotFound` or `EmailNotFailed` if there is nothing to be tried again. */
  async execute(command: RetryEmailsCommand): Promise<number> {
    return this.unitOfWork.run(async () => {
      if ('failedSince' in command) return this.emailLog.requeueFailed(command.failedSince);
      const outcome = await this.emailLog.requeue(command.emailId);
      if (outcome === 'unknown') throw new EmailNotFound();
      if (outcome === 'not failed') throw new EmailNotFailed();
      return 1;
    });
  }
}
