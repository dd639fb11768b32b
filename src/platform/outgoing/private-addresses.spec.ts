import { createHook } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { selfSigned } from '../../../test/support/certificates.js';
import { DnsServer, type NameAnswers } from '../../../test/support/dns-server.js';
import { answers, Receiver } from '../../../test/support/receivers.js';
import { checkedConnector } from './checked-connections.js';
import { overDns } from './names.js';
import { SafeRequests } from './safe-requests.js';

const HOST = 'hooks.example.com';
const CERTIFICATE = selfSigned(HOST);

/** In the part of IPv6 that would be public and is given to nobody (IANA), so that asking it bothers nobody. */
const NOBODY = '2d00::1';

/** Hosts that mean this machine, as parsers and systems understand them. */
const THIS_MACHINE = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '127.0.0.1.',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0x7F.0x0.0x0.0x1',
  ],
  ...['0177.0.0.1', '017700000001', '0177.1', '0x7f.0.1', '00000177.0.0.1', '127.0.0.01', '127.00.0.0x1'],
  ...[
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '127．0．0．1',
    '１２７.0.0.1',
    '%31%32%37.0.0.1',
    '①②⑦.1',
    '０x7f.1',
    '127%2e0.0.1',
  ],
  ...[
    '127.8.9.10',
    '0',
    '0.0.0.0',
    '0x0',
    '00',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[0000::0001]',
    '[::]',
    '[::0.0.0.1]',
  ],
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::FFFF:127.0.0.1]',
    '[::ffff:0.0.0.0]',
  ],
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'local%68ost',
    'ⓛocalhost',
    'a.localhost',
    'a.b.localhost',
    'a.localhost.',
  ],
];

/** Hosts that mean the neighbourhood, or nothing on the internet. */
const NEIGHBOURS = [
  ...[
    '10.0.0.1',
    '10.1',
    '0xa000001',
    '012.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.168.1',
    '3232235521',
  ],
  ...[
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[fd00:ec2::254]',
  ],
  ...[
    '168.63.129.16',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.192',
    '198.18.0.1',
    '192.0.2.1',
    '224.0.0.1',
    '240.0.0.1',
  ],
  ...[
    '255.255.255.255',
    '[fe80::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[ff02::1]',
    '[::7f00:1]',
    '[::127.0.0.1]',
    '[2001:db8::1]',
  ],
  ...[
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
  ],
  ...['[2001:0:4136:e378:8000:63bf:3fff:fdd2]', '[::ffff:0:127.0.0.1]', '[100::1]', '[3fff::1]', '[5f00::1]'],
  ...[
    'redis',
    'metadata.google.internal',
    'printer.local',
    'router.lan',
    'nas.home.arpa',
    'x.onion',
    'metadata',
  ],
];

/** Names that anybody can buy, and what their owner's name server says of them. */
const NAMES: Record<string, string[]> = {
  'to-loopback.example.com': ['127.0.0.1'],
  'to-any.example.com': ['0.0.0.0'],
  'to-loopback-six.example.com': ['::1'],
  'to-mapped.example.com': ['::ffff:7f00:1'],
  'to-compatible.example.com': ['::7f00:1'],
  'to-nat64.example.com': ['64:ff9b::7f00:1'],
  'to-metadata.example.com': ['169.254.169.254'],
  'to-private.example.com': ['10.0.0.1', '192.168.0.1'],
  'to-unique-local.example.com': ['fd00:ec2::254'],
  'to-link-local.example.com': ['fe80::1'],
  'to-good-and-bad.example.com': ['93.184.216.34', '127.0.0.1'],
  'to-bad-and-good.example.com': ['127.0.0.1', '93.184.216.34'],
  'to-good-four-bad-six.example.com': ['93.184.216.34', '::1'],
  'to-good-six-bad-four.example.com': [NOBODY, '127.0.0.1'],
  'to-many.example.com': [...Array<string>(20).fill('93.184.216.34'), '10.0.0.1'],
};

