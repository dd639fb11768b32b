import { describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { aBooking, anEventType } from '../../../test/support/event-types.js';
import { bookingUid, OWN_UID_END } from '../../kernel/booking-uid.js';
import type { BookingEventData } from '../../kernel/domain-event.js';
import { awaitsMeetingLink, mayGetMeetingLink, mirroredEvent, wantsMeetingLink } from './mirrored-event.js';

const booking = (given: Partial<BookingEventData> = {}): BookingEventData => ({
  ...aBooking(anEventType('ann', { name: '30 min' }), '2026-03-02T10:00:00Z').events[0]!.data,
  ...given,
});

describe('A booking in its owner’s calendar', () => {
  it('says who comes, when, and what he told', () => {
    expect(mirroredEvent(booking({ id: 'b', location: 'Room 5' }), 'CALDAV')).toEqual({
      uid: 'b@linktime',
      sequence: 0,
      time: { start: Instant.parse('2026-03-02T10:00:00Z'), end: Instant.parse('2026-03-02T10:30:00Z') },
      title: '30 min with Ada Lovelace',
      description: 'Phone: +44 20 7946 0000\ntopic: engines\nsizes: S, M\nadult: yes\nNotes: Two\nlines',
      location: 'Room 5',
      attendees: [
        { name: 'Ada Lovelace', email: 'ada@example.com' },
        { name: null, email: 'charles@example.com' },
      ],
      wantsMeetingLink: false,
    });
  });

  it('names its video meeting once, as its place or beside it', () => {
    const link = 'https://meet.example/a';
    const elsewhere = mirroredEvent(booking({ location: 'Google Meet', meetingLink: link }), 'CALDAV');
    expect(elsewhere.location).toBe('Google Meet');
    expect(elsewhere.description).toContain(`Meeting link: ${link}`);
    const there = mirroredEvent(booking({ location: link, meetingLink: link }), 'CALDAV');
    expect(there.location).toBe(link);
    expect(there.description).not.toContain(link);
  });

  it('is known again as our own, by the UID of its invitations', () => {
    expect(bookingUid('b').endsWith(OWN_UID_END)).toBe(true);
    expect(mirroredEvent(booking({ id: 'b' }), 'CALDAV').uid).toBe(bookingUid('b'));
  });

  it('asks a provider for a video meeting of its own kind, and of no other', () => {
    expect(wantsMeetingLink('Google Meet', 'GOOGLE')).toBe(true);
    expect(wantsMeetingLink('on google meet, please', 'GOOGLE')).toBe(true);
    expect(wantsMeetingLink('Microsoft TEAMS', 'MICROSOFT')).toBe(true);
    for (const [location, provider] of [
      ['Google Meet', 'MICROSOFT'],
      ['Microsoft Teams', 'GOOGLE'],
      ['Google Meet', 'CALDAV'],
      ['Room 5', 'GOOGLE'],
      [null, 'GOOGLE'],
    ] as const)
      expect(wantsMeetingLink(location, provider)).toBe(false);
  });

  it('is waited for by the booking until the first of its calendars has made the meeting', () => {
    const meet = booking({ location: 'Google Meet' });
    const google = { provider: 'GOOGLE', meetingLink: null };
    const caldav = { provider: 'CALDAV', meetingLink: null };
    expect(awaitsMeetingLink(meet, [caldav, google])).toBe(true);
    expect(awaitsMeetingLink(meet, [google, { ...google, meetingLink: 'https://meet.example/a' }])).toBe(
      false,
    );
    expect(awaitsMeetingLink({ ...meet, meetingLink: 'https://meet.example/a' }, [google])).toBe(false);
    expect(awaitsMeetingLink(meet, [caldav])).toBe(false);
    expect(awaitsMeetingLink(meet, [])).toBe(false);
    expect(awaitsMeetingLink(booking({ location: 'Room 5' }), [google])).toBe(false);
  });

  it('can get a meeting from no calendar where its place names none that a provider makes, or it has a link', () => {
    expect(mayGetMeetingLink(booking({ location: 'Google Meet' }))).toBe(true);
    expect(mayGetMeetingLink(booking({ location: 'Microsoft Teams' }))).toBe(true);
    expect(mayGetMeetingLink(booking({ location: 'Room 5' }))).toBe(false);
    const meetingLink = 'https://meet.example/a';
    expect(mayGetMeetingLink(booking({ location: 'Google Meet', meetingLink }))).toBe(false);
  });
});
