import { describe, expect, it } from '@jest/globals';
import { countedAddress } from './client-address.js';

describe('The address by which a client is counted', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unix:', 'unix:'],
  ])('of %s is %s', (ip, address) => {
    expect(countedAddress(ip)).toBe(address);
  });
});
