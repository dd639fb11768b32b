import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mailerContract, origin } from '../../../test/contracts/mailer.contract.js';
import { aClaimedEmail } from '../../../test/support/emails.js';
import { selfSigned } from '../../../test/support/certificates.js';
import { eventually } from '../../../test/support/eventually.js';
import { freePort } from '../../../test/support/free-port.js';
import { MailServer, type MailServerOptions } from '../../../test/support/mail-server.js';
import { bookingMail } from '../../../test/support/mails.js';
import type { MailerAnswer } from '../ports.js';
import { greetMailServer, SmtpMailer, type MailServerPatience } from './smtp-mailer.js';

mailerContract('SMTP', async () => {
  const server = await MailServer.open();
  const mailer = new SmtpMailer({ ...origin, url: server.url });
  return {
    mailer,
    arrived: async () => server.arrived.map(({ mail }) => mail),
    async close() {
      await mailer.close();
      await server.close();
    },
  };
});

const email = aClaimedEmail(bookingMail('BOOKING_CONFIRMATION'));
const hasty = { connectMs: 200, greetingMs: 200, silenceMs: 200, attemptMs: 500 };

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function mailerFor(url: string, patience?: MailServerPatience): SmtpMailer {
  const mailer = new SmtpMailer({ ...origin, url, ...(patience && { patience }) });
  ends.push(() => mailer.close());
  return mailer;
}

async function openServer(options: MailServerOptions): Promise<MailServer> {
  const server = await MailServer.open(options);
  ends.push(() => server.close());
  return server;
}

/** What comes of a mail that is sent to such a server. */
async function judged(options: MailServerOptions): Promise<MailerAnswer> {
  return mailerFor((await openServer(options)).url).send(email);
}

