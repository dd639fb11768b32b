import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { stageGoogle, type GoogleStage } from '../../../test/support/google-account.js';
import { googleRefuses, type AskedOfGoogle } from '../../../test/support/google-server.js';
import { busyNews } from '../domain/busy-news.js';
import { CalendarAccessLost, CalendarGone, CalendarUnavailable } from '../domain/errors.js';
import type { ChangePage, MirroredEvent } from '../domain/remote-event.js';
import { eventIdOf, uidOf } from './google-event-id.js';

describe('A booking in a Google calendar', () => {
  let stage: GoogleStage;
  let id: string;

  beforeEach(async () => {
    stage = await stageGoogle();
    id = stage.google.addCalendar();
  });
  afterEach(() => stage.close());

  const put = (event: MirroredEvent, placed: Parameters<typeof stage.calendar.put>[3] = null) =>
    stage.calendar.put(stage.account, id, event, placed);
  const events = () => stage.google.events(id);
  const hasMethod = (method: string) => (asked: AskedOfGoogle) => asked.method === method;

  it('is one event, with its guests in the description, of which Google mails nobody', async () => {
    const placed = await put(booking());
    expect(events()).toMatchObject([
      {
        id: placed.remoteId,
        etag: placed.etag,
        status: 'confirmed',
        summary: 'Intro call',
        description: 'Notes\n\nEmmy Noether &lt;emmy@example.com>\nkurt@example.com',
        location: 'Room 1',
        start: { dateTime: '2026-02-10T10:00:00.000Z' },
        end: { dateTime: '2026-02-10T10:30:00.000Z' },
      },
    ]);
    expect(events()[0]).not.toHaveProperty('attendees');
    expect(stage.google.asked[0]!.url.searchParams.get('sendUpdates')).toBe('none');
    expect(placed.meetingLink).toBeNull();
  });

  it('is one event too when it is put twice, or twice at once', async () => {
    const [one, other] = await Promise.all([put(booking()), put(booking())]);
    const third = await put(booking({ title: 'Renamed' }));
    expect(new Set([one.remoteId, other.remoteId, third.remoteId]).size).toBe(1);
    expect(events()).toMatchObject([{ summary: 'Renamed' }]);
  });

  it('is its own event, whatever other bookings are there', async () => {
    await put(booking());
    await put(booking({ uid: 'other@linktime' }));
    expect(events()).toHaveLength(2);
  });

  it('moves, and keeps what the owner added to it', async () => {
    const placed = await put(booking());
    stage.google.changeEvent(id, placed.remoteId, {
      colorId: '7',
      start: { date: '2026-02-12' },
      end: { date: '2026-02-13' },
    });
    const time = {
      start: Instant.parse('2026-02-11T10:00:00Z'),
      end: Instant.parse('2026-02-11T10:30:00Z'),
    };
    await put(booking({ time, location: null }), placed);
    expect(events()).toMatchObject([
      {
        colorId: '7',
        start: { dateTime: '2026-02-11T10:00:00.000Z' },
        end: { dateTime: '2026-02-11T10:30:00.000Z' },
      },
    ]);
    expect(events()[0]).not.toHaveProperty('location');
    expect(events()[0]!.start).not.toHaveProperty('date');
  });

  it.each<[string, (remoteId: string) => void]>([
    ['was deleted by hand', (remoteId) => stage.google.deleteEvent(id, remoteId)],
    ['is not known any more', () => stage.google.fail(googleRefuses(404, 'notFound'))],
    ['is said to be gone', () => stage.google.fail(googleRefuses(410, 'deleted'))],
  ])('is there again when it is put after it %s', async (_, happens) => {
    const placed = await put(booking());
    happens(placed.remoteId);
    expect((await put(booking(), placed)).remoteId).toBe(placed.remoteId);
    expect(events()).toMatchObject([{ status: 'confirmed' }]);
  });

  it('is there again also when nobody remembers where it was', async () => {
    const placed = await put(booking());
    stage.google.deleteEvent(id, placed.remoteId);
    await put(booking());
    expect(events()).toHaveLength(1);
  });

  it('is removed, also twice, and where there is no such event', async () => {
    const { remoteId } = await put(booking());
    const remove = (event: string) => stage.calendar.remove(stage.account, id, event);
    await remove(remoteId);
    await remove(remoteId);
    await remove('linktime00');
    expect(events()).toEqual([]);
    expect(stage.google.asked.at(-1)!.url.searchParams.get('sendUpdates')).toBe('none');
  });

  it('comes back in what changed under its own UID, so that it blocks no time a second time', async () => {
    await put(booking());
    const { value } = await changes().next();
    const page = value as ChangePage;
    expect(page.changed).toMatchObject([{ uid: booking().uid, time: booking().time }]);
    expect(busyNews(page).kept).toMatchObject([{ busy: [] }]);
  });

  it('comes back under another UID as a copy that the owner made, which blocks time', async () => {
    const { remoteId } = await put(booking());
    const { start, end } = events().find((event) => event.id === remoteId)!;
    stage.google.addEvent(id, { id: 'copy', start, end });
    const { value } = await changes().next();
    const copy = busyNews(value as ChangePage).kept.find((event) => event.id === 'copy');
    expect(copy).toMatchObject({ busy: [booking().time] });
  });

  it('keeps an over-long description within what Google takes', async () => {
    await put(booking({ description: '<b>'.repeat(10_000) }));
    const { description } = events()[0] as unknown as { description: string };
    expect(description).not.toContain('<');
    expect(description.replaceAll('&lt;', '<')).toHaveLength(8_000);
  });

  it('says why it could not be put', async () => {
    const readOnly = stage.google.addCalendar({ accessRole: 'reader' });
    const placing = (calendarId: string) => stage.calendar.put(stage.account, calendarId, booking(), null);
    await expect(placing(readOnly)).rejects.toThrow(CalendarAccessLost);
    await expect(placing('gone')).rejects.toThrow(CalendarGone);
    stage.google.fail(googleRefuses(403, 'rateLimitExceeded'));
    await expect(placing(id)).rejects.toThrow(CalendarUnavailable);
    stage.google.fail(googleRefuses(409, 'conflict'), { times: 2 });
    await expect(placing(id)).rejects.toThrow('The event changes while it is written');
  });

  describe('with a meeting', () => {
    const online = booking({ wantsMeetingLink: true });

    it('has the link that Google made for it, and the same for its whole life', async () => {
      const placed = await put(online);
      expect(placed.meetingLink).toMatch(/^https:\/\/meet\.google\.com\//);
      expect((await put(online, placed)).meetingLink).toBe(placed.meetingLink);
      expect((await put(online)).meetingLink).toBe(placed.meetingLink);
      expect(JSON.parse(stage.google.asked[0]!.body)).toMatchObject({
        conferenceData: {
          createRequest: { requestId: online.uid, conferenceSolutionKey: { type: 'hangoutsMeet' } },
        },
      });
    });

    it('waits a little for a link that takes a while, and no longer', async () => {
      stage.google.meetings = { afterReads: 2 };
      expect((await put(online)).meetingLink).toMatch(/^https:/);

      stage.google.meetings = { afterReads: 3 };
      const other = { ...online, uid: 'other@linktime' };
      const placed = await put(other);
      expect(placed.meetingLink).toBeNull();
      await stage.calendar.put(stage.account, id, other, placed);
      expect((await put(other, placed)).meetingLink).toMatch(/^https:/);
    });

    it.each([
      ['Google makes none in such a calendar', 'refused' as const],
      ['none comes about', 'never' as const],
    ])('is put without one where %s', async (_, meetings) => {
      stage.google.meetings = meetings;
      expect((await put(online)).meetingLink).toBeNull();
      expect(events()).toMatchObject([{ summary: 'Intro call' }]);
      expect(stage.google.asked.filter(hasMethod('GET'))).toEqual([]);
    });

    it('keeps it while it is changed without asking for one', async () => {
      const { meetingLink } = await put(online);
      const offline = await put(booking());
      expect(offline.meetingLink).toBeNull();
      expect(events()).toMatchObject([{ hangoutLink: meetingLink }]);
    });
  });

  const changes = () =>
    stage.calendar.changes(
      stage.account,
      id,
      null,
      { start: Instant.parse('2026-01-01T00:00:00Z'), end: Instant.parse('2027-01-01T00:00:00Z') },
      'Europe/Berlin',
    );
});

describe("The id of a booking's event at Google", () => {
  it('is of letters that Google takes, and tells the UID', () => {
    for (const uid of ['0190f5f0-0000-7000-8000-000000000001@linktime', 'Ü@linktime']) {
      expect(eventIdOf(uid)).toMatch(/^[a-v0-9]{5,1024}$/);
      expect(uidOf(eventIdOf(uid))).toBe(uid);
    }
  });

  it('is told from ids that Google makes, and from instances of a series', () => {
    const own = eventIdOf('a@linktime');
    for (const other of ['7cbh8rpc10lrc0ckih9tafss99', 'linktime', 'linktime0', `${own}_20260210T100000Z`])
      expect(uidOf(other)).toBeNull();
  });
});

function booking(more: Partial<MirroredEvent> = {}): MirroredEvent {
  return {
    uid: '0190f5f0-0000-7000-8000-000000000001@linktime',
    sequence: 0,
    time: { start: Instant.parse('2026-02-10T10:00:00Z'), end: Instant.parse('2026-02-10T10:30:00Z') },
    title: 'Intro call',
    description: 'Notes',
    location: 'Room 1',
    attendees: [
      { name: 'Emmy Noether', email: 'emmy@example.com' },
      { name: null, email: 'kurt@example.com' },
    ],
    wantsMeetingLink: false,
    ...more,
  };
}
