import { describe, expect, it } from '@jest/globals';
import { timeZoneNames } from '../../kernel/time-zone.js';
import { habitsIn } from './habits.js';

describe('Where somebody lives', () => {
  it.each([
    ['America/New_York', 'h12', 'en-US'],
    ['Australia/Sydney', 'h12', 'en-AU'],
    ['Asia/Kolkata', 'h12', 'en-IN'],
    ['Europe/London', 'h23', 'en-GB'],
    ['Europe/Berlin', 'h23', 'en-DE'],
    ['America/Sao_Paulo', 'h23', 'en-BR'],
    ['Asia/Tokyo', 'h23', 'en-JP'],
  ])('%s, times are written by %s and dates as in %s', (zone, hourCycle, locale) => {
    expect(habitsIn(zone, 'en')).toEqual({ hourCycle, locale });
  });

  it('a link to a zone has the habits of that zone', () => {
    expect(habitsIn('US/Pacific', 'en')).toEqual(habitsIn('America/Los_Angeles', 'en'));
    expect(habitsIn('Asia/Calcutta', 'en')).toEqual(habitsIn('Asia/Kolkata', 'en'));
  });

  it.each(['UTC', 'Etc/GMT+5', 'Nowhere/Land', ''])('%p is no country and counts to 24', (zone) => {
    expect(habitsIn(zone, 'en')).toEqual({ hourCycle: 'h23', locale: 'en-001' });
  });

  it('is known of every zone by an area and a place, a few old names apart', () => {
    const placed = timeZoneNames().filter((name) =>
      /^(Africa|America|Asia|Australia|Europe|Indian|Pacific)\//.test(name),
    );
    const unknown = placed.filter((name) => habitsIn(name, 'en').locale === 'en-001');
    expect(placed.length).toBeGreaterThan(450);
    expect(unknown).toEqual([]);
  });
});
