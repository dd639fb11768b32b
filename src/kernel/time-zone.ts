import { createRequire } from 'node:module';
import { ZoneId, ZoneRulesProvider } from '@js-joda/core';
import '@js-joda/timezone/dist/js-joda-timezone-empty.js'; // plugs itself into js-joda, with no zone in it

// The rules of the world's time zones come from one place, the IANA data as `moment-timezone` packs it: it is months
// ahead of what js-joda, ICU and Debian ship, and a rule change missed is every meeting an hour off.
const packed = createRequire(import.meta.url)('moment-timezone/data/packed/latest.json') as {
  version: string;
};

(ZoneRulesProvider as unknown as { loadTzdbData(data: unknown): void }).loadTzdbData(packed);

/** The release of the IANA time zone database in use, such as `2026f`. */
export const zoneDataVersion: string = packed.version;

const zonesByLowerCaseName = new Map(
  ZoneId.getAvailableZoneIds().map((name): [string, ZoneId] => [name.toLowerCase(), ZoneId.of(name)]),
);

/**
 * The zone of that IANA name or link, in any letter case; null for anything else. Offsets such as `+05:30` name no
 * zone: they know nothing of the days on which clocks change.
 */
export function findTimeZone(name: string): ZoneId | null {
  return zonesByLowerCaseName.get(name.toLowerCase()) ?? null;
}

/** The same, or UTC for a name that is not known. */
export function timeZoneOrUtc(name: string): ZoneId {
  return findTimeZone(name) ?? findTimeZone('UTC')!;
}

/** All names known, each in its usual spelling. */
export function timeZoneNames(): string[] {
  return ZoneId.getAvailableZoneIds();
}
