import { Duration } from '@js-joda/core';
import { AccountRequests, credentialsOf } from '../../src/calendars/adapters/account-requests.js';
import { CalendarRequests } from '../../src/calendars/adapters/calendar-requests.js';
import {
  GoogleOwnerCalendar,
  type GoogleLimits,
} from '../../src/calendars/adapters/google-owner-calendar.js';
import { CalendarAccessLost } from '../../src/calendars/domain/errors.js';
import { FixedClock } from '../fakes/fixed-clock.js';
import { SequentialIds } from '../fakes/sequential-ids.js';
import { accountOf } from './calendar-account.js';
import { startGoogleServer, type GoogleServer } from './google-server.js';

export interface GoogleStage {
  readonly google: GoogleServer;
  readonly calendar: GoogleOwnerCalendar;
  readonly account: ReturnType<typeof accountOf>;
  /** An account whose tokens are good for nothing. */
  readonly stranger: ReturnType<typeof accountOf>;
  readonly clock: FixedClock;
  close(): Promise<void>;
}

/** A server like Google's, and what reads it. The account's refresh token gets it `fresh-token`, which the server need not accept. */
export async function stageGoogle(limits: Partial<GoogleLimits> = {}): Promise<GoogleStage> {
  const google = await startGoogleServer();
  const clock = new FixedClock();
  const expiresAt = clock.now().plus(Duration.ofHours(1));
  const requests = new CalendarRequests({ allowPrivate: true, timeoutMs: 2_000 });
  const refresh = async (refreshToken: string) => {
    if (refreshToken !== 'refresh-token') throw new CalendarAccessLost('The refresh token is revoked');
    return { accessToken: 'fresh-token', refreshToken, expiresAt };
  };
  const account = (accessToken: string, refreshToken: string) =>
    accountOf(credentialsOf({ accessToken, refreshToken, expiresAt }));
  return {
    google,
    calendar: new GoogleOwnerCalendar(new AccountRequests(requests, refresh, clock), {
      apiUrl: google.url,
      clock,
      ids: new SequentialIds(),
      limits: { syncMs: 5_000, callMs: 5_000, pages: 100, meetingWaits: [1, 1], ...limits },
    }),
    account: account('access-token', 'refresh-token'),
    stranger: account('nonsense', 'nonsense'),
    clock,
    async close() {
      await requests.close();
      await google.stop();
    },
  };
}
