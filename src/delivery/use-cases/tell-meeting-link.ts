import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { linkContent } from '../domain/mail-content.js';
import { bookingSubject } from '../domain/owed-emails.js';
import type { EmailLog, QueuedEmail, SentNews } from '../ports.js';

export interface TellMeetingLinkCommand {
  readonly bookingId: string;
  readonly link: string;
}

/**
 * A booking has learnt the link of its video meeting: the mails that waited for it go now, and those who are invited and were told
 * without it get it in one mail more. The owner has it in the calendar.
 */
export class TellMeetingLink {
  constructor(
    private readonly emailLog: EmailLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async execute({ bookingId, link }: TellMeetingLinkCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.emailLog.letGo(bookingId);
      const sent = await this.emailLog.sentNews(bookingId);
      await this.emailLog.queue(sent.map((news) => this.emailOf(news, link)));
    });
  }

  private emailOf({ ownerId, recipient, content: news }: SentNews, link: string): QueuedEmail {
    const at = this.clock.now();
    const content = linkContent(news, link, formatInstant(at));
    const { type, booking, host } = content;
    return {
      id: this.ids.next(),
      ownerId,
      bookingId: booking.id,
      eventId: `meeting-link:${booking.id}`,
      recipient,
      subject: bookingSubject(type, booking, host),
      content,
      at,
    };
  }
}
