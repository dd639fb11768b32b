import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import type { Email } from 'postal-mime';
import type { Mailer } from '../../src/delivery/ports.js';
import { aClaimedEmail, INVITEE_TOKEN } from '../support/emails.js';
import { bookingMail, mails, webhookDisabled } from '../support/mails.js';

/** Where the mailers of this suite say they are. */
export const origin = {
  from: 'LinkTime <time@mail.example.com>',
  baseUrl: { value: 'https://time.example.com' },
};

export interface MailerStage {
  readonly mailer: Mailer;
  /** All that went out so far, oldest first; each as it is read by its recipient. */
  arrived(): Promise<Email[]>;
  close(): Promise<void>;
}

/** What every way of sending mails promises. */
export function mailerContract(name: string, open: () => Promise<MailerStage>): void {
  describe(`Mails: ${name}`, () => {
    let stage: MailerStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.close());

    /** Sends the mail and finds it again. */
    async function sent(email: ReturnType<typeof aClaimedEmail>): Promise<Email> {
      expect(await stage.mailer.send(email)).toMatchObject({ kind: 'accepted' });
      const arrived = await stage.arrived();
      return arrived.findLast(({ messageId }) => messageId?.includes(email.id))!;
    }

    it.each(Object.entries(mails))('takes a %s to its reader, as text and as HTML', async (_kind, mail) => {
      const email = aClaimedEmail(mail);
      const { to, subject, text, html } = await sent(email);

      expect(to).toEqual([{ name: mail.reader.name ?? '', address: mail.reader.email }]);
      expect(subject).toBe(email.subject);
      expect(text!.trim()).not.toBe('');
      expect(html).toContain('</html>');
    });

    it('comes from the host by our hand for those who are invited, and answers go to the host', async () => {
      const { from, replyTo } = await sent(aClaimedEmail(bookingMail('BOOKING_CONFIRMATION', 'guest')));

      expect(from).toEqual({ name: 'Ann Host via LinkTime', address: 'time@mail.example.com' });
      expect(replyTo).toEqual([{ name: 'Ann Host', address: 'ann@example.com' }]);
    });

    it('comes from us for the owner, and answers go to the invitee', async () => {
      const { from, replyTo } = await sent(aClaimedEmail(bookingMail('BOOKING_NOTIFICATION', 'owner')));

      expect(from).toEqual({ name: 'LinkTime', address: 'time@mail.example.com' });
      expect(replyTo).toEqual([{ name: 'Ada Lovelace', address: 'ada@example.com' }]);
    });

    it('that is about no meeting asks for no answer', async () => {
      const { from, replyTo } = await sent(aClaimedEmail(webhookDisabled));

      expect(from).toEqual({ name: 'LinkTime', address: 'time@mail.example.com' });
      expect(replyTo).toBeUndefined();
    });

    it('says that a machine wrote it, so that none answers', async () => {
      const { headers } = await sent(aClaimedEmail(bookingMail('REMINDER')));
      const header = (wanted: string) => headers.find(({ key }) => key === wanted)?.value;

      expect(header('auto-submitted')).toBe('auto-generated');
      expect(header('x-auto-response-suppress')).toBe('OOF, AutoReply');
    });

    it.each([
      ['BOOKING_CONFIRMATION', 'REQUEST'],
      ['RESCHEDULE_CONFIRMATION', 'REQUEST'],
      ['MEETING_LINK', 'REQUEST'],
      ['CANCELLATION_CONFIRMATION', 'CANCEL'],
    ] as const)('of a %s bears an invitation that calendars file: %s', async (type, method) => {
      const { attachments } = await sent(aClaimedEmail(bookingMail(type)));
      const toAccept = attachments.find(({ mimeType }) => mimeType === 'text/calendar')!;
      const toOpen = attachments.find(({ mimeType }) => mimeType === 'application/ics')!;

      expect(toAccept.method).toBe(method);
      expect(toOpen).toMatchObject({ filename: 'invite.ics', disposition: 'attachment' });
      expect(textOf(toOpen)).toBe(textOf(toAccept));
      expect(new ICAL.Component(ICAL.parse(textOf(toOpen))).getFirstPropertyValue('method')).toBe(method);
    });

    it('bears no invitation if it only reminds of one', async () => {
      expect((await sent(aClaimedEmail(bookingMail('REMINDER')))).attachments).toEqual([]);
    });

    it('leads the invitee, and nobody else, to the pages where the booking is managed', async () => {
      const toInvitee = await sent(aClaimedEmail(bookingMail('BOOKING_CONFIRMATION', 'invitee')));
      const { id } = bookingMail('BOOKING_CONFIRMATION').booking;
      const page = /https:\/\/time\.example\.com\/bookings\/[\w-]+\/cancel\?token=(\w+)/;

      expect(id).not.toBe('');
      expect(page.exec(toInvitee.text!)?.[1]).toBe(INVITEE_TOKEN);
      for (const role of ['guest', 'owner'] as const) {
        const { text, html } = await sent(aClaimedEmail(bookingMail('BOOKING_CONFIRMATION', role)));
        expect(`${text}${html}`).not.toContain('token=');
      }
    });

    it('is the same whenever it is sent: its Message-ID, its date and its words', async () => {
      const email = aClaimedEmail(bookingMail('BOOKING_CONFIRMATION'));
      const first = await sent(email);
      const second = await sent({ ...email, attempts: 5, turn: 7 });

      expect(first.messageId).toBe(`<${email.id}@mail.example.com>`);
      expect(first.date).toBe('2026-02-01T08:00:00.000Z');
      expect(second).toEqual(first);
    });

    it.each(['\r\n', '\n', '\r', '\u2028', '\u0085', '\0'])(
      'lets nobody slip in headers by a name or a subject with %j in it',
      async (lineEnd) => {
        const evil = (text: string) =>
          `${text}${lineEnd}Bcc: victim@example.com${lineEnd}Content-Type: text/evil${lineEnd}${lineEnd}Evil`;
        const mail = bookingMail('BOOKING_CONFIRMATION', 'invitee', {
          reader: {
            role: 'invitee',
            email: 'ada@example.com',
            name: evil('Ada "Evil" <x@example.com>,'),
            timezone: 'UTC',
          },
          host: { name: evil('Ann'), email: 'ann@example.com', timezone: 'UTC' },
        });
        const { headers, to, bcc, from, replyTo } = await sent(
          aClaimedEmail(mail, { subject: evil('Confirmed') }),
        );
        const names = headers.map(({ key }) => key).sort();

        expect(names).toEqual([
          'auto-submitted',
          'content-type',
          'date',
          'from',
          'message-id',
          'mime-version',
          'reply-to',
          'subject',
          'to',
          'x-auto-response-suppress',
        ]);
        expect(bcc).toBeUndefined();
        expect(to!.map(({ address }) => address)).toEqual(['ada@example.com']);
        expect(from!.address).toBe('time@mail.example.com');
        expect(replyTo!.map(({ address }) => address)).toEqual(['ann@example.com']);
      },
    );

    it.each([
      'ada@example.com>\r\nRCPT TO:<victim@example.com',
      'ada@example.com, victim@example.com',
      'Ada <victim@example.com>',
    ])('goes to nobody if its recipient is %j', async (recipient) => {
      const before = (await stage.arrived()).length;
      const email = aClaimedEmail(bookingMail('BOOKING_CONFIRMATION'), { recipient });

      await expect(stage.mailer.send(email)).rejects.toThrow('is no e-mail address');
      expect(await stage.arrived()).toHaveLength(before);
    });

    it('bears names of any script as they are written', async () => {
      const host = { name: 'Zoë Müller-Ōta 山田 👋', email: 'zoe@example.com', timezone: 'UTC' };
      const mail = bookingMail('BOOKING_CONFIRMATION', 'guest', { host });
      const { from, subject } = await sent(aClaimedEmail(mail, { subject: `Bestätigt: Überblick 山田 👋` }));

      expect(from!.name).toBe('Zoë Müller-Ōta 山田 👋 via LinkTime');
      expect(subject).toBe('Bestätigt: Überblick 山田 👋');
    });

    it('has lines of at most 998 bytes, however long what people wrote', async () => {
      const mail = bookingMail('BOOKING_NOTIFICATION', 'owner', { booking: { notes: 'ü'.repeat(10_000) } });

      expect((await sent(aClaimedEmail(mail))).text).toContain('ü'.repeat(60));
    });
  });
}

function textOf({ content }: Email['attachments'][number]): string {
  return typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('utf8');
}
