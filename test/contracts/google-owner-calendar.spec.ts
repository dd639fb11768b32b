import { Instant, LocalDate } from '@js-joda/core';
import { credentialsOf } from '../../src/calendars/adapters/account-requests.js';
import { Allowance, readCalendar } from '../../src/calendars/adapters/ical-busy.js';
import { findTimeZone } from '../../src/kernel/time-zone.js';
import { accountOf } from '../support/calendar-account.js';
import { stageGoogle } from '../support/google-account.js';
import type { GoogleEvent } from '../support/google-calendar-state.js';
import type { NewGoogleEvent } from '../support/google-server.js';
import { icalendar } from '../support/icalendar.js';
import { resetsAfter } from '../support/receivers.js';
import { ownerCalendarContract, type OwnerCalendarStage } from './owner-calendar.contract.js';

ownerCalendarContract('Google', open, { namesAreFree: false });

async function open(): Promise<OwnerCalendarStage> {
  const { google, calendar, account, stranger, clock, close } = await stageGoogle();
  const expiresAt = clock.now().plusSeconds(3_600);
  const nowhere = accountOf(credentialsOf({ accessToken: 'cut', refreshToken: 'cut', expiresAt }));
  const isCut = (headers: { authorization?: string }) => headers.authorization === 'Bearer cut';
  google.fail(resetsAfter(''), { times: Infinity, when: ({ headers }) => isCut(headers) });
  const named = (id: string, name: string) =>
    google.events(id).filter((event) => event.id === name || event.recurringEventId === name);

  return {
    calendar,
    account,
    stranger,
    nowhere,
    make: async (name) => google.addCalendar({ summary: name }),
    async write(id, name, ...components) {
      const former = named(id, name);
      for (const event of eventsOf(name, components)) {
        if (former.some((known) => known.id === event.id)) google.changeEvent(id, event.id!, event);
        else google.addEvent(id, event);
      }
    },
    async erase(id, name) {
      for (const event of named(id, name)) google.deleteEvent(id, event.id);
    },
    many: 1_000,
    async fill(id, count) {
      for (let i = 0; i < count; i += 1) {
        const start = Instant.parse('2026-01-01T00:00:00Z').plusSeconds(i * 3_600);
        google.addEvent(id, timed({ start, end: start.plusSeconds(1_800) }));
      }
    },
    nameOf: (_, remoteId) => remoteId,
    close,
  };
}

/** What Google has of an iCalendar object: one event, or each instance of a series. */
function eventsOf(name: string, components: string[]): NewGoogleEvent[] {
  const text = icalendar(...components);
  const window = { start: Instant.parse('2026-01-01T00:00:00Z'), end: Instant.parse('2027-01-01T00:00:00Z') };
  const zone = findTimeZone('Europe/Berlin')!;
  const [event] = [...readCalendar(text, { window, zone, allowance: new Allowance() })];
  const { uid, time, busy, cancelled } = event!;
  const about: Partial<GoogleEvent> = {
    status: cancelled ? 'cancelled' : 'confirmed',
    iCalUID: uid!,
    ...(text.includes('TRANSP:TRANSPARENT') && { transparency: 'transparent' }),
  };
  const day = /DTSTART;VALUE=DATE:(\d{8})/.exec(text)?.[1];
  if (day) return [{ ...about, id: name, ...wholeDay(day) }];
  if (time) return [{ ...about, id: name, ...timed(time) }];
  return busy.map((one, index) => ({
    ...about,
    id: `${name}_${index}`,
    recurringEventId: name,
    ...timed(one),
  }));
}

function wholeDay(digits: string): NewGoogleEvent {
  const day = LocalDate.parse(digits.replace(/^(....)(..)(..)$/, '$1-$2-$3'));
  return { start: { date: `${day}` }, end: { date: `${day.plusDays(1)}` } };
}

function timed({ start, end }: { start: Instant; end: Instant }): NewGoogleEvent {
  return { start: { dateTime: `${start}` }, end: { dateTime: `${end}` } };
}
