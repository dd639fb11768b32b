import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GraphAccount, mirrored } from '../../../test/support/graph-account.js';
import { graphError } from '../../../test/support/graph-server.js';
import {
  answers,
  drips,
  floods,
  gzipBomb,
  neverAnswers,
  Receiver,
  resetsAfter,
  type Behaviour,
} from '../../../test/support/receivers.js';
import {
  CalendarAccessLost,
  CalendarGone,
  CalendarUnavailable,
  CalendarUnreadable,
} from '../domain/errors.js';
import { busyNews } from '../domain/busy-news.js';

const CAL = 'cal-default';
const DELTA = /calendarView/;
const ALWAYS = Number.POSITIVE_INFINITY;

describe('MicrosoftOwnerCalendar', () => {
  let microsoft: GraphAccount;

  beforeEach(async () => {
    microsoft = await GraphAccount.open();
  });
  afterEach(() => microsoft.close());

  const add = (id: string, start: string, end: string, fields: Record<string, unknown> = {}) =>
    microsoft.graph.add(CAL, { id, start, end, fields: { iCalUId: id, ...fields } });
  const addWeekly = (fields: Record<string, unknown> = {}) =>
    microsoft.graph.add(CAL, {
      id: 'weekly',
      occurrences: [5, 12, 19].map((day) => {
        const date = `2026-01-${String(day).padStart(2, '0')}`;
        return { start: `${date}T09:00:00`, end: `${date}T10:00:00` };
      }),
      fields: { iCalUId: 'weekly', ...fields },
    });

  describe('calendars', () => {
    it('lists them over all pages, which is the first choice, and which can be written to', async () => {
      for (let i = 0; i < 25; i += 1)
        microsoft.graph.addCalendar(`cal-${i}`, `Calendar ${i}`, { canEdit: i !== 7 });
      const calendars = await microsoft.calendar.calendars(microsoft.account);
      expect(calendars).toHaveLength(26);
      expect(calendars[0]).toEqual({ id: CAL, name: 'Calendar', writable: true, primary: true });
      expect(calendars.filter(({ writable }) => !writable).map(({ id }) => id)).toEqual(['cal-7']);
      expect(calendars.filter(({ primary }) => primary)).toHaveLength(1);
    });

    it('passes over what is no calendar', async () => {
      microsoft.graph.fail(answers(200, '{"value":[null,7,{"name":"no id"},{"id":"a"}]}'));
      expect(await microsoft.calendar.calendars(microsoft.account)).toEqual([
        { id: 'a', name: '', writable: false, primary: false },
      ]);
    });
  });

  describe('when an owner is busy', () => {
    it.each([
      ['busy', true],
      ['tentative', true],
      ['oof', true],
      ['unknown', true],
      ['free', false],
      ['workingElsewhere', false],
    ])('an event that shows as %s keeps busy: %s', async (showAs, blocks) => {
      add('a', '2026-01-05T10:00:00', '2026-01-05T11:00:00', { showAs });
      const { events } = await microsoft.sync();
      expect(events.map(({ busy }) => busy.length)).toEqual([blocks ? 1 : 0]);
    });

    it('is not for what was declined, but for what was accepted or not answered', async () => {
      for (const response of ['declined', 'accepted', 'tentativelyAccepted', 'notResponded', 'none'])
        add(response, '2026-01-05T10:00:00', '2026-01-05T11:00:00', { responseStatus: { response } });
      const { events } = await microsoft.sync();
      const free = events.filter(({ busy }) => busy.length === 0).map(({ uid }) => uid);
      expect([events.length, free]).toEqual([5, ['declined']]);
    });

    it('is for whole days of the own zone, on the days that clocks change too', async () => {
      const isAllDay = true;
      add('day', '2026-03-29T00:00:00', '2026-03-30T00:00:00', { isAllDay });
      add('days', '2026-03-28T00:00:00', '2026-03-31T00:00:00', { isAllDay });
      add('odd', '2026-03-10T00:00:00', '2026-03-10T00:00:00', { isAllDay });
      expect((await microsoft.sync()).shown).toEqual([
        ['day', '2026-03-28T23:00:00Z/2026-03-29T22:00:00Z'],
        ['days', '2026-03-27T23:00:00Z/2026-03-30T22:00:00Z'],
        ['odd', '2026-03-09T23:00:00Z/2026-03-10T23:00:00Z'],
      ]);
      const [first] = (await microsoft.sync(null, CAL, 'America/New_York')).shown;
      expect(first).toEqual(['day', '2026-03-29T04:00:00Z/2026-03-30T04:00:00Z']);
    });

    it('reads times of a zone that Windows names, and with Z, should they ever come', async () => {
      add('zoned', '2026-03-30T10:00:00', '2026-03-30T11:00:00', {
        start: { dateTime: '2026-03-30T10:00:00.0000000', timeZone: 'W. Europe Standard Time' },
        end: { dateTime: '2026-03-30T09:00:00.5000000Z', timeZone: 'W. Europe Standard Time' },
      });
      expect((await microsoft.sync()).shown).toEqual([
        ['zoned', '2026-03-30T08:00:00Z/2026-03-30T09:00:00Z'],
      ]);
    });

    it('passes over events without a time that can be understood, and counts them', async () => {
      add('good', '2026-01-05T10:00:00', '2026-01-05T11:00:00');
      add('no zone', '2026-01-05T10:00:00', '2026-01-05T11:00:00', {
        end: { dateTime: '2026-01-05T11:00:00', timeZone: 'tzone://Microsoft/Custom' },
      });
      add('backwards', '2026-01-05T12:00:00', '2026-01-05T11:00:00');
      const items = [
        null,
        'x',
        [],
        {},
        { id: 7 },
        { id: 'no time' },
        { id: 'odd time', start: { dateTime: '2026-02-30T00:00:00' }, end: 9 },
        { id: 'series', type: 'seriesMaster' },
        { id: 'o', type: 'occurrence', seriesMasterId: 'series', start: {}, end: {} },
      ];
      const { removed, skipped, shown } = await microsoft.sync();
      expect([shown, removed, skipped]).toEqual([
        [['good', '2026-01-05T10:00:00Z/2026-01-05T11:00:00Z'], ['backwards']],
        ['no zone'],
        1,
      ]);
      const link = `${microsoft.graph.url}/me/calendars/x/calendarView/delta?$deltatoken=1`;
      const page = { value: items, '@odata.deltaLink': link };
      microsoft.graph.fail(answers(200, JSON.stringify(page)), { on: DELTA });
      const odd = await microsoft.sync();
      expect([odd.shown, odd.removed, odd.skipped]).toEqual([[['series']], ['no time', 'odd time'], 8]);
    });
  });

  describe('changes', () => {
    it('tells of all events page by page, and where the next time is to begin', async () => {
      for (let i = 0; i < 450; i += 1)
        add(`event-${i}`, '2026-01-05T10:00:00', '2026-01-05T11:00:00', { subject: `Event ${i}` });
      const { events, pages, cursor } = await microsoft.sync();
      expect(new Set(events.map(({ uid }) => uid)).size).toBe(450);
      expect(pages.map(({ changed }) => changed.length)).toEqual([200, 200, 50]);
      expect(pages.every(({ fromScratch }) => fromScratch)).toBe(true);
      expect(cursor).toContain('$deltatoken=');
      expect(microsoft.graph.asked[0]!.headers['prefer']).toContain('outlook.timezone="UTC"');
    });

    it('tells of an event that moves out of the window as gone', async () => {
      add('a', '2026-01-05T10:00:00', '2026-01-05T11:00:00');
      const { cursor } = await microsoft.sync();
      microsoft.graph.move('a', { start: '2027-01-05T10:00:00', end: '2027-01-05T11:00:00' });
      expect(await microsoft.sync(cursor)).toMatchObject({ events: [], removed: ['a'] });
    });

    it('tells of a series as one event, its moved and changed occurrences with it', async () => {
      addWeekly();
      microsoft.graph.changeOccurrence('weekly', 1, {
        start: '2026-01-13T15:00:00',
        end: '2026-01-13T16:00:00',
      });
      microsoft.graph.changeOccurrence(
        'weekly',
        2,
        { start: '2026-01-19T09:00:00', end: '2026-01-19T10:00:00' },
        { showAs: 'free' },
      );
      const { shown, events } = await microsoft.sync();
      expect(shown).toEqual([
        ['weekly', '2026-01-05T09:00:00Z/2026-01-05T10:00:00Z', '2026-01-13T15:00:00Z/2026-01-13T16:00:00Z'],
      ]);
      expect([events[0]!.id, events[0]!.time]).toEqual(['weekly', null]);
      expect(microsoft.asked.some((path) => path.includes('instances'))).toBe(false);
    });

    it('takes for an occurrence what its series says where little is told of it', async () => {
      addWeekly({ showAs: 'free' });
      const { cursor, shown } = await microsoft.sync();
      expect(shown).toEqual([['weekly']]);

      microsoft.graph.change('weekly', { showAs: 'busy', isAllDay: true });
      expect((await microsoft.sync(cursor)).shown[0]![1]).toBe('2026-01-04T23:00:00Z/2026-01-05T23:00:00Z');
    });

    it('notices when one occurrence of a series is deleted, though Graph does not say so', async () => {
      addWeekly();
      const { cursor } = await microsoft.sync();
      microsoft.graph.deleteOccurrence('weekly', 0);
      const { shown, pages } = await microsoft.sync(cursor);
      expect(shown).toEqual([
        ['weekly', '2026-01-12T09:00:00Z/2026-01-12T10:00:00Z', '2026-01-19T09:00:00Z/2026-01-19T10:00:00Z'],
      ]);
      expect(pages.some(({ fromScratch }) => fromScratch)).toBe(false);
    });

    it('keeps the other occurrences of a series of which a later round tells of one alone', async () => {
      addWeekly();
      const { cursor } = await microsoft.sync();
      const time = { dateTime: '2026-01-05T12:00:00.0000000', timeZone: 'UTC' };
      const one = { id: 'weekly.0', type: 'exception', seriesMasterId: 'weekly', showAs: 'busy' };
      const page = { value: [{ ...one, start: time, end: time }], '@odata.deltaLink': cursor };
      microsoft.graph.fail(answers(200, JSON.stringify(page)), { on: DELTA });
      const { events } = await microsoft.sync(cursor);
      expect(events.map(({ id, busy }) => [id, busy.length])).toEqual([['weekly', 3]]);
    });

    it('asks for the occurrences of a series of which a page tells without its master', async () => {
      addWeekly();
      const link = `${microsoft.graph.url}/me/calendars/x/calendarView/delta?$deltatoken=1`;
      const time = { dateTime: '2026-01-05T09:00:00.0000000', timeZone: 'UTC' };
      const bare = { id: 'weekly.0', type: 'occurrence', seriesMasterId: 'weekly', start: time, end: time };
      const lost = { ...bare, id: 'lost.0', seriesMasterId: 'lost' };
      const page = { value: [bare, lost], '@odata.deltaLink': link };
      microsoft.graph.fail(answers(200, JSON.stringify(page)), { on: DELTA });
      const { events, removed } = await microsoft.sync();
      expect(events.map(({ id, busy }) => [id, busy.length])).toEqual([['weekly', 3]]);
      expect(removed).toEqual(['lost']);
    });

    it('tells of a series that is called off or deleted as gone', async () => {
      addWeekly();
      const first = await microsoft.sync();
      microsoft.graph.change('weekly', { isCancelled: true });
      const second = await microsoft.sync(first.cursor);
      expect([second.events, second.removed]).toEqual([[], ['weekly']]);
      microsoft.graph.delete('weekly');
      expect((await microsoft.sync(second.cursor)).removed).toEqual(['weekly']);
    });

    it('begins anew when Graph has forgotten where it was, also in the middle', async () => {
      for (let i = 0; i < 250; i += 1) add(`event-${i}`, '2026-01-05T10:00:00', '2026-01-05T11:00:00');
      const { cursor } = await microsoft.sync();
      microsoft.graph.forgetChanges();
      const again = await microsoft.sync(cursor);
      expect([again.pages[0]!.fromScratch, again.events.length]).toEqual([true, 250]);

      for (let i = 0; i < 250; i += 1) microsoft.graph.change(`event-${i}`, { subject: 'changed' });
      const pages = microsoft.calendar.changes(
        microsoft.account,
        CAL,
        again.cursor,
        { start: again.events[0]!.time!.start, end: again.events[0]!.time!.end },
        'UTC',
      );
      expect((await pages.next()).value).toMatchObject({ fromScratch: false });
      microsoft.graph.forgetChanges();
      expect((await pages.next()).value).toMatchObject({ fromScratch: true });
    });

    it.each([
      [410, 'ResyncRequired'],
      [404, 'syncStateNotFound'],
      [400, 'BadRequest'],
    ])('begins anew when Graph answers %i with %s to where it was', async (status, code) => {
      add('a', '2026-01-05T10:00:00', '2026-01-05T11:00:00');
      const { cursor } = await microsoft.sync();
      microsoft.graph.fail(graphError(status, code), { on: /deltatoken/ });
      const again = await microsoft.sync(cursor);
      expect([again.pages[0]!.fromScratch, again.events.length]).toEqual([true, 1]);
    });

    it('says that a calendar is gone rather than beginning anew', async () => {
      const { cursor } = await microsoft.sync();
      microsoft.graph.fail(graphError(404, 'ErrorItemNotFound'), { on: /deltatoken/ });
      await expect(microsoft.sync(cursor)).rejects.toThrow(CalendarGone);
    });

    it('gives up for now when Graph forgets over and over', async () => {
      for (let i = 0; i < 250; i += 1) add(`event-${i}`, '2026-01-05T10:00:00', '2026-01-05T11:00:00');
      microsoft.graph.fail(graphError(410, 'ResyncRequired'), { on: /skiptoken/, times: ALWAYS });
      await expect(microsoft.sync()).rejects.toThrow(CalendarUnavailable);
    });

    it("never goes on from a cursor that leads to another server, nor sends the owner's token there", async () => {
      const other = await Receiver.open(answers(200, '{}'));
      try {
        add('a', '2026-01-05T10:00:00', '2026-01-05T11:00:00');
        const elsewhere = other.url.replace('/hook', '/v1.0/me/x');
        expect((await microsoft.sync(elsewhere)).pages[0]!.fromScratch).toBe(true);
        for (const name of ['@odata.nextLink', '@odata.deltaLink'])
          for (const link of [
            elsewhere,
            microsoft.graph.url.replace('/v1.0', '/v2'),
            'no link',
            '//x/v1.0/',
          ]) {
            microsoft.graph.fail(answers(200, JSON.stringify({ value: [], [name]: link })));
            await expect(microsoft.sync()).rejects.toThrow('The provider leads to another server');
          }
        microsoft.graph.fail(answers(200, JSON.stringify({ value: [], '@odata.nextLink': elsewhere })));
        await expect(microsoft.calendar.calendars(microsoft.account)).rejects.toThrow('another server');
        expect(other.connections).toBe(0);
      } finally {
        await other.close();
      }
    });

    it("knows the owner's bookings again, so that they block no time twice", async () => {
      await microsoft.calendar.put(microsoft.account, CAL, mirrored(), null);
      const { events, pages } = await microsoft.sync();
      expect(events.map(({ uid }) => uid)).toEqual(['booking-1@linktime']);
      expect(busyNews(pages[0]!).kept.map(({ busy }) => busy)).toEqual([[]]);
    });
  });

  describe('when something goes wrong', () => {
    it('renews a token that is refused, once, and keeps it', async () => {
      add('a', '2026-01-05T10:00:00', '2026-01-05T11:00:00');
      microsoft.graph.accepts = (token) => token === 'fresh-token';
      expect((await microsoft.sync()).events).toHaveLength(1);
      expect((await microsoft.account.reread())['accessToken']).toBe('fresh-token');
      expect(microsoft.graph.asked).toHaveLength(2);

      microsoft.graph.accepts = () => false;
      await expect(microsoft.sync()).rejects.toThrow(CalendarAccessLost);
    });

    it.each<[string, Behaviour, unknown, number | null]>([
      ['403', graphError(403, 'ErrorAccessDenied'), CalendarAccessLost, null],
      ['404', graphError(404, 'ErrorItemNotFound'), CalendarGone, null],
      ['429', graphError(429, 'ApplicationThrottled', '17'), CalendarUnavailable, 17],
      ['500', graphError(500, 'ErrorInternalServerError'), CalendarUnavailable, null],
      ['503', graphError(503, 'ServiceUnavailable', '90'), CalendarUnavailable, 90],
      ['504', graphError(504, 'GatewayTimeout'), CalendarUnavailable, null],
      ['400', graphError(400, 'ErrorInvalidRequest'), CalendarUnreadable, null],
      ['no JSON', answers(200, '<html>Sign in</html>'), CalendarUnreadable, null],
      ['half of it', answers(200, '{"value":[{"id"'), CalendarUnreadable, null],
      ['no object', answers(200, '[]'), CalendarUnreadable, null],
      ['no list', answers(200, '{"value":{}}'), CalendarUnreadable, null],
      ['nothing', answers(204), CalendarUnreadable, null],
      ['a list without an end', answers(200, '{"value":[]}'), CalendarUnreadable, null],
      ['100 MB', floods(100_000_000), CalendarUnreadable, null],
      ['a gzip bomb', gzipBomb(50_000_000), CalendarUnreadable, null],
      ['a redirect', answers(302, '', { location: 'https://example.com/' }), CalendarUnreadable, null],
      ['a reset', resetsAfter(''), CalendarUnavailable, null],
      ['never', neverAnswers, CalendarUnavailable, null],
      ['a drip', drips('HTTP/1.1 200 OK\r\n\r\n{', ' '), CalendarUnavailable, null],
    ])('says what is wrong when Graph answers with %s', async (_, behaviour, error, retryAfter) => {
      microsoft.graph.fail(behaviour, { times: ALWAYS });
      const began = performance.now();
      const failure = await microsoft.sync().catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(error);
      if (failure instanceof CalendarUnavailable) expect(failure.retryAfterSeconds).toBe(retryAfter);
      expect(performance.now() - began).toBeLessThan(8_000);
    });

    it('asks for less at once where the events are too long for one answer', async () => {
      for (let i = 0; i < 30; i += 1) add(`event-${i}`, '2026-01-05T10:00:00', '2026-01-05T11:00:00');
      microsoft.graph.fail(floods(20_000_000), { on: DELTA });
      const { events } = await microsoft.sync();
      expect(events).toHaveLength(30);
      expect(microsoft.graph.asked[1]!.headers['prefer']).toContain('odata.maxpagesize=20');
    });

    it('ends a list that has no end', async () => {
      await microsoft.close();
      microsoft = await GraphAccount.open({ syncMs: 700, callMs: 700 });
      let page = 0;
      const endless: Behaviour = (response, { path }) => {
        const next = `${microsoft.graph.url}${path.replace(/^\/v1\.0|\?.*/g, '')}?$skiptoken=${(page += 1)}`;
        response.end(JSON.stringify({ value: [], '@odata.nextLink': next }));
      };
      microsoft.graph.fail(endless, { times: ALWAYS });
      await expect(microsoft.sync()).rejects.toThrow(/It took too long|no end/);
      await expect(microsoft.calendar.calendars(microsoft.account)).rejects.toThrow(/too long|no end/);
    });

    it('keeps nothing that is too long or cannot be stored', async () => {
      const time = { dateTime: '2026-01-05T09:00:00.0000000', timeZone: 'UTC' };
      const at = { start: time, end: { ...time, dateTime: '2026-01-05T10:00:00' } };
      const value = [
        { ...at, id: 'x'.repeat(601) },
        { ...at, id: 'nul\0' },
        { ...at, id: 'half \ud800' },
        { ...at, id: 'a', iCalUId: 'nul\0', '@odata.etag': 'x'.repeat(5_000_000) },
        { ...at, id: 'b', start: { ...time, timeZone: 'z'.repeat(1_000_000) } },
      ];
      const link = `${microsoft.graph.url}/me/calendars/x/calendarView/delta?$deltatoken=1`;
      microsoft.graph.fail(answers(200, JSON.stringify({ value, '@odata.deltaLink': link })));
      const { events, skipped } = await microsoft.sync();
      expect(events.map(({ id, uid, etag }) => [id, uid, etag])).toEqual([
        ['a', null, null],
        ['b', null, null],
      ]);
      expect(skipped).toBe(3);
    });

    it('passes over a series whose occurrences cannot be had, and tells of the rest', async () => {
      addWeekly();
      const { cursor } = await microsoft.sync();
      microsoft.graph.change('weekly', { subject: 'changed' });
      add('a', '2026-01-05T10:00:00', '2026-01-05T11:00:00');
      microsoft.graph.fail(graphError(400, 'ErrorInvalidRequest'), { on: /instances/ });
      const { shown, removed, skipped } = await microsoft.sync(cursor);
      expect([shown.map(([name]) => name), removed, skipped]).toEqual([['a'], ['weekly'], 1]);
    });

    it('refuses a calendar of more events than anybody has', async () => {
      const value = Array.from({ length: 40_000 }, () => ({ id: 'a', type: 'seriesMaster' }));
      const next = `${microsoft.graph.url}/me/more`;
      const body = JSON.stringify({ value, '@odata.nextLink': next });
      microsoft.graph.fail(answers(200, body), { times: ALWAYS });
      await expect(microsoft.sync()).rejects.toThrow('more than 200000 events');
    });
  });
});
