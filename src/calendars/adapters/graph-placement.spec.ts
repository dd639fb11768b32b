import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GraphAccount, mirrored } from '../../../test/support/graph-account.js';
import { graphError } from '../../../test/support/graph-server.js';
import { answers } from '../../../test/support/receivers.js';
import { CalendarGone, CalendarUnavailable, CalendarUnreadable } from '../domain/errors.js';
import type { MirroredEvent, PlacedEvent } from '../domain/remote-event.js';

const CAL = 'cal-default';
const CREATE = /^POST/;

describe("A booking in its owner's Microsoft calendar", () => {
  let microsoft: GraphAccount;

  beforeEach(async () => {
    microsoft = await GraphAccount.open();
  });
  afterEach(() => microsoft.close());

  const put = (event: MirroredEvent, placed: PlacedEvent | null = null, calendarId = CAL) =>
    microsoft.calendar.put(microsoft.account, calendarId, event, placed);
  const event = (calendarId = CAL) => {
    const events = microsoft.graph.events(calendarId);
    expect(events).toHaveLength(1);
    return events[0]!;
  };

  it('is an event with its title, time, place and text, to which nobody is invited', async () => {
    const placed = await put(mirrored());
    expect(event()).toMatchObject({
      subject: 'Intro call',
      start: { dateTime: '2026-01-05T10:00:00.0000000', timeZone: 'UTC' },
      end: { dateTime: '2026-01-05T10:30:00.0000000', timeZone: 'UTC' },
      location: { displayName: 'Room 4' },
      body: { contentType: 'text', content: 'About the plan\n\nEmmy Noether <emmy@example.com>' },
      showAs: 'busy',
      isAllDay: false,
    });
    expect(event()['attendees']).toBeUndefined();
    expect(event()['isOnlineMeeting']).toBeUndefined();
    expect(placed).toEqual({ remoteId: event()['id'], etag: event()['@odata.etag'], meetingLink: null });
  });

  it('is one event however often it is put, also at once', async () => {
    const first = await put(mirrored());
    expect((await put(mirrored())).remoteId).toBe(first.remoteId);
    expect((await put(mirrored(), first)).remoteId).toBe(first.remoteId);
    expect(microsoft.graph.events(CAL)).toHaveLength(1);

    const other = mirrored('2026-01-06T10:00:00Z', { uid: 'booking-2@linktime' });
    const twice = await Promise.all([put(other), put(other), put(other)]);
    expect(new Set(twice.map(({ remoteId }) => remoteId)).size).toBe(1);
    expect(microsoft.graph.events(CAL)).toHaveLength(2);
  });

  it.each([false, true])(
    'is one event where the answer to its making is lost (twins refused: %s)',
    async (refuses) => {
      microsoft.graph.refusesTwins = refuses;
      const first = await put(mirrored());
      microsoft.graph.fail(answers(200, '{"value":[]}'), { on: /filter/ }); // as if it were not found yet
      expect((await put(mirrored())).remoteId).toBe(first.remoteId);

      microsoft.graph.fail(answers(200, '{"value":[]}'), { on: /filter/ });
      const moved = await put(mirrored('2026-01-07T12:00:00Z'));
      expect(moved.remoteId).toBe(first.remoteId);
      expect(event()).toMatchObject({ start: { dateTime: '2026-01-07T12:00:00.000' } });
    },
  );

  it('is made anew where Graph names a twin among the deleted items', async () => {
    microsoft.graph.addCalendar('deleted', 'Deleted items');
    const { id } = microsoft.graph.add('deleted', {
      start: '2026-01-05T10:00:00',
      end: '2026-01-05T10:30:00',
    });
    const error = { code: 'ErrorDuplicateTransactionId', '@event.existingEventId': id };
    microsoft.graph.fail(answers(400, JSON.stringify({ error })), { on: CREATE });
    expect((await put(mirrored())).remoteId).not.toBe(id);
    expect(event()['subject']).toBe('Intro call');
  });

  it('is found where Graph says 409 and not which event it is', async () => {
    const first = await put(mirrored());
    microsoft.graph.fail(answers(200, '{"value":[]}'), { on: /filter/ });
    microsoft.graph.fail(graphError(409, 'ErrorDuplicateTransactionId'), { on: CREATE });
    expect((await put(mirrored('2026-01-07T12:00:00Z'))).remoteId).toBe(first.remoteId);
    expect(microsoft.graph.events(CAL)).toHaveLength(1);
  });

  it('is changed where it was made before of an earlier state, though Graph says that it was made', async () => {
    const first = await put(mirrored());
    microsoft.graph.fail(answers(200, '{"value":[]}'), { on: /filter/ });
    microsoft.graph.fail(answers(201, JSON.stringify(event())), { on: CREATE });
    await put(mirrored('2026-01-07T12:00:00Z'), null);
    expect(event()).toMatchObject({ id: first.remoteId, start: { dateTime: '2026-01-07T12:00:00.000' } });
  });

  it('moves with the booking, also where the owner moved it, and loses its place with the booking', async () => {
    const placed = await put(mirrored());
    microsoft.graph.move(placed.remoteId, { start: '2026-01-05T12:00:00', end: '2026-01-05T13:00:00' });
    const moved = await put(mirrored('2026-01-06T10:00:00Z', { location: null }), placed);
    expect(moved.remoteId).toBe(placed.remoteId);
    expect(event()).toMatchObject({
      start: { dateTime: '2026-01-06T10:00:00.000', timeZone: 'UTC' },
      location: { displayName: '' },
    });
  });

  it('is made anew after the owner deleted it, whether its place is remembered or not, as often as that happens', async () => {
    const first = await put(mirrored());
    microsoft.graph.delete(first.remoteId);
    const second = await put(mirrored(), first);
    microsoft.graph.delete(second.remoteId);
    const third = await put(mirrored(), null);
    microsoft.graph.delete(third.remoteId);
    const fourth = await put(mirrored(), null);
    expect(event()['id']).toBe(fourth.remoteId);
    expect((await put(mirrored(), first)).remoteId).toBe(fourth.remoteId);
    expect((await microsoft.sync()).events.map(({ uid }) => uid)).toEqual(['booking-1@linktime']);
  });

  it('may stand in two calendars while it goes from one to the other', async () => {
    microsoft.graph.addCalendar('cal-2', 'Other');
    const first = await put(mirrored());
    const second = await put(mirrored(), null, 'cal-2');
    await microsoft.calendar.remove(microsoft.account, CAL, first.remoteId);
    expect(event('cal-2')['id']).toBe(second.remoteId);
    expect(microsoft.graph.events(CAL)).toEqual([]);
  });

  it('keeps quotes and signs of its UID and title', async () => {
    const odd = mirrored('2026-01-05T10:00:00Z', { uid: "o'b&r=%1/2+3@linktime", title: 'Ünï "quoted" 💋' });
    const first = await put(odd);
    expect((await put(odd)).remoteId).toBe(first.remoteId);
    expect(event()['subject']).toBe(odd.title);
    expect((await microsoft.sync()).events[0]!.uid).toBe(odd.uid);
  });

  it('gets a Teams meeting where one is wanted, and keeps it when it moves', async () => {
    const online = (start: string) => mirrored(start, { wantsMeetingLink: true, location: null });
    const placed = await put(online('2026-01-05T10:00:00Z'));
    expect(placed.meetingLink).toMatch(/^https:\/\/teams\.microsoft\.com\//);
    expect(event()).toMatchObject({ isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' });

    for (const known of [placed, null]) {
      const moved = await put(online('2026-01-06T10:00:00Z'), known);
      expect(moved).toMatchObject({ remoteId: placed.remoteId, meetingLink: placed.meetingLink });
      expect((event()['body'] as { content: string }).content).toContain(placed.meetingLink);
    }
    expect(event()).toMatchObject({ start: { dateTime: '2026-01-06T10:00:00.000' } });
  });

  it('keeps its Teams meeting where the answer to its making was lost', async () => {
    const online = (start: string) => mirrored(start, { wantsMeetingLink: true });
    const { meetingLink } = await put(online('2026-01-05T10:00:00Z'));
    microsoft.graph.fail(answers(200, '{"value":[]}'), { on: /filter/ });
    expect((await put(online('2026-01-06T10:00:00Z'))).meetingLink).toBe(meetingLink);
    expect((event()['body'] as { content: string }).content).toContain(meetingLink);
  });

  it('gets the link of a meeting that Graph makes a moment later', async () => {
    microsoft.graph.makesMeetingsLate = true;
    const { meetingLink } = await put(mirrored(undefined, { wantsMeetingLink: true }));
    expect(meetingLink).toBe((event()['onlineMeeting'] as { joinUrl: string }).joinUrl);
  });

  it('gets the meeting of a personal account, which has no Teams for business', async () => {
    microsoft.graph.isPersonal = true;
    const { meetingLink } = await put(mirrored(undefined, { wantsMeetingLink: true }));
    expect(meetingLink).toMatch(/^https:/);
  });

  it('gets a meeting later if one is wanted then, and no link where there is none', async () => {
    const placed = await put(mirrored());
    const online = mirrored(undefined, { wantsMeetingLink: true });
    expect((await put(online, placed)).meetingLink).toMatch(/^https:/);

    microsoft.graph.fail(answers(200, JSON.stringify({ ...event(), onlineMeeting: null })), {
      on: /PATCH|GET/,
      times: 2,
    });
    expect((await put(online, placed)).meetingLink).toBeNull();
  });

  it('is removed, and once more', async () => {
    const { remoteId } = await put(mirrored());
    await microsoft.calendar.remove(microsoft.account, CAL, remoteId);
    await microsoft.calendar.remove(microsoft.account, CAL, remoteId);
    expect(microsoft.graph.events(CAL)).toEqual([]);
  });

  it('cannot be put into a calendar that is gone, nor while Graph asks to be left alone', async () => {
    await expect(put(mirrored(), null, 'cal-gone')).rejects.toThrow(CalendarGone);
    microsoft.graph.fail(graphError(429, 'ApplicationThrottled', '5'), { times: 2 });
    await expect(put(mirrored())).rejects.toMatchObject({ retryAfterSeconds: 5 });
    await expect(microsoft.calendar.remove(microsoft.account, CAL, 'x')).rejects.toThrow(CalendarUnavailable);
  });

  it('is not taken for put when the answer is none', async () => {
    for (const answer of [answers(201, '{}'), answers(201, 'ok'), graphError(400, 'ErrorInvalidRequest')]) {
      microsoft.graph.fail(answer, { on: CREATE });
      await expect(put(mirrored())).rejects.toThrow(CalendarUnreadable);
    }
    microsoft.graph.fail(graphError(400, 'ErrorDuplicateTransactionId'), { on: CREATE, times: 5 });
    await expect(put(mirrored())).rejects.toThrow(CalendarUnavailable);
    expect(microsoft.graph.events(CAL)).toEqual([]);
  });
});
