import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hostileText } from '../../../test/support/hostile.js';
import {
  bookingMail,
  calendarStale,
  links,
  mails,
  START,
  webhookDisabled,
} from '../../../test/support/mails.js';
import { isNotice, type BookingMail, type Mail } from '../domain/mail.js';
import { owedEmails } from '../domain/owed-emails.js';
import { english } from '../domain/wording-english.js';
import { composeMail } from './compose-mail.js';

const dayBefore = Instant.parse(START).minusSeconds(86_400);
const compose = (mail: Mail, at = dayBefore) => composeMail(mail, { at });

describe('A confirmation', () => {
  const { subject, text } = compose(bookingMail('BOOKING_CONFIRMATION'));

  it('tells the invitee what, when, with whom and where', () => {
    expect(subject).toBe('Confirmed: Lesson with Ann Host');
    for (const fact of [
      'Hello Ada Lovelace,',
      'What:\n  Lesson, 30 minutes',
      'When:\n  Monday, 2 March 2026\n  10:00 – 10:30, Europe/London (UTC)',
      'With:\n  Ann Host\n  ann@example.com',
      'Guests:\n  charles@example.com',
      'Where:\n  https://meet.example.com/ann',
      'Price:\n  €45.00',
      'Notes:\n  Two\n  lines',
      'Topic:\n  engines',
    ]) {
      expect(text).toContain(fact);
    }
  });

  it("tells the host's time too, where it differs", () => {
    expect(text).toContain(
      'Time for Ann Host:\n  Monday, 2 March 2026\n  11:00 – 11:30, Europe/Berlin (UTC+1)',
    );
    const near = bookingMail('BOOKING_CONFIRMATION', 'invitee', {
      host: { name: 'Ann Host', email: 'ann@example.com', timezone: 'Europe/Lisbon' },
    });
    expect(compose(near).text).not.toContain('Time for');
  });

  it('lets the invitee reschedule, cancel and file the meeting', () => {
    for (const link of [
      links.reschedule,
      links.cancel,
      'https://calendar.google.com/',
      'https://outlook.live.com/',
    ])
      expect(text).toContain(link);
  });

  it('tells guests who booked, and nothing of what is between invitee and host', () => {
    const { text: said, html } = compose(bookingMail('BOOKING_CONFIRMATION', 'guest'));
    expect(said).toContain('Ada Lovelace has booked a meeting with Ann Host and named you as a guest.');
    for (const secret of ['token=', '45', 'Two', 'engines', '7946'])
      expect(said + html).not.toContain(secret);
  });

  it('writes prices in the units of their currency', () => {
    const price = (amount: number, currency: string) =>
      compose(bookingMail('BOOKING_CONFIRMATION', 'invitee', { booking: { price: { amount, currency } } }))
        .text;
    expect(price(4_550, 'USD')).toContain('US$45.50');
    expect(price(4_550, 'JPY')).toContain('JP¥4,550');
    expect(price(4_550, 'KWD')).toMatch(/KWD\s4\.550/);
  });
});

describe('News of a booking', () => {
  const { subject, text } = compose(bookingMail('BOOKING_NOTIFICATION', 'owner'));

  it("tells the owner who comes, how to reach them, and the time on both's clocks", () => {
    expect(subject).toBe('New booking: Lesson with Ada Lovelace');
    expect(text).toContain('With:\n  Ada Lovelace\n  ada@example.com\n  +44 20 7946 0000');
    expect(text).toContain('11:00 – 11:30, Europe/Berlin (UTC+1)');
    expect(text).toContain(
      'Time for Ada Lovelace:\n  Monday, 2 March 2026\n  10:00 – 10:30, Europe/London (UTC)',
    );
  });
});

describe('A mail about a move', () => {
  it('tells the new time and the former', () => {
    const { subject, text } = compose(bookingMail('RESCHEDULE_CONFIRMATION'));
    expect(subject).toBe('Moved: Lesson with Ann Host');
    expect(text).toContain('New time:\n  Tuesday, 31 March 2026\n  23:30 – 00:00, Europe/London (UTC+1)');
    expect(text).toContain('Former time:\n  Monday, 2 March 2026\n  10:00 – 10:30, Europe/London (UTC)');
  });
});

describe('A mail about a cancellation', () => {
  it('tells who cancelled and why, and leads nowhere', () => {
    const { subject, text, html } = compose(bookingMail('CANCELLATION_CONFIRMATION'));
    expect(subject).toBe('Cancelled: Lesson with Ann Host');
    expect(text).toContain('Ann Host cancelled it.');
    expect(text).toContain('Reason:\n  Ill in bed.\n  I am sorry!');
    expect(html).not.toContain('href');
  });
});

describe('A reminder', () => {
  it.each([
    [24 * 60, 'Your meeting starts in about 24 hours'],
    [60, 'Your meeting starts in about 1 hour'],
    [45, 'Your meeting starts in about 45 minutes'],
  ])('%d minutes ahead says so', (minutes, title) => {
    const { text, html } = compose(
      bookingMail('REMINDER'),
      Instant.parse(START).minusSeconds(minutes * 60 - 5),
    );
    expect(text).toContain(title);
    expect(html).toContain(title);
  });
});

