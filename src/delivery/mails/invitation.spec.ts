import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { hostileText } from '../../../test/support/hostile.js';
import { bookingMail } from '../../../test/support/mails.js';
import type { BookingMail } from '../domain/mail.js';
import { composeMail } from './compose-mail.js';

const at = Instant.parse('2026-03-01T10:00:00Z');

const invitationOf = (mail: BookingMail) => composeMail(mail, { at }).invitation!;
const eventOf = (content: string) => ICAL.Component.fromString(content).getFirstSubcomponent('vevent')!;
const valueOf = (mail: BookingMail, property: string) =>
  String(eventOf(invitationOf(mail).content).getFirstPropertyValue(property));

/** Each line as it stands, without what ends it. */
function linesOf(content: string): string[] {
  expect(content.endsWith('\r\n')).toBe(true);
  return content.slice(0, -2).split('\r\n');
}

describe('The invitation in a mail', () => {
  it('asks calendars to file the meeting', () => {
    const { method, content } = invitationOf(bookingMail('BOOKING_CONFIRMATION'));
    expect(method).toBe('REQUEST');
    expect(linesOf(content)).toEqual(
      expect.arrayContaining([
        'METHOD:REQUEST',
        'VERSION:2.0',
        'DTSTART:20260302T100000Z',
        'DTEND:20260302T103000Z',
        'DTSTAMP:20260201T080000Z',
        'STATUS:CONFIRMED',
        'SEQUENCE:0',
        'TRANSP:OPAQUE',
        'SUMMARY:Lesson: Ann Host and Ada Lovelace',
        'LOCATION:https://meet.example.com/ann',
        'CONFERENCE;VALUE=URI:https://meet.example.com/ann',
        'ORGANIZER;CN=Ann Host:mailto:ann@example.com',
      ]),
    );
  });

  it('names who comes: the invitee and the guests, who have said yes by booking and owe no answer', () => {
    const attendees = eventOf(invitationOf(bookingMail('BOOKING_CONFIRMATION')).content)
      .getAllProperties('attendee')
      .map((attendee) => [attendee.getFirstValue(), attendee.toJSON()[1]]);
    const yes = { cutype: 'INDIVIDUAL', role: 'REQ-PARTICIPANT', partstat: 'ACCEPTED', rsvp: 'FALSE' };
    expect(attendees).toEqual([
      ['mailto:ada@example.com', { ...yes, cn: 'Ada Lovelace' }],
      ['mailto:charles@example.com', yes],
    ]);
  });

  it('is the same meeting with a higher number after each move, and once more when it is cancelled', () => {
    const booking = bookingMail('BOOKING_CONFIRMATION').booking;
    const moved = { ...booking, sequence: 1 };
    const cancelled = { ...moved, status: 'CANCELLED' };
    const history = [
      bookingMail('BOOKING_CONFIRMATION', 'invitee', { booking }),
      bookingMail('RESCHEDULE_CONFIRMATION', 'invitee', { booking: moved }),
      bookingMail('CANCELLATION_CONFIRMATION', 'invitee', { booking: cancelled }),
    ];
    expect(history.map((mail) => valueOf(mail, 'sequence'))).toEqual(['0', '1', '2']);
    expect(new Set(history.map((mail) => valueOf(mail, 'uid')))).toEqual(new Set([`${booking.id}@linktime`]));
  });

  it('is withdrawn by a cancellation', () => {
    const { method, content } = invitationOf(bookingMail('CANCELLATION_CONFIRMATION'));
    expect(method).toBe('CANCEL');
    expect(linesOf(content)).toEqual(expect.arrayContaining(['METHOD:CANCEL', 'STATUS:CANCELLED']));
  });

  it('is dated by the booking, so that a mail that comes late does not outdo later news', () => {
    const mail = bookingMail('RESCHEDULE_CONFIRMATION');
    const late = composeMail(mail, { at: at.plusSeconds(86_400) });
    expect(late.invitation).toEqual(invitationOf(mail));
    expect(valueOf(mail, 'dtstamp')).toBe('2026-02-02T08:00:00Z');
  });

  it('goes to the owner as well, whose calendar wants the meeting too', () => {
    expect(invitationOf(bookingMail('BOOKING_NOTIFICATION', 'owner')).method).toBe('REQUEST');
  });

  it('gives the links that act on the booking to the invitee alone', () => {
    expect(valueOf(bookingMail('BOOKING_CONFIRMATION'), 'description')).toContain('/reschedule?token=');
    for (const role of ['guest', 'owner'] as const) {
      const content = JSON.stringify(composeMail(bookingMail('BOOKING_CONFIRMATION', role), { at }));
      expect(content).not.toContain('token');
    }
  });

  it('is not part of a reminder, which tells calendars nothing new', () => {
    expect(composeMail(bookingMail('REMINDER'), { at }).invitation).toBeNull();
  });

  it('has no conference but a web page', () => {
    const mail = bookingMail('BOOKING_CONFIRMATION', 'invitee', {
      booking: { location: 'Room 4', meetingLink: 'javascript:alert(1)' },
    });
    expect(invitationOf(mail).content).not.toMatch(/^(URL|CONFERENCE)/m);
  });

  it.each([
    ['a?bcc=b@example.com', 'mailto:a%3Fbcc%3Db@example.com'],
    ['50%&more@example.com', 'mailto:50%25%26more@example.com'],
    ['zoë@bücher.example', 'mailto:zo%C3%AB@b%C3%BCcher.example'],
    ['a+b@example.com', 'mailto:a+b@example.com'],
  ])('writes the address %s as %s', (email, address) => {
    const host = { name: 'Ann', email, timezone: 'UTC' };
    expect(valueOf(bookingMail('BOOKING_CONFIRMATION', 'invitee', { host }), 'organizer')).toBe(address);
  });

  it('quotes names (RFC 6868) so that they are read again as they were', () => {
    const name = 'Ann "the ^ Host"; of: all, 😀';
    const host = { name, email: 'ann@example.com', timezone: 'UTC' };
    const { content } = invitationOf(bookingMail('BOOKING_CONFIRMATION', 'invitee', { host }));
    expect(content).toContain(`CN="Ann ^'the ^^ Host^'; of: all, 😀"`);
    expect(eventOf(content).getFirstProperty('organizer')!.getFirstParameter('cn')).toBe(name);
  });
});

