import { expect, it } from '@jest/globals';
import { findTimeZone, timeZoneNames, zoneDataVersion } from './time-zone.js';
it('x', () => {
  expect(findTimeZone('utc')!.id()).toBe('UTC');
  console.log(zoneDataVersion, timeZoneNames().length);
});
