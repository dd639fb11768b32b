import type { TellMeetingLink } from '../../delivery/use-cases/tell-meeting-link.js';
import type { TellOfStaleCalendar } from '../../delivery/use-cases/tell-of-stale-calendar.js';
import { Notices, type StaleCalendar } from '../ports.js';

/** People are told by the mails of deliveries. */
export class DeliveryNotices extends Notices {
  constructor(
    private readonly tellOfStaleCalendar: TellOfStaleCalendar,
    private readonly tellMeetingLink: TellMeetingLink,
  ) {
    super();
  }

  async calendarIsStale(news: StaleCalendar): Promise<void> {
    await this.tellOfStaleCalendar.execute(news);
  }

  async meetingLinkIsKnown(bookingId: string, link: string): Promise<void> {
    await this.tellMeetingLink.execute({ bookingId, link });
  }
}
