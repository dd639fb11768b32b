import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatInstant } from '../../kernel/instant-text.js';
import { writeDurably } from '../../platform/durable-files.js';
import type { Log } from '../../platform/log.js';
import { Mailer, type ClaimedEmail, type MailerAnswer } from '../ports.js';
import { writeMail, type MailOrigin } from './written-mail.js';

export interface FileMailerOptions extends MailOrigin {
  /** Where the files are put; made if it is not there. */
  readonly folder: string;
  readonly log: Pick<Log, 'lines'>;
}

/** Keeps mails as `.eml` files, for want of a mail server. The same mail sent twice is one file. */
export class FileMailer extends Mailer {
  constructor(private readonly options: FileMailerOptions) {
    super();
  }

  async send(mail: ClaimedEmail): Promise<MailerAnswer> {
    const { folder, log } = this.options;
    const { bytes } = await writeMail(mail, this.options);
    const file = join(folder, nameOf(mail));
    try {
      await mkdir(folder, { recursive: true });
      await writeDurably(file, bytes);
    } catch (error) {
      return { kind: 'deferred', words: `The file could not be written (${(error as Error).message})` };
    }
    log.lines.info({ emailId: mail.id, file }, 'mail written to a file, as SMTP_URL is not set');
    return { kind: 'accepted', words: `Written to ${file}` };
  }

  async close(): Promise<void> {}
}

/** Sorted by name, files are in the order in which the mails were owed. */
function nameOf({ id, createdAt }: ClaimedEmail): string {
  return `${formatInstant(createdAt).replace(/[-:.]/g, '')}-${id}.eml`;
}
