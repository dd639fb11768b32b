import { Instant } from '@js-joda/core';
import type { CalendarStaleMail } from '../domain/mail.js';
import type { Wording } from '../domain/wording.js';
import { zoneOf } from './booking-facts.js';
import { habitsIn } from './habits.js';
import type { Letter } from './letter.js';
import { whenLine } from './when.js';

/** What an owner is told of a calendar that cannot be read, and how to have it read. */
export function calendarStaleLetter(
  { reader, connection, since, lastError }: CalendarStaleMail,
  wording: Wording,
): Letter {
  const words = wording.calendarStale;
  const habits = habitsIn(reader.timezone, wording.language);
  const lastRead = since ? whenLine(Instant.parse(since), zoneOf(reader.timezone), habits) : words.never;
  return {
    language: wording.language,
    tone: 'off',
    title: words.title,
    preview: connection.account,
    greeting: wording.greeting(reader.name),
    opening: words.opening,
    facts: [
      { label: words.account, lines: [connection.account] },
      { label: words.lastRead, lines: [lastRead] },
      { label: words.lastError, lines: lastError.split('\n') },
      { label: words.readNow, lines: [`linktime calendars sync ${connection.id}`], kind: 'command' },
    ],
    actions: null,
    moreLinks: null,
    smallPrint: wording.whyReceived(reader.role),
  };
}
