import { join } from 'node:path';
import { Mailer, type ClaimedEmail, type MailerAnswer } from '../delivery/ports.js';
import type { BaseUrl } from '../platform/http/base-url.js';
import type { Log } from '../platform/log.js';
import type { Profile } from './profile.js';

/**
 * Mails go to the mail server of the settings, or without one into files. What writes and sends them is loaded with the first: a
 * process that sends none does without its 20 MB.
 */
export class MailerOfSettings extends Mailer {
  private mailer: Promise<Mailer> | null = null;

  constructor(
    private readonly profile: Profile,
    private readonly log: Log,
    private readonly baseUrl: BaseUrl,
  ) {
    super();
  }

  async send(mail: ClaimedEmail): Promise<MailerAnswer> {
    return (await (this.mailer ??= this.open())).send(mail);
  }

  async close(): Promise<void> {
    await (await this.mailer)?.close();
  }

  private async open(): Promise<Mailer> {
    const { smtpUrl, mailFrom, dataDir } = this.profile;
    const origin = { from: mailFrom, baseUrl: this.baseUrl };
    if (smtpUrl === null) {
      const { FileMailer } = await import('../delivery/adapters/file-mailer.js');
      return new FileMailer({ folder: join(dataDir, 'mail'), log: this.log, ...origin });
    }
    const { SmtpMailer } = await import('../delivery/adapters/smtp-mailer.js');
    return new SmtpMailer({ url: smtpUrl, ...origin });
  }
}
