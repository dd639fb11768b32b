import type { Clock } from '../../kernel/clock.js';
import type { CalendarProvider } from '../domain/connection.js';
import { OwnerCalendars, type OwnerCalendar } from '../ports.js';
import type { CalendarRequests } from './calendar-requests.js';

/** What reads calendars is loaded with the first: a process that reads none does without it. */
export class LoadedOwnerCalendars extends OwnerCalendars {
  private readonly loaded = new Map<CalendarProvider, Promise<OwnerCalendar>>();

  constructor(
    private readonly requests: CalendarRequests,
    private readonly clock: Clock,
  ) {
    super();
  }

  of(provider: CalendarProvider): Promise<OwnerCalendar> {
    const loaded = this.loaded.get(provider) ?? this.load(provider);
    this.loaded.set(provider, loaded);
    return loaded;
  }

  private async load(provider: CalendarProvider): Promise<OwnerCalendar> {
    switch (provider) {
      case 'CALDAV': {
        const { CaldavOwnerCalendar } = await import('./caldav-owner-calendar.js');
        return new CaldavOwnerCalendar(this.requests, this.clock);
      }
      case 'ICS': {
        const { IcsFeed } = await import('./ics-feed.js');
        return new IcsFeed(this.requests);
      }
    }
  }
}