describe('A mail about a calendar that cannot be read', () => {
  it('tells which, when it was last read, the last error, and how to read it now', () => {
    const { subject, text, invitation } = compose(calendarStale);
    expect(subject).toBe('Calendar cannot be read: ann at cloud.example.com');
    for (const fact of [
      'none of your times is offered',
      'Thursday, 26 February 2026, 00:10, Europe/Berlin (UTC+1)',
      'The server does not accept the username and password',
      'linktime calendars sync 01982f4e-9c1b-7d3a-8e55-3f1c2b7a9d11',
    ]) {
      expect(text).toContain(fact);
    }
    expect(invitation).toBeNull();
  });

  it('says so of one that never was read', () => {
    const { text } = compose({ ...calendarStale, since: null } as Mail);
    expect(text).toMatch(/Last read:\s+Never/);
  });
});

describe('A mail about a disabled webhook endpoint', () => {
  it('tells which, since when, the last error and the commands that set it going again', () => {
    const { subject, text, invitation } = compose(webhookDisabled);
    expect(subject).toBe('Webhook endpoint disabled: hooks.example.com');
    for (const fact of [
      'https://hooks.example.com/linktime?tenant=42',
      'Thursday, 26 February 2026, 00:10, Europe/Berlin (UTC+1)',
      'Answered 503 Service Unavailable',
      'linktime webhooks enable 01982f4e-9c1b-7d3a-8e55-3f1c2b7a9d10',
      'linktime webhooks recover 01982f4e-9c1b-7d3a-8e55-3f1c2b7a9d10 --since 2026-02-25T23:10:00.000Z',
    ]) {
      expect(text).toContain(fact);
    }
    expect(invitation).toBeNull();
  });
});

describe('Every mail', () => {
  it.each(Object.entries(mails))('(%s) needs nothing from elsewhere and is no trap', (_name, mail) => {
    const { html } = compose(mail);
    expect(html).not.toMatch(
      /<(img|link|script|iframe|form|object|input|base)\b|url\(|@import|\son\w+=|src=/i,
    );
    for (const [, href] of html.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^https?:\/\//);
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
  });

  it('bears the subject under which it was owed', () => {
    const { booking, host } = bookingMail('BOOKING_CONFIRMATION');
    const event = {
      ...{ name: 'booking.created' as const, ownerId: 'ann', subjectId: booking.id },
      ...{ occurredAt: dayBefore, data: booking },
    };
    for (const { type, role, subject } of owedEmails(event, host))
      expect(compose(bookingMail(type, role)).subject).toBe(subject);
  });

  it('tells times in UTC to a reader whose zone nobody knows', () => {
    const reader = { ...bookingMail('REMINDER').reader, timezone: 'Mars/Olympus' };
    expect(compose(bookingMail('REMINDER', 'invitee', { reader })).text).toContain('10:00 – 10:30, UTC\n');
  });

  it('speaks another language when it is given the words', () => {
    const german = {
      ...english,
      language: 'de',
      labels: { ...english.labels, when: 'Wann' },
    };
    const { text, html } = composeMail(bookingMail('BOOKING_CONFIRMATION'), { at: dayBefore }, german);
    expect(text).toContain('Wann:\n  Montag, 2. März 2026');
    expect(html).toContain('<html lang="de">');
  });
});

const evil = `<script>alert('1')</script>"><img src=x onerror=alert(1)>&lt;`;

/** The mail with that text wherever somebody types one. */
function typed(mail: BookingMail, text: string): BookingMail {
  const { booking, host, reader } = mail;
  return {
    ...mail,
    reader: { ...reader, name: text, timezone: text },
    host: { ...host, name: text, email: text, timezone: text },
    booking: {
      ...booking,
      eventType: { ...booking.eventType, name: text },
      invitee: { name: text, email: text, timezone: text, phone: text, guests: [text] },
      ...{ location: text, meetingLink: text, notes: text, answers: { [text]: [text], other: text } },
      ...('cancelReason' in booking && { cancelReason: text }),
    },
  };
}

const bookingMails = Object.values(mails).filter((mail): mail is BookingMail => !isNotice(mail));

describe('Whatever people type', () => {
  it('stays text in HTML', () => {
    for (const mail of bookingMails) {
      const { html } = compose(typed(mail, evil));
      expect(html).not.toMatch(/<script|<img/i);
      expect(html).toContain('&lt;script>alert(');
    }
  });

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'mailto:a@b.c',
    '//evil.example',
  ])('no link leads to %j', (address) => {
    const { html } = compose(typed(bookingMail('BOOKING_CONFIRMATION', 'owner'), address));
    const pages = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => new URL(href!).host);
    expect(new Set(pages)).toEqual(
      new Set(['calendar.google.com', 'outlook.live.com', 'outlook.office.com']),
    );
  });

  it('a mail has one subject line, no control character, and HTML of the same shape', () => {
    const shape = (html: string) =>
      [...html.matchAll(/<\/?(\w+)/g)]
        .map(([, tag]) => tag)
        .filter((tag) => !/^(a|br|div|tr|th|td)$/.test(tag!));
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...bookingMails), (text, mail) => {
        const { subject, text: said, html } = compose(typed(mail, text));
        expect(subject).toMatch(/^[^\p{Cc}\u2028\u2029]*$/u);
        expect(said).toMatch(/^[\P{Cc}\n]*$/u);
        expect(html).toMatch(/^[\P{Cc}\n]*$/u);
        expect(shape(html)).toEqual(shape(compose(mail).html));
      }),
    );
  });

  it('cannot pass for a label or a signature of the text', () => {
    const notes = 'See you\nWhen:\n  Sunday\n-- \nbye';
    const { text } = compose(bookingMail('BOOKING_CONFIRMATION', 'invitee', { booking: { notes } }));
    expect(text.match(/^When:$/gm)).toHaveLength(1);
    expect(text.match(/^-- $/gm)).toHaveLength(1);
  });
});
