import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { stageGoogle, type GoogleStage } from '../../../test/support/google-account.js';
import type { GoogleEvent } from '../../../test/support/google-calendar-state.js';
import { googleRefuses, type AskedOfGoogle } from '../../../test/support/google-server.js';
import { answers, drips, floods, neverAnswers, type Behaviour } from '../../../test/support/receivers.js';
import {
  CalendarAccessLost,
  CalendarGone,
  CalendarUnavailable,
  CalendarUnreadable,
} from '../domain/errors.js';
import type { ChangePage } from '../domain/remote-event.js';

const window = { start: Instant.parse('2026-01-01T00:00:00Z'), end: Instant.parse('2027-01-01T00:00:00Z') };

describe('GoogleOwnerCalendar', () => {
  let stage: GoogleStage;
  let id: string;

  beforeEach(async () => {
    stage = await stageGoogle();
    id = stage.google.addCalendar({ summary: 'Work' });
  });
  afterEach(() => stage.close());

  const sync = async (cursor: string | null = null, timezone = 'Europe/Berlin') => {
    const pages = stage.calendar.changes(stage.account, id, cursor, window, timezone);
    const read: ChangePage[] = [];
    for (;;) {
      const { done, value } = await pages.next();
      if (!done) read.push(value);
      else
        return {
          pages: read,
          cursor: value,
          changed: read.flatMap(({ changed }) => changed),
          removed: read.flatMap(({ removed }) => removed),
          skipped: read.reduce((sum, { skipped = 0 }) => sum + skipped, 0),
          fromScratch: read.map(({ fromScratch }) => fromScratch),
        };
    }
  };
  const addEvent = (more: Partial<GoogleEvent> = {}) =>
    stage.google.addEvent(id, { ...tenToEleven, ...more });
  const isPage = (asked: AskedOfGoogle) => asked.url.searchParams.has('pageToken');
  const lastAsked = () => stage.google.asked.at(-1)!;

  describe('lists calendars', () => {
    it('by the name that the owner gave them, with what may be written to and which is the first', async () => {
      const { google, calendar, account } = stage;
      google.addCalendar({ id: 'owner@example.com', summary: 'owner@example.com', primary: true });
      google.addCalendar({ id: 'team', summary: 'Team', summaryOverride: 'My team', accessRole: 'writer' });
      google.addCalendar({ id: 'holidays', summary: 'Holidays', accessRole: 'reader' });
      expect(await calendar.calendars(account)).toEqual([
        { id, name: 'Work', writable: true, primary: false },
        { id: 'owner@example.com', name: 'owner@example.com', writable: true, primary: true },
        { id: 'team', name: 'My team', writable: true, primary: false },
        { id: 'holidays', name: 'Holidays', writable: false, primary: false },
      ]);
    });

    it('page by page', async () => {
      stage.google.mostPerPage = 2;
      for (let i = 0; i < 4; i += 1) stage.google.addCalendar();
      expect(await stage.calendar.calendars(stage.account)).toHaveLength(5);
      expect(stage.google.asked).toHaveLength(3);
    });
  });

  describe('tells of busy times', () => {
    const busyOf = async (more: Partial<GoogleEvent>) => {
      addEvent(more);
      const { changed, skipped } = await sync();
      return {
        busy: changed.flatMap(({ busy }) => busy.map(({ start, end }) => `${start}/${end}`)),
        skipped,
      };
    };

    it.each<[string, Partial<GoogleEvent>]>([
      ['is shown as free for', { transparency: 'transparent' }],
      ['declined', { attendees: [{ self: true, responseStatus: 'declined' }] }],
      ['works during, somewhere', { eventType: 'workingLocation' }],
      ['has birthdays to think of', { eventType: 'birthday' }],
    ])('but not of one that the owner %s', async (_, more) => {
      expect(await busyOf(more)).toEqual({ busy: [], skipped: 0 });
    });

    it.each<[string, Partial<GoogleEvent>]>([
      ['accepted', { attendees: [{ self: true, responseStatus: 'accepted' }] }],
      ['did not answer yet', { attendees: [{ self: true, responseStatus: 'needsAction' }] }],
      ['goes to though others declined', { attendees: [{ self: true }, { responseStatus: 'declined' }] }],
      ['has though the only guest declined', { attendees: [{ responseStatus: 'declined' }] }],
      ['is out of office for', { eventType: 'outOfOffice' }],
      ['is not certain of', { status: 'tentative' }],
    ])('of one that the owner %s', async (_, more) => {
      expect(await busyOf(more)).toEqual({ busy: ['2026-02-10T10:00:00Z/2026-02-10T11:00:00Z'], skipped: 0 });
    });

    it("as whole days of the owner's zone, however long the day is there", async () => {
      const { busy } = await busyOf({ start: { date: '2026-03-29' }, end: { date: '2026-03-30' } });
      expect(busy).toEqual(['2026-03-28T23:00:00Z/2026-03-29T22:00:00Z']);
    });

    it('whole, also where an event begins before the window, and of none outside of it', async () => {
      const aroundNewYear = { dateTime: '2025-12-31T18:00:00-05:00' };
      expect((await busyOf({ start: aroundNewYear })).busy).toEqual([
        '2025-12-31T23:00:00Z/2026-02-10T11:00:00Z',
      ]);
      const { cursor } = await sync();
      addEvent({
        id: 'later',
        start: { dateTime: '2027-01-01T00:00:00Z' },
        end: { dateTime: '2027-01-01T01:00:00Z' },
      });
      expect((await sync(cursor)).changed).toMatchObject([{ id: 'later', busy: [] }]);
    });

    it('by each instance of a series, at no one time of its own', async () => {
      addEvent({ id: 'weekly_1', recurringEventId: 'weekly', iCalUID: 'weekly@google.com' });
      expect((await sync()).changed).toMatchObject([
        { id: 'weekly_1', uid: 'weekly@google.com', time: null, busy: [{}] },
      ]);
    });

    it('with nothing of what the events are about, nor who goes there', async () => {
      const guests = [{ email: 'emmy@example.com' }, { self: true, responseStatus: 'declined' }];
      addEvent({ summary: 'Secret', description: 'x'.repeat(8_000), attendees: guests });
      expect((await sync()).changed).toMatchObject([{ busy: [] }]);
      const { searchParams } = lastAsked().url;
      expect(searchParams.get('maxAttendees')).toBe('1');
      expect(searchParams.get('fields')).not.toMatch(/summary|description|location|email|\*/);
    });

    it('and passes over what makes no sense, which it counts', async () => {
      const items = [
        { id: 'good', ...tenToEleven },
        ...[null, 7, 'event', [], {}, { id: 5 }, { id: '' }, { id: 'a\u0000b' }, { id: '\ud800' }],
        { id: 'no-time' },
        { id: 'no-end', start: { dateTime: '2026-02-10T10:00:00Z' } },
        { id: 'backwards', start: tenToEleven.end, end: tenToEleven.start },
        { id: 'no-day', start: { date: '2026-02-30' }, end: { date: '2026-03-01' } },
        { id: 'no-zone', start: { dateTime: '2026-02-10T10:00:00' }, end: tenToEleven.end },
        { id: 'year-0', start: { date: '0000-01-01' }, end: { date: '2026-03-01' } },
        {
          id: 'far',
          start: { dateTime: '2026-02-10T10:00:00Z' },
          end: { dateTime: '+99999-01-01T00:00:00Z' },
        },
        { id: 'numbers', start: { dateTime: 1 }, end: { dateTime: 2 } },
        { id: 'guests', ...tenToEleven, attendees: 'many' },
      ];
      stage.google.fail(answers(200, JSON.stringify({ items, nextSyncToken: 'next' })));
      const { changed, removed, skipped, cursor } = await sync();
      expect(changed.map((event) => event.id)).toEqual(['good']);
      expect(skipped).toBe(items.length - 1);
      expect(removed).toEqual(items.slice(10).map((item) => (item as { id: string }).id));
      expect(cursor).toBe('next');
    });
  });

  describe('goes on where it was', () => {
    it('through all pages, of the first reading and of the next', async () => {
      stage.google.mostPerPage = 3;
      for (let i = 0; i < 8; i += 1) addEvent({ id: `event-${i}` });
      const first = await sync();
      expect(first.fromScratch).toEqual([true, true, true]);
      expect(first.changed).toHaveLength(8);

      for (let i = 0; i < 4; i += 1) stage.google.deleteEvent(id, `event-${i}`);
      addEvent({ id: 'event-8' });
      const second = await sync(first.cursor);
      expect(second.fromScratch).toEqual([false, false]);
      expect(second.removed).toEqual(['event-0', 'event-1', 'event-2', 'event-3']);
      expect(second.changed).toMatchObject([{ id: 'event-8' }]);
    });

    it('asks each time with the same parameters, but for the window, which no sync token bears', async () => {
      stage.google.mostPerPage = 1;
      addEvent();
      addEvent();
      const { cursor } = await sync();
      await sync(cursor);
      const parameters = stage.google.asked.map(({ url }) => [...url.searchParams.keys()].sort().join(' '));
      const always = 'fields maxAttendees maxResults';
      expect(parameters).toEqual([
        `${always} singleEvents timeMax timeMin`,
        `${always} pageToken singleEvents timeMax timeMin`,
        `${always} singleEvents syncToken`,
      ]);
    });

    it.each<[string, Behaviour | null]>([
      ['its time has passed (410)', null],
      ['is none (400)', googleRefuses(400, 'invalid')],
    ])('reads all anew when Google says of the sync token that %s', async (_, behaviour) => {
      addEvent({ id: 'event' });
      const { cursor } = await sync();
      if (behaviour) stage.google.fail(behaviour);
      else stage.google.forgetSyncTokens();
      const again = await sync(cursor);
      expect(again.fromScratch).toEqual([true]);
      expect(again.changed).toMatchObject([{ id: 'event' }]);
      expect((await sync(again.cursor)).fromScratch).toEqual([false]);
    });

    it('has failed, to be tried again, when the token is lost half-way', async () => {
      stage.google.mostPerPage = 1;
      addEvent();
      addEvent();
      stage.google.fail(googleRefuses(410, 'fullSyncRequired'), { when: isPage });
      await expect(sync()).rejects.toThrow(CalendarUnavailable);
      expect((await sync()).changed).toHaveLength(2);
    });
  });

  describe('has access', () => {
    it('by a token that it renews when it is refused, and keeps', async () => {
      stage.google.accepts = (token) => token === 'fresh-token';
      addEvent();
      expect((await sync()).changed).toHaveLength(1);
      expect(stage.account.kept()).toMatchObject({
        accessToken: 'fresh-token',
        refreshToken: 'refresh-token',
      });
    });

    it('by a token that was refused once and is good', async () => {
      stage.google.accepts = () => true;
      stage.google.fail(googleRefuses(401, 'authError'));
      expect((await sync()).fromScratch).toEqual([true]);
    });

    it('no more, when the fresh token is refused too, and says so', async () => {
      stage.google.accepts = () => false;
      await expect(sync()).rejects.toThrow(CalendarAccessLost);
      await expect(stage.calendar.calendars(stage.stranger)).rejects.toThrow('The refresh token is revoked');
    });

    it.each(['forbidden', 'insufficientPermissions', 'accessNotConfigured'])(
      'no more, when Google refuses with 403 %s',
      async (reason) => {
        stage.google.fail(googleRefuses(403, reason));
        await expect(sync()).rejects.toThrow(CalendarAccessLost);
      },
    );

    it('not to a calendar that is gone', async () => {
      const { cursor } = await sync();
      stage.google.removeCalendar(id);
      await expect(sync(cursor)).rejects.toThrow(CalendarGone);
    });
  });

  describe('waits', () => {
    it.each<[string, Behaviour, number | null]>([
      ['403 rateLimitExceeded', googleRefuses(403, 'rateLimitExceeded'), null],
      ['403 userRateLimitExceeded', googleRefuses(403, 'userRateLimitExceeded', { 'retry-after': '30' }), 30],
      ['403 quotaExceeded', googleRefuses(403, 'quotaExceeded'), null],
      ['403 calendarUsageLimitsExceeded', googleRefuses(403, 'calendarUsageLimitsExceeded'), null],
      ['429', googleRefuses(429, 'rateLimitExceeded', { 'retry-after': '120' }), 120],
      ['500', googleRefuses(500, 'backendError'), null],
      ['503', googleRefuses(503, 'backendError', { 'retry-after': 'Tue, 10 Feb 2026 12:01:30 GMT' }), 90],
    ])('after %s, as long as it is asked to', async (_, behaviour, retryAfterSeconds) => {
      stage.google.fail(behaviour);
      const failure = await sync().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CalendarUnavailable);
      expect(failure).toMatchObject({ retryAfterSeconds });
      expect((await sync()).fromScratch).toEqual([true]);
    });
  });

  describe('before an answer that means ill', () => {
    it.each<[string, Behaviour]>([
      ['a web page', answers(200, '<html></html>', { 'content-type': 'text/html' })],
      ['half of JSON', answers(200, '{"items": [')],
      ['nothing', answers(200)],
      ['JSON of something else', answers(200, '{}')],
      ['JSON that is no object', answers(200, '[]')],
      ['items that are none', answers(200, '{"items":{"length":3},"nextSyncToken":"x"}')],
      ['a token that is none', answers(200, '{"items":[],"nextSyncToken":{}}')],
      ['a token without end', answers(200, `{"items":[],"nextSyncToken":"${'x'.repeat(20_000)}"}`)],
      ['a token that cannot be kept', answers(200, '{"items":[],"nextSyncToken":"a\\u0000"}')],
      ['JSON within itself', answers(200, '['.repeat(200_000))],
      ['100 MB', floods(100_000_000)],
      ['gzip unasked', answers(200, 'x', { 'content-encoding': 'gzip' })],
      ['a redirect', answers(302, '', { location: 'https://example.com/' })],
      ['a refusal without a reason', answers(400)],
    ])('of %s says that it cannot be read', async (_, behaviour) => {
      stage.google.fail(behaviour);
      await expect(sync()).rejects.toThrow(CalendarUnreadable);
    });

    it.each<[string, Behaviour]>([
      ['that never comes', neverAnswers],
      ['that drips', drips('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', 'x')],
    ])('%s does not wait for long', async (_, behaviour) => {
      stage.google.fail(behaviour);
      await expect(sync()).rejects.toThrow(CalendarUnavailable);
    });

    it('page after page without end, gives up', async () => {
      const endless = answers(200, '{"items":[{"id":"event","status":"cancelled"}],"nextPageToken":"again"}');
      stage.google.fail(endless, { times: Infinity });
      await expect(sync()).rejects.toThrow('no end');
      await expect(stage.calendar.calendars(stage.account)).rejects.toThrow('no end');
      expect(stage.google.asked).toHaveLength(200);
    });
  });

  it('gives up a sync that takes too long, whatever each answer takes', async () => {
    const hurried = await stageGoogle({ syncMs: 300, pages: Infinity });
    const endless = answers(200, '{"items":[],"nextPageToken":"again"}');
    hurried.google.fail(endless, { times: Infinity });
    const pages = hurried.calendar.changes(hurried.account, id, null, window, 'Europe/Berlin');
    const all = async () => {
      while (!(await pages.next()).done);
    };
    await expect(all()).rejects.toThrow('It took too long');
    await hurried.close();
  });
});

const tenToEleven = {
  start: { dateTime: '2026-02-10T11:00:00+01:00' },
  end: { dateTime: '2026-02-10T10:00:00-01:00' },
};