const troubledText = fc.oneof(
  hostileText,
  fc
    .array(
      fc.constantFrom(
        '"',
        ',',
        ';',
        ':',
        '\\',
        '\\n',
        '^',
        '^n',
        '\r\n',
        '\n',
        '\r',
        'END:VEVENT',
        '\t',
        '😀',
        'ü',
        'مرحبا',
        ' ',
        'x',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
);

describe('Whatever people type, the invitation', () => {
  const property = fc.property(
    fc.record({
      name: troubledText,
      what: troubledText,
      notes: troubledText,
      location: troubledText,
      answer: troubledText,
    }),
    ({ name, what, notes, location, answer }) => {
      const mail = bookingMail('BOOKING_CONFIRMATION');
      const { invitee, eventType } = mail.booking;
      const { content } = invitationOf({
        ...mail,
        host: { name: what, email: 'ann@example.com', timezone: 'UTC' },
        booking: {
          ...mail.booking,
          eventType: { ...eventType, name: what },
          invitee: { ...invitee, name },
          ...{ notes, location, meetingLink: location, answers: { topic: answer } },
        },
      });
      const lines = linesOf(content);
      for (const line of lines) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        expect(line).toMatch(/^\P{Cc}*$/u); // nor a bare CR or LF
        expect(line.isWellFormed()).toBe(true);
      }
      // As many properties as ever, so nothing that was typed has become one.
      const names = content
        .replaceAll('\r\n ', '')
        .split('\r\n')
        .map((line) => /^[A-Z-]+/.exec(line)?.[0]);
      const usual = ['URL', 'CONFERENCE', 'LOCATION'];
      expect(names.filter((each) => !usual.includes(each!)).join(' ')).toBe(
        'BEGIN PRODID VERSION CALSCALE METHOD BEGIN UID SEQUENCE DTSTAMP CREATED LAST-MODIFIED DTSTART DTEND STATUS ' +
          'TRANSP SUMMARY DESCRIPTION ORGANIZER ATTENDEE ATTENDEE END END ',
      );
    },
  );

  it('keeps its lines within 75 octets, its characters printable and its structure', () => {
    fc.assert(property, { numRuns: 150 });
  });

  it('is read again as it was written', () => {
    fc.assert(
      fc.property(troubledText, (text) => {
        const mail = bookingMail('BOOKING_CONFIRMATION', 'invitee', {
          booking: { location: null, notes: text },
        });
        const invitation = invitationOf(mail);
        const description = String(eventOf(invitation.content).getFirstPropertyValue('description'));
        const said = composeMail(mail, { at }).text;
        for (const line of description.split('\n')) expect(said).toContain(line);
      }),
    );
  });
});
