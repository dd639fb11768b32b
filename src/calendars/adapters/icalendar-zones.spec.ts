import { describe, expect, it } from '@jest/globals';
import { findTimeZone } from '../../kernel/time-zone.js';
import { zoneNamed } from './icalendar-zones.js';
import { windowsZones } from './windows-zones.js';

describe('zoneNamed', () => {
  it("knows the zone of each of Windows' names", () => {
    expect([...windowsZones.values()].filter((iana) => !findTimeZone(iana))).toEqual([]);
    expect(windowsZones.size).toBeGreaterThan(130);
  });

  it.each([
    ['America/New_York', 'America/New_York'],
    ['america/new york', 'America/New_York'],
    ['Eastern Standard Time', 'America/New_York'],
    ['/citadel.org/20250101_1/America/Indiana/Knox', 'America/Indiana/Knox'],
    ['tzone://Microsoft/Utc', 'UTC'],
    ['Z/UTC', 'UTC'],
  ])('takes %s for %s', (tzid, iana) => {
    expect(zoneNamed(tzid)?.id()).toBe(iana);
  });

  it.each(['', '/', '+01:00', 'Berlin', 'Customized Time Zone', '/example.com/EST', 'Europe/Berlin/'])(
    'does not guess at %j',
    (tzid) => {
      expect(zoneNamed(tzid)).toBeNull();
    },
  );
});