describe('requests to private addresses', () => {
  let receiver: Receiver;
  let names: DnsServer;
  let nameAnswers: NameAnswers;
  let requests: SafeRequests;
  let freeRequests: SafeRequests;

  /** Every attempt of this process to connect anywhere by TCP, as the operating system is asked. */
  const attempts: { address?: string; port?: number }[] = [];
  const watch = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'TCPCONNECTWRAP') attempts.push(resource);
    },
  });

  beforeEach(async () => {
    nameAnswers = (name) => NAMES[name] ?? [];
    receiver = await Receiver.open(answers(200), { certificate: CERTIFICATE, host: '::' }); // and IPv4
    names = await DnsServer.answering((...question) => nameAnswers(...question));
    const options = { ports: [receiver.port], resolve: overDns([names.address]), ca: CERTIFICATE.cert };
    requests = new SafeRequests({ ...options, allowPrivate: false, connectTimeoutMs: 300 });
    freeRequests = new SafeRequests({ ...options, allowPrivate: true });
    attempts.length = 0;
    watch.enable();
  });

  afterEach(async () => {
    watch.disable();
    await Promise.all([requests.close(), freeRequests.close()]);
    await Promise.all([receiver.close(), names.close()]);
  });

  const post = (host: string, from = requests) =>
    from.post(`https://${host}:${receiver.port}/`, { headers: {}, body: '{}' });

  it.each([...THIS_MACHINE, ...NEIGHBOURS, ...Object.keys(NAMES)])('never get as far as %s', async (host) => {
    expect(await post(host)).toMatchObject({ kind: 'failed', refusedBeforeConnecting: true });
    expect(attempts).toEqual([]);
    expect(receiver.connections).toBe(0);
  });

  it.each([
    '127.1',
    '①②⑦.⓪.⓪.①',
    '[::1]',
    '[::ffff:7f00:1]',
    'to-loopback.example.com',
    'to-loopback-six.example.com',
  ])('would reach %s if they were allowed', async (host) => {
    await post(host, freeRequests);
    expect(receiver.connections).toBe(1);
  });

  it('never reach the address that a name server names the second time', async () => {
    nameAnswers = (_name, family, time) => {
      if (time === 1) return family === 6 ? [NOBODY] : [];
      return ['127.0.0.1', '::1'];
    };

    expect(await post(HOST)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^Could not connect/),
    });
    expect(names.asked.sort()).toEqual([`4 ${HOST}`, `6 ${HOST}`]);
    expect(attempts.map(({ address }) => address)).toEqual([NOBODY]);

    expect(await post(HOST)).toMatchObject({
      reason: 'The address is private',
      refusedBeforeConnecting: true,
    });
    expect(attempts).toHaveLength(1);
    expect(receiver.connections).toBe(0);

    expect(await post(HOST, freeRequests)).toMatchObject({ kind: 'answered', status: 200 }); // it was there to be reached
  });

  it('send nothing where only the socket tells of it', async () => {
    const verdicts = [true, false];
    const connect = checkedConnector({
      mayReach: () => verdicts.shift()!,
      resolve: async () => ['127.0.0.1'],
      timeoutMs: 5_000,
      ca: CERTIFICATE.cert,
    });
    const target = { hostname: HOST, host: HOST, protocol: 'https:', port: String(receiver.port) };
    const error = await new Promise((resolve) => connect(target, (...[error]) => resolve(error)));

    expect(error).toMatchObject({ message: 'The address is private', beforeConnecting: false });
    expect(receiver.requests).toEqual([]);
  });

  it('are no matter of a proxy that the environment names', async () => {
    const proxy = await Receiver.open(answers(200));
    const variables = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
    const before = variables.map((name) => process.env[name]);
    for (const name of variables) process.env[name] = proxy.url;
    const unproxied = new SafeRequests({
      allowPrivate: true,
      resolve: async () => ['127.0.0.1'],
      ca: CERTIFICATE.cert,
    });

    expect(await post(HOST, unproxied)).toMatchObject({ kind: 'answered', status: 200 });
    expect(proxy.connections).toBe(0);

    variables.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    });
    await unproxied.close();
    await proxy.close();
  });
});
