import { Instant } from '@js-joda/core';
import { AccountRequests, credentialsOf } from '../../src/calendars/adapters/account-requests.js';
import { CalendarRequests } from '../../src/calendars/adapters/calendar-requests.js';
import { uidProperties } from '../../src/calendars/adapters/graph-uid.js';
import { Allowance, readCalendar } from '../../src/calendars/adapters/ical-busy.js';
import { MicrosoftOwnerCalendar } from '../../src/calendars/adapters/microsoft-owner-calendar.js';
import { CalendarAccessLost } from '../../src/calendars/domain/errors.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { formatInstant } from '../../src/kernel/instant-text.js';
import type { Interval } from '../../src/kernel/interval.js';
import { findTimeZone } from '../../src/kernel/time-zone.js';
import type { OwnerCalendarStage } from '../contracts/owner-calendar.contract.js';
import { accountOf } from './calendar-account.js';
import { freePort } from './free-port.js';
import type { GraphTime, NewGraphEvent } from './graph-mailbox.js';
import { startGraphServer } from './graph-server.js';
import { icalendar } from './icalendar.js';

const always = { start: Instant.parse('2000-01-01T00:00:00Z'), end: Instant.parse('2100-01-01T00:00:00Z') };

/** Calendars at Microsoft. Their server is never out of reach by itself, but whoever renews tokens may be. */
export async function graphStage(): Promise<OwnerCalendarStage> {
  const graph = await startGraphServer({ tokens: ['good'] });
  const requests = new CalendarRequests({ allowPrivate: true });
  const clock = new SystemClock();
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const refresh = async (refreshToken: string) => {
    const signal = AbortSignal.timeout(10_000);
    if (refreshToken === 'nowhere')
      await requests.ask(nobody, { method: 'POST', headers: {}, maxBytes: 1_000, signal });
    throw new CalendarAccessLost('The refresh token is none');
  };
  const accountWith = (accessToken: string, refreshToken: string) =>
    accountOf(credentialsOf({ accessToken, refreshToken, expiresAt: always.end.minusSeconds(1) }));
  let made = 0;

  return {
    calendar: new MicrosoftOwnerCalendar(new AccountRequests(requests, refresh, clock), {
      apiUrl: graph.url,
      clock,
    }),
    account: accountWith('good', 'never used'),
    stranger: accountWith('wrong', 'wrong'),
    nowhere: accountWith('wrong', 'nowhere'),
    async make(name) {
      const id = `cal-${(made += 1)}`;
      graph.addCalendar(id, name);
      return id;
    },
    async write(calendarId, name, ...components) {
      graph.add(calendarId, { id: `${calendarId}${name}`, ...graphEvent(components) });
    },
    async erase(calendarId, name) {
      graph.delete(`${calendarId}${name}`);
    },
    nameOf: (calendarId, remoteId) => remoteId.slice(calendarId.length),
    async fill(calendarId, count) {
      for (let i = 0; i < count; i += 1) {
        const [start, end] = [0, 30].map((minute) => new Date(Date.UTC(2026, 0, 1, i, minute)).toISOString());
        const fields = { iCalUId: `event-${i}` };
        graph.add(calendarId, { start: start!.slice(0, -1), end: end!.slice(0, -1), fields });
      }
    },
    many: 2_000,
    async close() {
      await requests.close();
      await graph.stop();
    },
  };
}

/** The event that those components of iCalendar are. Its UID goes along as where the owner copied one of ours. */
function graphEvent(components: readonly string[]): NewGraphEvent {
  const text = icalendar(...components);
  const isAllDay = text.includes('VALUE=DATE');
  const zone = findTimeZone('UTC')!;
  const [event] = [...readCalendar(text, { window: always, zone, allowance: new Allowance() })];
  const { uid, time, busy, cancelled } = event!;
  const fields = {
    iCalUId: uid,
    singleValueExtendedProperties: uidProperties(uid!),
    isAllDay,
    isCancelled: cancelled,
    showAs: text.includes('TRANSPARENT') ? 'free' : 'busy',
  };
  return time ? { ...graphTime(time), fields } : { occurrences: busy.map(graphTime), fields };
}

function graphTime({ start, end }: Interval): GraphTime {
  return { start: formatInstant(start).slice(0, -1), end: formatInstant(end).slice(0, -1) };
}
