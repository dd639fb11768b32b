import { Option, type Command } from 'commander';
import { EmailNotFound } from '../delivery/domain/errors.js';
import { EmailReads, type EmailStatus, type EmailView } from '../delivery/reads/email-reads.js';
import { RetryEmails } from '../delivery/use-cases/retry-emails.js';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import { UsageFault } from './faults.js';
import { sheet, table } from './layout.js';
import { userNamed } from './named-user.js';
import { instantOf, wholeNumberOf } from './values.js';

const MOST_LISTED = 1_000;

interface ListOptions {
  readonly status?: string;
  readonly user?: string;
  readonly limit: string;
}

interface RetryOptions {
  readonly allFailed?: true;
  readonly since?: string;
}

export function addEmails(program: Command, desk: Desk): void {
  const emails = program.command('emails').description('mails that are owed, sent or could not be sent');

  emails
    .command('list')
    .description('show mails, the latest first')
    .addOption(new Option('--status <status>', 'of these only').choices(['queued', 'sent', 'failed']))
    .option('--user <email>', 'of that user only')
    .option('--limit <number>', `how many at most, up to ${MOST_LISTED}`, '50')
    .action(async ({ status, user, limit: text }: ListOptions) => {
      const limit = wholeNumberOf('--limit', text, 1, MOST_LISTED);
      const filter = {
        status: (status?.toUpperCase() ?? null) as EmailStatus | null,
        user: user ?? null,
        limit,
      };
      await desk.work(async (open) => {
        if (user !== undefined) await userNamed(open, user);
        return listed(await open.get(EmailReads).list(filter));
      });
    });

  emails
    .command('retry')
    .description('try a mail that failed once more, or all that failed since a time')
    .argument('[id]', 'of the mail, as "emails list" shows it')
    .option('--all-failed', 'all that were owed since the time of --since and failed')
    .option('--since <time>', 'such as 2027-01-31T12:00:00Z')
    .action(async (emailId: string | undefined, { allFailed, since }: RetryOptions) => {
      if (emailId !== undefined && !allFailed && since === undefined) {
        return desk.work(async (open) => {
          await open.get(RetryEmails).execute({ emailId });
          return shown(await open.get(EmailReads).email(emailId));
        });
      }
      if (emailId !== undefined || !allFailed || since === undefined) {
        throw new UsageFault('Name the id of one mail, or --all-failed with --since');
      }
      const failedSince = instantOf('--since', since);
      return desk.work(async (open) => {
        const retried = await open.get(RetryEmails).execute({ failedSince });
        const text = retried === 1 ? '1 mail is tried again.' : `${retried} mails are tried again.`;
        return { value: { retried }, text };
      });
    });
}

function shown(email: EmailView | null): Answer {
  if (!email) throw new EmailNotFound();
  return { value: email, text: sheet(email) };
}

function listed(emails: EmailView[]): Answer {
  const text =
    emails.length === 0
      ? 'No mails.'
      : table(emails, [
          'id',
          'createdAt',
          'status',
          'attempts',
          'type',
          'recipient',
          'nextAttemptAt',
          'error',
        ]);
  return { value: emails, text };
}
