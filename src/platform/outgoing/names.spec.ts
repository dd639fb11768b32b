import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DnsServer } from '../../../test/support/dns-server.js';
import { bySystem, overDns } from './names.js';

const NAMES: Record<string, string[]> = {
  'both.example.com': ['2606:4700::1111', '1.1.1.1', '1.0.0.1'],
  'four.example.com': ['1.1.1.1'],
  'six.example.com': ['2606:4700::1111'],
};

describe('overDns', () => {
  let server: DnsServer;

  beforeEach(async () => {
    server = await DnsServer.answering((name) => NAMES[name] ?? []);
  });

  afterEach(() => server.close());

  it('gives all addresses, those of IPv4 first', async () => {
    const addresses = await overDns([server.address])('both.example.com');
    expect(addresses).toEqual(['1.1.1.1', '1.0.0.1', '2606:4700::1111']);
  });

  it.each(['four.example.com', 'six.example.com'])('is content with one family (%s)', async (name) => {
    expect(await overDns([server.address])(name)).toEqual(NAMES[name]);
  });

  it('says that there is no address', async () => {
    await expect(overDns([server.address])('none.example.com')).rejects.toThrow(
      'The name could not be resolved: ENODATA',
    );
  });

  it('asks no file of the system', async () => {
    await expect(overDns([server.address])('localhost')).rejects.toThrow('The name could not be resolved');
  });

  it('gives up on a name server that never answers', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    await expect(overDns([`127.0.0.1:${silent.address().port}`], 50)('four.example.com')).rejects.toThrow(
      'The name could not be resolved: ETIMEOUT',
    );
    silent.close();
  });
});

describe('bySystem', () => {
  it('knows this machine', async () => {
    expect(['127.0.0.1', '::1']).toEqual(expect.arrayContaining(await bySystem('localhost')));
  });

  it('says that there is no address', async () => {
    await expect(bySystem('no such name.invalid')).rejects.toThrow('The name could not be resolved');
  });
});
