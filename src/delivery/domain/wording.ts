import type { EmailType, ReaderRole } from './mail.js';

/**
 * What mails say, in one language. Another language is another object of this type; nothing else of a mail is language, but
 * names of months, days and currencies, which `Intl` knows.
 */
export interface Wording {
  /** BCP 47, without a region: `en`. */
  readonly language: string;

  readonly bookings: Readonly<Record<EmailType, BookingWords>>;
  readonly webhookDisabled: WebhookDisabledWords;
  readonly calendarStale: CalendarStaleWords;

  /** The title of the meeting in a calendar, the same for all who come. */
  calendarTitle(names: MeetingNames): string;
  /** null for somebody whose name is not known. */
  greeting(name: string | null): string;
  duration(minutes: number): string;
  /** A question is known by no more than its place among those answered, counted from 1. */
  answer(place: number): string;
  yesOrNo(yes: boolean): string;
  /** What stands above a meeting's time as somebody in another time zone has it. */
  timeFor(name: string): string;
  /** Why a mail is received: the small print at its end. */
  whyReceived(reader: ReaderRole): string;

  readonly labels: {
    readonly what: string;
    readonly when: string;
    readonly newTime: string;
    readonly formerTime: string;
    readonly with: string;
    readonly bookedBy: string;
    readonly guests: string;
    readonly where: string;
    readonly meetingLink: string;
    readonly price: string;
    readonly notes: string;
    readonly reason: string;
    readonly addToCalendar: string;
  };
  readonly links: {
    readonly reschedule: string;
    readonly cancel: string;
    /** That following one of them changes nothing yet. */
    readonly note: string;
  };
}

export interface MeetingNames {
  /** The event type's name. */
  readonly what: string;
  readonly host: string;
  readonly invitee: string;
}

/** What happened to a meeting, as far as it is told in sentences. */
export interface MeetingNews extends MeetingNames {
  readonly reader: ReaderRole;
  /** null unless it is cancelled. */
  readonly cancelledBy: 'HOST' | 'INVITEE' | 'SYSTEM' | null;
  /** From now until it starts; negative once it has. */
  readonly minutesToStart: number;
}

export interface BookingWords {
  subject(names: MeetingNames): string;
  title(news: MeetingNews): string;
  opening(news: MeetingNews): string;
}

export interface WebhookDisabledWords {
  /** `host` is that of the endpoint's URL. */
  subject(host: string): string;
  readonly title: string;
  readonly opening: string;
  readonly endpoint: string;
  readonly failingSince: string;
  readonly lastError: string;
  readonly enableAgain: string;
  readonly sendWhatItMissed: string;
}

export interface CalendarStaleWords {
  /** `account` is how the reader knows the account that the calendar belongs to. */
  subject(account: string): string;
  readonly title: string;
  readonly opening: string;
  readonly account: string;
  readonly lastRead: string;
  readonly never: string;
  readonly lastError: string;
  readonly readNow: string;
}
