import MailComposer from 'nodemailer/lib/mail-composer';
import { bookingLinks } from '../../kernel/booking-links.js';
import { isEmailAddress } from '../../kernel/email-address.js';
import type { BaseUrl } from '../../platform/http/base-url.js';
import { isNotice, type Mail } from '../domain/mail.js';
import { composeMail } from '../mails/compose-mail.js';
import type { ClaimedEmail } from '../ports.js';

/** Where mails come from. */
export interface MailOrigin {
  /** `name@example.com` or `Name <name@example.com>`. */
  readonly from: string;
  readonly baseUrl: BaseUrl;
}

/** A mail as it travels (RFC 5322). The same mail is always the same to the byte. */
export interface WrittenMail {
  readonly envelope: { readonly from: string; readonly to: string };
  readonly bytes: Buffer;
}

interface Address {
  readonly name: string;
  readonly address: string;
}

/** Throws if the mail cannot be written. */
export async function writeMail(mail: ClaimedEmail, { from, baseUrl }: MailOrigin): Promise<WrittenMail> {
  const { id, recipient, subject, content, createdAt } = mail;
  // In a list of addresses, or one with a line end in it, nodemailer would find another recipient.
  if (!isEmailAddress(recipient)) throw new Error(`${JSON.stringify(recipient)} is no e-mail address`);
  const sender = addressOf(from);
  const { text, html, invitation } = composeMail(withLinks(mail, baseUrl), { at: createdAt });
  const message = new MailComposer({
    from: shownSender(sender, content),
    to: { name: content.reader.name ?? '', address: recipient },
    ...replyTo(content),
    subject,
    messageId: `<${id}@${sender.address.split('@').pop()}>`,
    date: new Date(createdAt.toEpochMilli()),
    headers: {
      'Auto-Submitted': 'auto-generated', // RFC 3834: no machine is to answer
      'X-Auto-Response-Suppress': 'OOF, AutoReply', // the same for Exchange
    },
    text,
    html,
    // As an alternative to the text it is offered to be accepted, as an attachment it can be opened anywhere.
    ...(invitation && { icalEvent: { ...invitation, filename: 'invite.ics' } }),
    baseBoundary: id,
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const bytes = await message.compile().build();
  return { envelope: { from: sender.address, to: recipient }, bytes };
}

function withLinks({ content, inviteeToken }: ClaimedEmail, baseUrl: BaseUrl): Mail {
  if (isNotice(content)) return content;
  const links = inviteeToken === null ? null : bookingLinks(baseUrl.value, content.booking.id, inviteeToken);
  return { ...content, links };
}

/** To those who are invited a mail comes from their host, by our hand; to the owner from us. */
function shownSender(sender: Address, content: ClaimedEmail['content']): Address {
  if (isNotice(content) || content.reader.role === 'owner') return sender;
  return { ...sender, name: `${content.host.name} via ${sender.name || 'LinkTime'}` };
}

/** Who answers a mail about a meeting means the other side of it. */
function replyTo(content: ClaimedEmail['content']): { replyTo: Address } | null {
  if (isNotice(content)) return null;
  const { name, email } = content.reader.role === 'owner' ? content.booking.invitee : content.host;
  return { replyTo: { name, address: email } };
}

function addressOf(text: string): Address {
  const [, name = '', address = text] = /^(.*) <(.*)>$/.exec(text) ?? [];
  return { name, address };
}
