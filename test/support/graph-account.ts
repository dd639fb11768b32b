import { Duration, Instant } from '@js-joda/core';
import {
  AccountRequests,
  credentialsOf,
  type RefreshTokens,
} from '../../src/calendars/adapters/account-requests.js';
import { CalendarRequests } from '../../src/calendars/adapters/calendar-requests.js';
import {
  MicrosoftOwnerCalendar,
  type MicrosoftOptions,
} from '../../src/calendars/adapters/microsoft-owner-calendar.js';
import type { ChangePage, MirroredEvent, RemoteEvent } from '../../src/calendars/domain/remote-event.js';
import type { CalendarAccount } from '../../src/calendars/ports.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { accountOf } from './calendar-account.js';
import { startGraphServer, type GraphServer } from './graph-server.js';

/** Half a year. */
export const graphWindow = {
  start: Instant.parse('2026-01-01T00:00:00Z'),
  end: Instant.parse('2026-07-01T00:00:00Z'),
};

/** Of `RemoteEvent`s what specs look at: the UID, or the id without one, and when it keeps busy. */
export type Shown = [string, ...string[]];

/** A Microsoft account on a server of its own, and the adapter that asks there. */
export class GraphAccount {
  readonly calendar: MicrosoftOwnerCalendar;
  readonly account: CalendarAccount = accountOf(
    credentialsOf({
      accessToken: 'graph-token',
      refreshToken: 'refresh',
      expiresAt: Instant.parse('2099-01-01T00:00:00Z'),
    }),
  );
  private readonly requests: CalendarRequests;

  private constructor(
    readonly graph: GraphServer,
    options: Partial<MicrosoftOptions>,
    refresh: RefreshTokens,
  ) {
    this.requests = new CalendarRequests({ allowPrivate: true, timeoutMs: 2_000 });
    const clock = new SystemClock();
    const accountRequests = new AccountRequests(this.requests, refresh, clock);
    this.calendar = new MicrosoftOwnerCalendar(accountRequests, { apiUrl: graph.url, clock, ...options });
  }

  /** Renewed tokens are `fresh-token`. */
  static async open(options: Partial<MicrosoftOptions> = {}): Promise<GraphAccount> {
    const refresh = async () => ({
      accessToken: 'fresh-token',
      refreshToken: 'refresh',
      expiresAt: new SystemClock().now().plus(Duration.ofHours(1)),
    });
    return new GraphAccount(await startGraphServer(), options, refresh);
  }

  async close(): Promise<void> {
    await this.requests.close();
    await this.graph.stop();
  }

  /** All that a sync of the default calendar tells. */
  async sync(cursor: string | null = null, calendarId = 'cal-default', timezone = 'Europe/Berlin') {
    const pages = this.calendar.changes(this.account, calendarId, cursor, graphWindow, timezone);
    const events: RemoteEvent[] = [];
    const removed: string[] = [];
    const read: ChangePage[] = [];
    for (;;) {
      const { done, value } = await pages.next();
      if (done) {
        const skipped = read.reduce((sum, page) => sum + (page.skipped ?? 0), 0);
        return { cursor: value, events, removed, skipped, pages: read, shown: events.map(shown) };
      }
      read.push(value);
      events.push(...value.changed);
      removed.push(...value.removed);
    }
  }

  /** Requests so far, as method and path without what varies. */
  get asked(): string[] {
    return this.graph.asked.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
  }
}

function shown({ id, uid, busy }: RemoteEvent): Shown {
  return [uid ?? id, ...busy.map(({ start, end }) => `${start}/${end}`)];
}

/** A booking as it goes into a calendar, half an hour from `start`. */
export function mirrored(start = '2026-01-05T10:00:00Z', more: Partial<MirroredEvent> = {}): MirroredEvent {
  const begin = Instant.parse(start);
  return {
    uid: 'booking-1@linktime',
    sequence: 0,
    time: { start: begin, end: begin.plus(Duration.ofMinutes(30)) },
    title: 'Intro call',
    description: 'About the plan',
    location: 'Room 4',
    attendees: [{ name: 'Emmy Noether', email: 'emmy@example.com' }],
    wantsMeetingLink: false,
    ...more,
  };
}
