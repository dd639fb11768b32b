import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as it arrived at its recipient's server. */
export interface ArrivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
  readonly mail: Email;
}

/** A reply that is no acceptance, such as 550 and the server's words for it. */
export interface Refusal {
  readonly code: number;
  readonly words: string;
}

export interface MailServerOptions extends SMTPServerOptions {
  /** What becomes of a recipient, for each attempt anew; null takes it. */
  judgeRecipient?: (address: string) => Refusal | null;
  /** What becomes of a mail that was read whole; null takes it. */
  judgeMail?: (mail: ArrivedMail) => Refusal | null;
}

/** A mail server on this machine that keeps what it took. */
export class MailServer {
  readonly arrived: ArrivedMail[] = [];

  private constructor(private readonly server: SMTPServer) {}

  static async open(options: MailServerOptions = {}): Promise<MailServer> {
    const { judgeRecipient = () => null, judgeMail = () => null, ...more } = options;
    const taken = (mail: ArrivedMail) => mailServer.arrived.push(mail);
    const server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      hideSTARTTLS: true,
      onRcptTo: ({ address }, _session, callback) => callback(errorOf(judgeRecipient(address))),
      onData(stream, { envelope }, callback) {
        void (async () => {
          try {
            const bytes = await buffer(stream);
            const from = envelope.mailFrom ? envelope.mailFrom.address : '';
            const to = envelope.rcptTo.map(({ address }) => address);
            const mail = { from, to, source: bytes.toString('latin1'), mail: await PostalMime.parse(bytes) };
            const refusal = judgeMail(mail);
            if (!refusal) taken(mail);
            callback(errorOf(refusal));
          } catch (error) {
            callback(error as Error); // it broke off
          }
        })();
      },
      ...more,
    });
    server.on('error', () => undefined); // clients that break off
    const mailServer = new MailServer(server);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return mailServer;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.server.connections.size;
  }

  async close(): Promise<void> {
    for (const connection of this.server.connections) connection.close();
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}

function errorOf(refusal: Refusal | null): Error | null {
  return refusal && Object.assign(new Error(refusal.words), { responseCode: refusal.code });
}
