import { createTransport } from 'nodemailer';
import type { NodemailerError } from 'nodemailer/lib/errors';
import { within } from '../../platform/within.js';
import { Mailer, type ClaimedEmail, type MailerAnswer } from '../ports.js';
import { writeMail, type MailOrigin } from './written-mail.js';

/** How long is waited for a mail server, in milliseconds. */
export interface MailServerPatience {
  /** Until it is connected, with TLS. */
  readonly connectMs: number;
  /** Until it greets. */
  readonly greetingMs: number;
  /** For its next word or byte. */
  readonly silenceMs: number;
  /** For one attempt as a whole, the wait for a connection included. */
  readonly attemptMs: number;
}

/** A mail is claimed for 50 s: the attempt ends before. */
const PATIENCE: MailServerPatience = {
  connectMs: 10_000,
  greetingMs: 10_000,
  silenceMs: 20_000,
  attemptMs: 45_000,
};

const GREETED_WITHIN_MS = 10_000;

export interface SmtpMailerOptions extends MailOrigin {
  /** `smtp://` or `smtps://`, with user and password if need be. */
  readonly url: string;
  readonly patience?: MailServerPatience;
}

/** Hands mails to a mail server (RFC 5321), over a few connections that stay open while there is something to send. */
export class SmtpMailer extends Mailer {
  private readonly patience: MailServerPatience;
  private readonly transport: ReturnType<typeof openTransport>;

  constructor(private readonly options: SmtpMailerOptions) {
    super();
    this.patience = options.patience ?? PATIENCE;
    this.transport = openTransport(options.url, this.patience);
  }

  async send(mail: ClaimedEmail): Promise<MailerAnswer> {
    const { envelope, bytes } = await writeMail(mail, this.options);
    const signal = AbortSignal.timeout(this.patience.attemptMs);
    try {
      const { response } = await this.transport.sendMail({ envelope, raw: bytes, signal });
      return { kind: 'accepted', words: response };
    } catch (error) {
      return this.answerOf(error as NodemailerError);
    }
  }

  async close(): Promise<void> {
    this.transport.close();
  }

  /**
   * For good is refused only what the server says of this mail: its sender, its recipient, its content. A fault of the connection, of
   * signing in or of TLS may be mended while the mail waits.
   */
  private answerOf(error: NodemailerError): MailerAnswer {
    const isAboutMail = error.code === 'EENVELOPE' || error.code === 'EMESSAGE';
    const isForGood = isAboutMail && !isAboutSigningIn(error) && (error.permanent ?? true);
    return { kind: isForGood ? 'refused' : 'deferred', words: this.wordsOf(error) };
  }

  private wordsOf({ code, response, message }: NodemailerError): string {
    if (code === 'EABORT') return `The mail server took longer than ${this.patience.attemptMs / 1_000} s`;
    return withoutCredentials(response ?? message, this.options.url);
  }
}

/** Connects to a mail server, signs in if the URL says how, and says goodbye. Throws why that was not possible, within 10 s. */
export async function greetMailServer(url: string): Promise<void> {
  const transport = openTransport(url, PATIENCE);
  try {
    await within(GREETED_WITHIN_MS, transport.verify());
  } catch (error) {
    const { response, message } = error as NodemailerError;
    throw new Error(withoutCredentials(response ?? message, url), { cause: error });
  } finally {
    transport.close();
  }
}

function openTransport(url: string, { connectMs, greetingMs, silenceMs }: MailServerPatience) {
  return createTransport({
    url,
    pool: true,
    maxConnections: 5,
    maxRequeues: 1, // for a connection that the server had closed meanwhile; else the mail is tried again by our own schedule
    connectionTimeout: connectMs,
    greetingTimeout: greetingMs,
    dnsTimeout: connectMs,
    socketTimeout: silenceMs,
  });
}

/** Codes by which a server asks for a sign-in before the mail itself is judged (RFC 4954, 6). */
function isAboutSigningIn({ responseCode }: NodemailerError): boolean {
  return responseCode !== undefined && [530, 534, 535, 538].includes(responseCode);
}

/** Some servers repeat what they were sent. */
function withoutCredentials(words: string, url: string): string {
  const { username, password } = new URL(url);
  if (password === '') return words;
  const secret = decoded(password);
  const signIn = Buffer.from(`\0${decoded(username)}\0${secret}`).toString('base64');
  const spellings = [signIn, Buffer.from(secret).toString('base64'), secret, password];
  return spellings.reduce((text, spelling) => text.replaceAll(spelling, '***'), words);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