/** A server that does with its connections what it likes. Returns its URL. */
async function rudeServer(treat: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    treat(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers each command by the first of these that fits, and with 250 whatever fits none. */
function conversation(answers: readonly (readonly [RegExp, (socket: Socket) => void])[]) {
  return (socket: Socket) => {
    socket.write('220 ready\r\n');
    socket.on('data', (bytes) => {
      for (const line of bytes.toString('latin1').split('\r\n').slice(0, -1)) {
        const answer = answers.find(([command]) => command.test(line))?.[1];
        if (answer) answer(socket);
        else socket.write('250 fine\r\n');
      }
    });
  };
}

describe('A mail server', () => {
  it('that takes a mail is asked for by the address alone', async () => {
    const server = await openServer({});
    expect((await mailerFor(server.url).send(email)).kind).toBe('accepted');

    expect(server.arrived[0]).toMatchObject({ from: 'time@mail.example.com', to: ['ada@example.com'] });
    expect(server.arrived[0]!.source.split('\r\n').every((line) => line.length <= 998)).toBe(true);
  });

  it.each([550, 551, 552, 553, 554])('that refuses the recipient with %i refuses for good', async (code) => {
    const words = 'No such user here';
    const answer = await judged({ judgeRecipient: () => ({ code, words }) });

    expect(answer.kind).toBe('refused');
    expect(answer.words).toContain(String(code));
    expect(answer.words).toContain(words);
  });

  it.each([421, 450, 451, 452])('that refuses the recipient with %i is asked again', async (code) => {
    const answer = await judged({ judgeRecipient: () => ({ code, words: 'Greylisted' }) });

    expect(answer.kind).toBe('deferred');
    expect(answer.words).toContain('Greylisted');
  });

  it('may refuse a mail when it has read it, for good or for now', async () => {
    expect((await judged({ judgeMail: () => ({ code: 554, words: 'Spam' }) })).kind).toBe('refused');
    expect((await judged({ judgeMail: () => ({ code: 452, words: 'Disk full' }) })).kind).toBe('deferred');
  });

  it('that wants another sign-in is asked again: that can be mended', async () => {
    const answer = await judged({ authOptional: false });

    expect(answer.kind).toBe('deferred');
    expect(answer.words).toContain('530');
  });

  it('that refuses the sign-in is asked again, and the password is in nobody’s words', async () => {
    const server = await openServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, callback) => callback(new Error(`Wrong password ${password}`)),
    });
    const url = server.url.replace('//', '//linktime:s3cret%21-word@');
    const answer = await mailerFor(url).send(email);

    expect(answer).toEqual({ kind: 'deferred', words: '535 Wrong password ***' });
  });

  it('that nobody runs is asked again', async () => {
    const answer = await mailerFor(`smtp://127.0.0.1:${await freePort()}`).send(email);

    expect(answer.kind).toBe('deferred');
    expect(answer.words).toContain('ECONNREFUSED');
  });

  it('with a certificate that nobody vouches for is asked again', async () => {
    const server = await openServer({ hideSTARTTLS: false, ...selfSigned('localhost') });

    expect(await mailerFor(server.url).send(email)).toMatchObject({ kind: 'deferred' });
    expect(server.arrived).toHaveLength(0);
  });

  it.each([
    ['never greets', () => undefined],
    ['greets and says no more', (socket: Socket) => void socket.write('220 ready\r\n')],
    ['falls silent before the mail', conversation([[/^DATA/, () => undefined]])],
    [
      'falls silent after the mail',
      conversation([
        [/^DATA/, (socket) => void socket.write('354 go on\r\n')],
        [/^\.$|^[^A-Z]|:/, () => undefined],
      ]),
    ],
    [
      'drips its greeting',
      (socket: Socket) => {
        const timer = setInterval(() => socket.write('220-wait\r\n'), 50);
        socket.on('close', () => clearInterval(timer));
      },
    ],
    ['greets with a refusal', (socket: Socket) => void socket.end('554 no service here\r\n')],
    ['ends the connection at once', (socket: Socket) => void socket.end()],
    ['resets the connection', (socket: Socket) => void socket.resetAndDestroy()],
  ])('that %s is asked again, and soon given up', async (_what, treat) => {
    const mailer = mailerFor(await rudeServer(treat), hasty);
    const began = performance.now();

    expect(await mailer.send(email)).toMatchObject({ kind: 'deferred' });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('that answers in time each time, and takes too long for all of it, is asked again', async () => {
    const answerLate = (socket: Socket) => setTimeout(() => socket.write('250 fine\r\n'), 150);
    const url = await rudeServer((socket) => {
      socket.write('220 ready\r\n');
      socket.on('data', () => answerLate(socket));
    });

    const patient = { connectMs: 5_000, greetingMs: 5_000, silenceMs: 5_000 };
    expect(await mailerFor(url, { ...patient, attemptMs: 500 }).send(email)).toEqual({
      kind: 'deferred',
      words: 'The mail server took longer than 0.5 s',
    });
  });

  it('that breaks off in the middle of a mail is not sent it again within the same attempt', async () => {
    let begun = 0;
    const breakOff = (socket: Socket) => {
      begun += 1;
      socket.write('354 go on\r\n', () => setTimeout(() => socket.destroy(), 20));
    };
    const quiet = () => undefined;
    const treat = conversation([
      [/^DATA/, breakOff],
      [/^(?!EHLO|HELO|MAIL|RCPT)/, quiet],
    ]);

    expect(await mailerFor(await rudeServer(treat)).send(email)).toMatchObject({ kind: 'deferred' });
    expect(begun).toBe(1);
  });

  it('that had closed the open connection meanwhile is connected to again', async () => {
    const server = await openServer({ socketTimeout: 300 });
    const mailer = mailerFor(server.url);
    await mailer.send(email);
    await eventually(() => server.connections === 0);

    expect(await mailer.send(email)).toMatchObject({ kind: 'accepted' });
  });

  it('is sent many mails at once over five connections at most', async () => {
    let most = 0;
    const server = await openServer({
      judgeMail: () => {
        most = Math.max(most, server.connections);
        return null;
      },
    });
    const mailer = mailerFor(server.url);
    const emails = Array.from({ length: 40 }, () => aClaimedEmail(bookingMail('REMINDER')));
    const answers = await Promise.all(emails.map((each) => mailer.send(each)));

    expect(answers.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(server.arrived).toHaveLength(40);
    expect(most).toBeLessThanOrEqual(5);
  });
});

describe('Greeting a mail server', () => {
  it('succeeds with one that is there', async () => {
    await expect(greetMailServer((await openServer({})).url)).resolves.toBeUndefined();
  });

  it('tells why one cannot be used, without the password', async () => {
    const server = await openServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, callback) => callback(new Error(`Wrong password ${password}`)),
    });
    const url = server.url.replace('//', '//linktime:s3cret@');

    await expect(greetMailServer(url)).rejects.toThrow('535 Wrong password ***');
    await expect(greetMailServer(`smtp://127.0.0.1:${await freePort()}`)).rejects.toThrow('ECONNREFUSED');
  });
});
