import { createRequire } from 'node:module';
import { findTimeZone } from '../../kernel/time-zone.js';

/** How dates and times are written where somebody lives. */
export interface Habits {
  /** BCP 47: a language with a region, so that months have their names and dates their order. */
  readonly locale: string;
  /** Midnight is 12 or 0, and noon 12. */
  readonly hourCycle: 'h12' | 'h23';
}

const require = createRequire(import.meta.url);
const { zones } = require('moment-timezone/data/meta/latest.json') as {
  /** By zone, not by link; the country with most people in it first. */
  zones: Readonly<Record<string, { readonly countries: readonly string[] }>>;
};
const { links } = require('moment-timezone/data/packed/latest.json') as { links: readonly string[] };
const synonyms = links.map((link) => link.split('|') as [string, string]);

/** The country of each name of a zone. Of several names for one zone the data places some only, and not always the first. */
const countries = new Map<string, string>();
for (const [name, { countries: among }] of Object.entries(zones)) settle(name, among[0]);
for (const [first, other] of synonyms) settle(first, countries.get(other));
for (const [first, other] of synonyms) settle(other, countries.get(first));

function settle(name: string, country: string | undefined): void {
  if (country !== undefined && !countries.has(name)) countries.set(name, country);
}

/** The habits of the country a zone lies in; where there is none, as with UTC and unknown zones, those of most of the world. */
export function habitsIn(timezone: string, language: string): Habits {
  const country = countryOf(timezone);
  return country === null
    ? { locale: `${language}-001`, hourCycle: 'h23' } // UN M.49: the world
    : { locale: `${language}-${country}`, hourCycle: hourCycleOf(country) };
}

function countryOf(timezone: string): string | null {
  return countries.get(findTimeZone(timezone)?.id() ?? '') ?? null;
}

/** Found before: to find one costs as much as half the rest of a mail. */
const hourCycles = new Map<string, Habits['hourCycle']>();

function hourCycleOf(country: string): Habits['hourCycle'] {
  let known = hourCycles.get(country);
  if (!known) hourCycles.set(country, (known = findHourCycle(country)));
  return known;
}

/** What the language spoken there has (Unicode CLDR). Asked for a region alone, `Intl` would tell the machine's own habit. */
function findHourCycle(country: string): Habits['hourCycle'] {
  const { language } = new Intl.Locale(`und-${country}`).maximize();
  const { hour12 } = new Intl.DateTimeFormat(`${language}-${country}`, { hour: 'numeric' }).resolvedOptions();
  return hour12 ? 'h12' : 'h23';
}
