import type { Interval } from '../../kernel/interval.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Link } from './letter.js';

/** A meeting as a calendar shows it. */
export interface CalendarEntry {
  readonly time: Interval;
  readonly title: string;
  readonly location: string | null;
}

/**
 * Links to pages of web calendars that offer to add the meeting. They bear what a calendar shows and nothing that lets its bearer act
 * on the booking; notes stay out as well, for Outlook takes no address above some 2,000 characters.
 */
export function calendarLinks({ time, title, location }: CalendarEntry): Link[] {
  const start = secondsOf(formatInstant(time.start));
  const end = secondsOf(formatInstant(time.end));
  const outlook = { rru: 'addevent', startdt: start, enddt: end, subject: title, location: location ?? '' };
  return [
    {
      text: 'Google',
      href: address('https://calendar.google.com/calendar/render', {
        action: 'TEMPLATE',
        text: title,
        dates: `${compact(start)}/${compact(end)}`,
        location: location ?? '',
      }),
    },
    { text: 'Outlook.com', href: address('https://outlook.live.com/calendar/action/compose', outlook) },
    { text: 'Microsoft 365', href: address('https://outlook.office.com/calendar/action/compose', outlook) },
  ];
}

function secondsOf(instant: string): string {
  return instant.replace(/\.\d+Z$/, 'Z');
}

/** ISO 8601's basic format: `20260302T100000Z`. */
function compact(instant: string): string {
  return instant.replaceAll(/[-:]/g, '');
}

/** Outlook shows a `+` as it stands, so spaces are `%20`, which `URLSearchParams` does not write. */
function address(page: string, parameters: Readonly<Record<string, string>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  return `${page}?${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
