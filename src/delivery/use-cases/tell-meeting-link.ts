import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { EmailLog } from '../ports.js';

export interface TellMeetingLinkCommand {
  readonly bookingId: string;
}

/** A booking has learnt the link of its video meeting: the mails that waited for it go now, and tell it. */
export class TellMeetingLink {
  constructor(
    private readonly emailLog: EmailLog,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async execute({ bookingId }: TellMeetingLinkCommand): Promise<void> {
    await this.unitOfWork.run(() => this.emailLog.letGo(bookingId));
  }
}
