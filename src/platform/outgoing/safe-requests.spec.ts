import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { selfSigned, type Certificate } from '../../../test/support/certificates.js';
import { eventually } from '../../../test/support/eventually.js';
import * as receivers from '../../../test/support/receivers.js';
import { Receiver, type Behaviour, type ReceiverOptions } from '../../../test/support/receivers.js';
import { NameNotResolved } from './names.js';
import { SafeRequests } from './safe-requests.js';

const MEGABYTE = 1_048_576;
const HOST = 'hooks.example.com';
const OK = 'HTTP/1.1 200 OK\r\n';
const CLOSED = 'The connection was closed before the answer was complete';
const NOT_HTTP = 'The answer is not valid HTTP';
const DAY_MS = 86_400_000;

const certificate = selfSigned(HOST);
const expired = selfSigned(HOST, {
  from: new Date(Date.now() - 3 * DAY_MS),
  until: new Date(Date.now() - DAY_MS),
});
const notYetValid = selfSigned(HOST, {
  from: new Date(Date.now() + DAY_MS),
  until: new Date(Date.now() + 3 * DAY_MS),
});
const ofAnother = selfSigned('hooks.example.org');

describe('SafeRequests', () => {
  const closing: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const each of closing.splice(0).reverse()) await each.close();
  });

  const receiver = async (behaviour: Behaviour, options?: ReceiverOptions) => {
    const opened = await Receiver.open(behaviour, options);
    closing.push(opened);
    return opened;
  };

  /** Requests to this machine, whatever the name. */
  const requests = (trusted?: Certificate, connectTimeoutMs?: number) => {
    const made = new SafeRequests({
      allowPrivate: true,
      resolve: async () => ['127.0.0.1'],
      connectTimeoutMs,
      ca: trusted?.cert,
    });
    closing.push(made);
    return made;
  };

  const post = (url: string, from = requests(), timeoutMs = 10_000) =>
    from.post(url, { headers: { 'content-type': 'application/json' }, body: '{"a":1}', timeoutMs });

  describe('when answered', () => {
    it.each([200, 201, 202, 204, 301, 400, 404, 410, 429, 500, 503, 599])('tells of a %d', async (status) => {
      const { url } = await receiver(receivers.answers(status));
      expect(await post(url)).toMatchObject({ kind: 'answered', status, truncated: false });
    });

    it('tells of headers and the beginning of the body', async () => {
      const { url } = await receiver(
        receivers.answers(429, 'Slow down', { 'Retry-After': '120', 'X-Many': 'a' }),
      );
      expect(await post(url)).toMatchObject({
        status: 429,
        headers: { 'retry-after': '120', 'x-many': 'a' },
        body: 'Slow down',
        tookMs: expect.any(Number),
      });
    });

    it('sends exactly what it is given, under the name of the host', async () => {
      const { port, requests: received } = await receiver(receivers.answers(200), { certificate });
      const body = '{"name":"Zoë \\u0000"}\n';
      await requests(certificate).post(`https://${HOST}:${port}/a/b?c=%20d#e`, {
        headers: { 'User-Agent': 'Somebody/1.0', 'webhook-id': 'evt_1' },
        body,
      });
      expect(received).toEqual([
        {
          method: 'POST',
          path: '/a/b?c=%20d',
          headers: expect.objectContaining({
            host: `${HOST}:${port}`,
            'user-agent': 'Somebody/1.0',
            'webhook-id': 'evt_1',
            'content-length': String(Buffer.byteLength(body)),
          }),
          body,
        },
      ]);
    });

    it('makes well-formed text of any answer', async () => {
      const { url } = await receiver((response) => response.end(Buffer.from('a\0b\xff\xfec', 'latin1')));
      expect(await post(url)).toMatchObject({ body: 'a\ufffdb\ufffd\ufffdc' });
    });

    it('leaves out a character that the limit cuts in two', async () => {
      const { url } = await receiver(receivers.answers(200, `a${'é'.repeat(2_000)}`));
      expect(await post(url)).toMatchObject({ body: `a${'é'.repeat(1_023)}`, truncated: true });
    });

    it('waits for a slow answer', async () => {
      const { url } = await receiver(receivers.answersAfter(150));
      expect(await post(url)).toMatchObject({ kind: 'answered', status: 200, body: 'ok' });
    });

    it('follows no redirect', async () => {
      const inside = await receiver(receivers.answers(200));
      const { url } = await receiver(receivers.answers(302, '', { location: inside.url }));
      expect(await post(url)).toMatchObject({
        kind: 'answered',
        status: 302,
        headers: { location: inside.url },
      });
      expect(inside.connections).toBe(0);
    });

    it('skips early hints', async () => {
      const { url } = await receiver(
        receivers.endsAfter(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}\r\n`),
      );
      expect(await post(url)).toMatchObject({ kind: 'answered', status: 200 });
    });

    it.each([
      ['a gigabyte', receivers.floods(1_024 * MEGABYTE)],
      [
        'a body that never ends',
        receivers.drips(`${OK}Transfer-Encoding: chunked\r\n\r\n`, '800\r\n'.padEnd(2_053, 'x') + '\r\n', 1),
      ],
      ['more than it announced', receivers.says(`${OK}Content-Length: 4000\r\n\r\n${'x'.repeat(9_000)}`)],
    ])('reads 2 KB of %s and hangs up', async (_what, behaviour) => {
      const flood = await receiver(behaviour);
      expect(await post(flood.url)).toMatchObject({
        kind: 'answered',
        status: 200,
        body: 'x'.repeat(2_048),
        truncated: true,
      });
      await eventually(() => flood.openConnections === 0);
      expect(flood.bytesSent).toBeLessThan(16 * MEGABYTE); // what fits the buffers in between
    });

    it('asks for nothing compressed, and decompresses nothing', async () => {
      const bomb = await receiver(receivers.gzipBomb(20 * MEGABYTE));
      const outcome = await post(bomb.url);
      expect(bomb.requests[0]!.headers['accept-encoding']).toBe('identity');
      expect(outcome).toMatchObject({ kind: 'answered', status: 200, truncated: true });
      expect(outcome).toHaveProperty('body', expect.stringContaining('\u001f')); // of gzip's first two bytes
    });
  });

  describe('when not answered', () => {
    it.each([
      ['is silent', receivers.neverAnswers],
      ['gives a hint and then nothing', receivers.says('HTTP/1.1 103 Early Hints\r\n\r\n')],
      ['drips its headers by the byte', receivers.drips(`${OK}X-Slow: `, 'x')],
      ['drips its body by the byte', receivers.drips(`${OK}Content-Length: 1000000\r\n\r\n`, 'x')],
      [
        'drips its chunks by the byte',
        receivers.drips(`${OK}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nx\r\n'),
      ],
      ['sends less than it announced', receivers.says(`${OK}Content-Length: 10\r\n\r\nabc`)],
      ['sends hint after hint', receivers.drips('', 'HTTP/1.1 103 Early Hints\r\n\r\n')],
    ])('gives up in time on a receiver that %s', async (_what, behaviour) => {
      const { url } = await receiver(behaviour);
      const outcome = await post(url, requests(), 400);
      expect(outcome).toMatchObject({
        kind: 'failed',
        reason: 'No answer within 0.4 s',
        refusedBeforeConnecting: false,
      });
      expect(outcome.tookMs).toBeGreaterThanOrEqual(390);
      expect(outcome.tookMs).toBeLessThan(5_000);
    });

    it.each([
      ['resets the connection', receivers.resetsAfter(''), CLOSED],
      ['resets it in its headers', receivers.resetsAfter(`${OK}X-Ha`), CLOSED],
      ['resets it in its body', receivers.resetsAfter(`${OK}Content-Length: 9\r\n\r\nabc`), CLOSED],
      ['ends it in its body', receivers.endsAfter(`${OK}Content-Length: 9\r\n\r\nabc`), CLOSED],
      ['ends it in a chunk', receivers.endsAfter(`${OK}Transfer-Encoding: chunked\r\n\r\n9\r\nabc`), CLOSED],
      ['ends it without a word', receivers.endsAfter(''), CLOSED],
      ['says 100 though nobody asked', receivers.says('HTTP/1.1 100 Continue\r\n\r\n'), NOT_HTTP],
      [
        'switches protocols',
        receivers.says('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'),
        NOT_HTTP,
      ],
      ['speaks something else', receivers.says('220 smtp.example.com ESMTP\r\n'), NOT_HTTP],
      ['has two lengths', receivers.says(`${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`), NOT_HTTP],
      [
        'has a length and chunks',
        receivers.says(`${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
        NOT_HTTP,
      ],
      [
        'has headers beyond measure',
        receivers.says(`${OK}X-Long: ${'x'.repeat(40_000)}\r\n\r\n`),
        'The headers of the answer are too long',
      ],
    ])('says why of a receiver that %s', async (_what, behaviour, reason) => {
      const { url } = await receiver(behaviour);
      expect(await post(url)).toMatchObject({
        kind: 'failed',
        reason,
        refusedBeforeConnecting: false,
      });
    });

    it('survives whatever receivers say', async () => {
      const line = fc.oneof(
        fc.constantFrom(
          'HTTP/1.1 200 OK',
          'HTTP/1.1 100 Continue',
          'HTTP/1.1 101 X',
          'HTTP/1.1 204 X',
          'HTTP/1.1 304 X',
          'HTTP/1.0 200',
        ),
        fc.constantFrom(
          'Content-Length: 3',
          'Content-Length: -1',
          'Transfer-Encoding: chunked',
          'Connection: upgrade',
          'Upgrade: h2c',
        ),
        fc.constantFrom(
          'Connection: close',
          'Keep-Alive: timeout=99999999999',
          'Content-Encoding: gzip',
          'Trailer: a',
          '',
          '',
          '3',
          'abc',
          '0',
        ),
        fc.string({ unit: 'binary', maxLength: 20 }),
      );
      const talker = await receiver(receivers.neverAnswers);
      const patient = requests();
      await fc.assert(
        fc.asyncProperty(fc.array(line, { maxLength: 9 }), async (lines) => {
          talker.behave(receivers.endsAfter(`${lines.join('\r\n')}\r\n`));
          expect(['answered', 'failed']).toContain((await post(talker.url, patient)).kind);
        }),
        { numRuns: 150 },
      );
    });

    it('says that nobody listens', async () => {
      const { url, port } = await receiver(receivers.answers(200));
      await closing.pop()!.close();
      expect(await post(url)).toMatchObject({ reason: 'Could not connect: ECONNREFUSED' });
      expect(await post(`http://${HOST}:${port}/`)).toMatchObject({
        reason: 'Could not connect: ECONNREFUSED',
      });
    });

    it('says that the connection is closed at once', async () => {
      const { url } = await receiver(receivers.answers(200), { onConnection: (socket) => socket.destroy() });
      expect(await post(url)).toMatchObject({ kind: 'failed', reason: CLOSED });
    });
  });

  describe('over TLS', () => {
    const postOverTls = async (server: Certificate, trusted?: Certificate) => {
      const opened = await receiver(receivers.answers(200), { certificate: server });
      const outcome = await post(`https://${HOST}:${opened.port}/`, requests(trusted));
      return { outcome, received: opened.requests.length };
    };

    it('is answered by whom it trusts', async () => {
      const { outcome } = await postOverTls(certificate, certificate);
      expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
    });

    it.each([
      ['nobody vouches for', certificate, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['is out of date', expired, expired, 'CERT_HAS_EXPIRED'],
      ['is not valid yet', notYetValid, notYetValid, 'CERT_NOT_YET_VALID'],
      ['is for another host', ofAnother, ofAnother, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ])('sends nothing to a receiver whose certificate %s', async (_what, server, trusted, code) => {
      const { outcome, received } = await postOverTls(server, trusted);
      expect(outcome).toMatchObject({ kind: 'failed', reason: `The certificate is not valid: ${code}` });
      expect(received).toBe(0);
    });

    it('sends nothing to a receiver that does not speak it', async () => {
      const { port, requests: received } = await receiver(receivers.answers(200));
      const outcome = await post(`https://${HOST}:${port}/`);
      expect(outcome).toMatchObject({
        kind: 'failed',
        reason: expect.stringMatching(/^Could not agree on TLS: /),
      });
      expect(received).toEqual([]);
    });

    it('gives up in time on a handshake that never ends', async () => {
      const silent = await receiver(receivers.neverAnswers, { onConnection: () => undefined });
      const outcome = await post(`https://${HOST}:${silent.port}/`, requests(undefined, 400));
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'Could not connect within 0.4 s' });
      expect(outcome.tookMs).toBeLessThan(5_000);
    });
  });

  it('gives up in time on a name server that never answers', async () => {
    const unresolved = new SafeRequests({
      allowPrivate: true,
      resolve: () => new Promise(() => undefined),
      connectTimeoutMs: 300,
    });
    closing.push(unresolved);
    const ask = (timeoutMs: number) => post(`https://${HOST}/`, unresolved, timeoutMs);
    expect(await ask(5_000)).toMatchObject({ kind: 'failed', reason: 'Could not connect within 0.3 s' });
    expect(await ask(100)).toMatchObject({ kind: 'failed', reason: 'No answer within 0.1 s' });
  });

  it('says that a name leads nowhere', async () => {
    const unresolved = new SafeRequests({
      allowPrivate: true,
      resolve: () => Promise.reject(new NameNotResolved('ENOTFOUND')),
    });
    closing.push(unresolved);
    expect(await post(`https://${HOST}/`, unresolved)).toMatchObject({
      reason: 'The name could not be resolved: ENOTFOUND',
      refusedBeforeConnecting: false,
    });
  });

  it('uses a connection again, and lets none be in the way of another', async () => {
    const good = await receiver(receivers.answers(200));
    const bad = await receiver(receivers.neverAnswers);
    const shared = requests();
    const hanging = Array.from({ length: 30 }, () => post(bad.url, shared, 1_000));

    for (let i = 0; i < 20; i++) expect(await post(good.url, shared)).toMatchObject({ kind: 'answered' });
    expect(good.connections).toBe(1);
    for (const outcome of await Promise.all(hanging)) expect(outcome.kind).toBe('failed');
    await eventually(() => bad.openConnections === 0);
    expect(bad.connections).toBe(30);
  });

  it('keeps no more than a few connections that wait', async () => {
    const good = await receiver(receivers.answersAfter(50));
    const shared = requests();
    for (const outcome of await Promise.all(Array.from({ length: 40 }, () => post(good.url, shared))))
      expect(outcome.kind).toBe('answered');
    expect(good.connections).toBe(40);
    await eventually(() => good.openConnections === 32);
  });

  it('asks on a new connection where the last one was closed', async () => {
    const good = await receiver(receivers.answers(200, '', { connection: 'close' }));
    const shared = requests();
    for (let i = 0; i < 3; i++) expect(await post(good.url, shared)).toMatchObject({ kind: 'answered' });
    expect(good.connections).toBe(3);
  });

  it('closes its connections when it is closed', async () => {
    const good = await receiver(receivers.answers(200));
    const closed = requests();
    await post(good.url, closed);
    expect(good.openConnections).toBe(1);

    await closed.close();
    await eventually(() => good.openConnections === 0);
  });

  it('reads as much as it is asked to', async () => {
    const feed = await receiver(receivers.answers(200, 'x'.repeat(100_000)));
    const get = (maxBytes: number) =>
      requests().ask(feed.url, { method: 'GET', headers: { accept: 'text/calendar' }, maxBytes });

    expect(await get(100_000)).toMatchObject({ status: 200, body: 'x'.repeat(100_000), truncated: false });
    expect(await get(99_999)).toMatchObject({ body: 'x'.repeat(99_999), truncated: true });
    expect(feed.requests[0]).toMatchObject({ method: 'GET', body: '', headers: { accept: 'text/calendar' } });
  });

  it('never throws, whatever it is given for a URL', async () => {
    for (const url of ['', 'x', 'http://', 'https://\ud800/', 'http://a:99999/', 'data:,x'])
      expect(await post(url)).toMatchObject({ kind: 'failed', refusedBeforeConnecting: true });
  });
});
