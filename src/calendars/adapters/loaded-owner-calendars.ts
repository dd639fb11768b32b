import type { Clock } from '../../kernel/clock.js';
import type { CalendarProvider, SignInProvider } from '../domain/connection.js';
import { OwnerCalendars, type OwnerCalendar } from '../ports.js';
import type { AccountRequests } from './account-requests.js';
import type { CalendarRequests } from './calendar-requests.js';
import type { OpenIdSignIn } from './openid-sign-in.js';
import type { SignInSettings } from './sign-in-settings.js';

/** What reads calendars is loaded with the first: a process that reads none does without it. */
export class LoadedOwnerCalendars extends OwnerCalendars {
  private readonly loaded = new Map<CalendarProvider, Promise<OwnerCalendar>>();

  constructor(
    private readonly requests: CalendarRequests,
    private readonly signIn: OpenIdSignIn,
    private readonly settings: SignInSettings,
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
      case 'GOOGLE': {
        const { GoogleOwnerCalendar } = await import('./google-owner-calendar.js');
        const { accountRequests, apiUrl } = this.accountsOf(provider);
        return new GoogleOwnerCalendar(accountRequests, { apiUrl, clock: this.clock });
      }
      case 'MICROSOFT': {
        const { MicrosoftOwnerCalendar } = await import('./microsoft-owner-calendar.js');
        const { accountRequests, apiUrl } = this.accountsOf(provider);
        return new MicrosoftOwnerCalendar(accountRequests, { apiUrl, clock: this.clock });
      }
    }
  }

  /** Where a provider's calendars are, and what asks for them in the name of its accounts. */
  private accountsOf(provider: SignInProvider): { accountRequests: AccountRequests; apiUrl: string } {
    const { apiUrl } = this.settings.providers[provider];
    return { accountRequests: this.signIn.requestsOf(provider), apiUrl };
  }
}
