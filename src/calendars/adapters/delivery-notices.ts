import type { TellOfStaleCalendar } from '../../delivery/use-cases/tell-of-stale-calendar.js';
import { Notices, type StaleCalendar } from '../ports.js';

/** Owners are told by the mails of deliveries. */
export class DeliveryNotices extends Notices {
  constructor(private readonly tellOfStaleCalendar: TellOfStaleCalendar) {
    super();
  }

  async calendarIsStale(news: StaleCalendar): Promise<void> {
    await this.tellOfStaleCalendar.execute(news);
  }
}
