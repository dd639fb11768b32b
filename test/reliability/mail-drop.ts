import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly messageId: string;
  readonly to: string;
}

/** A mail server that takes everything and remembers what it took. */
export class MailDrop {
  readonly received: ReceivedMail[] = [];
  /** Called before a mail is accepted (`taking`) and right after that was said (`taken`). */
  onMail: (moment: 'taking' | 'taken') => void = () => undefined;

  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, session, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => {
        this.onMail('taking');
        const messageId = /^message-id:\s*<([^>]+)>/im.exec(text)?.[1] ?? '';
        const { rcptTo } = session.envelope;
        for (const { address } of rcptTo) this.received.push({ messageId, to: address });
        done();
        this.onMail('taken');
      });
    },
  });

  static async open(): Promise<MailDrop> {
    const drop = new MailDrop();
    drop.server.on('error', () => undefined); // a client that was killed
    await new Promise<void>((resolve) => drop.server.listen(0, '127.0.0.1', resolve));
    return drop;
  }

  get url(): string {
    const { port } = this.server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}
