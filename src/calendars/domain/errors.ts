import { Conflict, NotFound } from '../../kernel/domain-error.js';

/** The provider will not have these credentials: nothing gets better until the owner connects anew. */
export class CalendarAccessLost extends Error {
  override readonly name = 'CalendarAccessLost';
}

/** The provider cannot answer now. What failed may be tried again, after `retryAfterSeconds` if the provider said so. */
export class CalendarUnavailable extends Error {
  override readonly name = 'CalendarUnavailable';

  constructor(
    message: string,
    readonly retryAfterSeconds: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What the calendar holds cannot be used: too large, endless, or no calendar at all. One sentence for the owner. */
export class CalendarUnreadable extends Error {
  override readonly name = 'CalendarUnreadable';
}

/** The calendar, or the event in it, is not there any more. */
export class CalendarGone extends Error {
  override readonly name = 'CalendarGone';
}

/** Everything that a provider may be the cause of. */
export type CalendarFault = CalendarAccessLost | CalendarUnavailable | CalendarUnreadable | CalendarGone;

export function isCalendarFault(error: unknown): error is CalendarFault {
  return [CalendarAccessLost, CalendarUnavailable, CalendarUnreadable, CalendarGone].some(
    (kind) => error instanceof kind,
  );
}

export class CalendarConnectionNotFound extends NotFound {
  constructor() {
    super('Calendar connection not found');
  }
}

export class FeedNotFound extends NotFound {
  constructor() {
    super('Calendar feed not found');
  }
}

export class CalendarSyncUnderWay extends Conflict {
  constructor() {
    super('This calendar connection is being synced already');
  }
}

/** Accounts of this provider cannot be opened here. The message says what to set. */
export class SignInNotConfigured extends Conflict {}

/** Nobody waits for this answer of a provider: it was begun too long ago, was used already, or never began here. */
export class AuthorizationUnknown extends NotFound {
  constructor() {
    super('This sign-in is not known, has been used already, or was begun more than ten minutes ago');
  }
}

/** The owner, or whoever looks after his account, said no to the provider. */
export class AuthorizationDenied extends Conflict {
  constructor() {
    super('Access to the calendars was not allowed');
  }
}
