import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { CalendarAccessLost, CalendarGone, CalendarUnavailable } from '../../src/calendars/domain/errors.js';
import type { MirroredEvent, RemoteEvent } from '../../src/calendars/domain/remote-event.js';
import type { CalendarAccount, OwnerCalendar } from '../../src/calendars/ports.js';
import { parseUrl } from '../../src/kernel/url.js';
import { vevent } from '../support/icalendar.js';

export interface OwnerCalendarStage {
  readonly calendar: OwnerCalendar;
  readonly account: CalendarAccount;
  /** The same, with a password that is wrong. */
  readonly stranger: CalendarAccount;
  /** The same on a server that nobody runs. */
  readonly nowhere: CalendarAccount;
  /** Makes a calendar in the account that shows by that name; its id. */
  make(name: string): Promise<string>;
  /** Writes an object of such components into a calendar, as another program of the owner's does. */
  write(calendarId: string, name: string, ...components: string[]): Promise<void>;
  /** Writes as many events as that into an empty calendar, one an hour from 2026-01-01T00:00Z, half an hour each. */
  fill(calendarId: string, count: number): Promise<void>;
  /** How many events are many, for a server as fast as this. */
  readonly many: number;
  erase(calendarId: string, name: string): Promise<void>;
  /** By which `write` and `erase` know an event. */
  nameOf(calendarId: string, remoteId: string): string;
  close(): Promise<void>;
}

const window = { start: Instant.parse('2026-01-01T00:00:00Z'), end: Instant.parse('2026-07-01T00:00:00Z') };

export interface OwnerCalendarTraits {
  /** Whether other programs may keep an event of any UID under any name. */
  readonly namesAreFree: boolean;
}

/** What every calendar that can be written to promises. */
export function ownerCalendarContract(
  name: string,
  open: () => Promise<OwnerCalendarStage>,
  { namesAreFree }: OwnerCalendarTraits = { namesAreFree: true },
): void {
  describe(`OwnerCalendar: ${name}`, () => {
    let stage: OwnerCalendarStage;
    let id: string;
    let made = 0;

    beforeAll(async () => {
      stage = await open();
    }, 60_000);
    afterAll(() => stage.close());
    beforeEach(async () => {
      id = await stage.make(`work ${(made += 1)}`);
    });

    const changes = (cursor: string | null = null, account = stage.account) =>
      synced(stage, account, id, cursor);
    const single = (uid: string, start: string, end: string, ...lines: string[]) =>
      vevent(uid, `DTSTART:${start}`, `DTEND:${end}`, `SUMMARY:${uid}`, ...lines);

    it('lists calendars by name, and which can be written to', async () => {
      const calendars = await stage.calendar.calendars(stage.account);
      expect(calendars).toContainEqual(expect.objectContaining({ id, name: `work ${made}`, writable: true }));
    });

    it('tells of all events at first, and then of nothing until something changes', async () => {
      await stage.write(id, 'a', single('a', '20260105T100000Z', '20260105T110000Z'));
      const first = await changes();
      expect(first.fromScratch).toBe(true);
      expect(first.events.map(shown)).toEqual([['a', ['2026-01-05T10:00:00Z/2026-01-05T11:00:00Z']]]);
      expect(first.events[0]!.time).toEqual(first.events[0]!.busy[0]);

      expect(await changes(first.cursor)).toMatchObject({ fromScratch: false, events: [], removed: [] });
    });

    it('tells of an empty calendar that there is nothing', async () => {
      expect(await changes()).toMatchObject({ fromScratch: true, events: [], removed: [] });
    });

    it('tells only what was added, moved and removed since', async () => {
      await stage.write(id, 'stays', single('stays', '20260105T100000Z', '20260105T110000Z'));
      await stage.write(id, 'moves', single('moves', '20260106T100000Z', '20260106T110000Z'));
      await stage.write(id, 'goes', single('goes', '20260107T100000Z', '20260107T110000Z'));
      const first = await changes();
      const idOf = (uid: string) => first.events.find((event) => event.uid === uid)!.id;

      await stage.write(id, 'moves', single('moves', '20260106T150000Z', '20260106T160000Z'));
      await stage.erase(id, 'goes');
      await stage.write(id, 'comes', single('comes', '20260108T100000Z', '20260108T110000Z'));
      const second = await changes(first.cursor);
      expect(second.fromScratch).toBe(false);
      expect(second.events.map(shown).sort()).toEqual([
        ['comes', ['2026-01-08T10:00:00Z/2026-01-08T11:00:00Z']],
        ['moves', ['2026-01-06T15:00:00Z/2026-01-06T16:00:00Z']],
      ]);
      expect(second.events.find(({ uid }) => uid === 'moves')!.id).toBe(idOf('moves'));
      expect(second.removed).toEqual([idOf('goes')]);
    });

    it('begins anew when the cursor is none that the server knows', async () => {
      await stage.write(id, 'a', single('a', '20260105T100000Z', '20260105T110000Z'));
      const { cursor } = await changes();
      for (const unknown of ['nonsense', '{"kind":"token","token":"x"}']) {
        const again = await changes(unknown);
        expect([again.fromScratch, again.events.map(({ uid }) => uid)]).toEqual([true, ['a']]);
      }
      const lookingRight = cursor.replace(/[0-9a-f]{6}/g, 'ffffff');
      expect((await changes(lookingRight)).events.map(({ uid }) => uid)).toEqual(['a']);
    });

    it('expands what repeats, with what was moved and left out of it', async () => {
      const zone = 'TZID=America/New_York';
      await stage.write(
        id,
        'weekly',
        vevent(
          'weekly',
          ...[`DTSTART;${zone}:20260302T090000`, `DTEND;${zone}:20260302T100000`],
          ...['RRULE:FREQ=WEEKLY;COUNT=4', `EXDATE;${zone}:20260309T090000`],
        ),
        vevent(
          'weekly',
          ...[`RECURRENCE-ID;${zone}:20260316T090000`, `DTSTART;${zone}:20260317T120000`],
          `DTEND;${zone}:20260317T130000`,
        ),
      );
      const { events } = await changes();
      expect(together(events).map(shown)).toEqual([
        [
          'weekly',
          [
            '2026-03-02T14:00:00Z/2026-03-02T15:00:00Z',
            '2026-03-17T16:00:00Z/2026-03-17T17:00:00Z',
            '2026-03-23T13:00:00Z/2026-03-23T14:00:00Z',
          ],
        ],
      ]);
      expect(events.map(({ time }) => time)).toEqual(events.map(() => null));
    });

    it("takes all-day events for whole days of the owner's zone", async () => {
      await stage.write(id, 'day', vevent('day', 'DTSTART;VALUE=DATE:20260329', 'SUMMARY:day'));
      const { events } = await changes();
      expect(events.map(shown)).toEqual([['day', ['2026-03-28T23:00:00Z/2026-03-29T22:00:00Z']]]);
    });

    it('does not let free and cancelled events block', async () => {
      await stage.write(
        id,
        'free',
        single('free', '20260105T100000Z', '20260105T110000Z', 'TRANSP:TRANSPARENT'),
      );
      await stage.write(id, 'off', single('off', '20260105T100000Z', '20260105T110000Z', 'STATUS:CANCELLED'));
      expect((await changes()).events.map(shown)).toEqual([['free', []]]);
    });

    it('tells of an event that is called off as gone', async () => {
      await stage.write(id, 'a', single('a', '20260105T100000Z', '20260105T110000Z'));
      const first = await changes();
      await stage.write(id, 'a', single('a', '20260105T100000Z', '20260105T110000Z', 'STATUS:CANCELLED'));
      expect((await changes(first.cursor)).removed).toEqual([first.events[0]!.id]);
    });

    it('puts an event once, however often it is put', async () => {
      const placed = await stage.calendar.put(stage.account, id, booking(), null);
      await stage.calendar.put(stage.account, id, booking(), null);
      await stage.calendar.put(stage.account, id, booking(), placed);
      const { events } = await changes();
      expect(events.map(shown)).toEqual([[booking().uid, ['2026-01-05T10:00:00Z/2026-01-05T10:30:00Z']]]);
      expect(events[0]!.id).toBe(placed.remoteId);
      expect(events[0]!.time).toEqual(booking().time);
    });

    it('moves what it put, also where the owner changed it in between, and removes it, also twice', async () => {
      const { calendar, account } = stage;
      const placed = await calendar.put(account, id, booking(), null);
      const name = stage.nameOf(id, placed.remoteId);
      await stage.write(id, name, single(booking().uid, '20260105T120000Z', '20260105T130000Z'));

      const later = booking('2026-01-06T10:00:00Z', '2026-01-06T10:30:00Z');
      const moved = await calendar.put(account, id, later, placed);
      expect(moved.remoteId).toBe(placed.remoteId);
      const { events, cursor } = await changes();
      expect(events.map(shown)).toEqual([[later.uid, ['2026-01-06T10:00:00Z/2026-01-06T10:30:00Z']]]);

      await calendar.remove(account, id, moved.remoteId);
      await calendar.remove(account, id, moved.remoteId);
      expect((await changes(cursor)).removed).toEqual([placed.remoteId]);
    });

    it('makes anew what the owner had removed', async () => {
      const placed = await stage.calendar.put(stage.account, id, booking(), null);
      await stage.calendar.remove(stage.account, id, placed.remoteId);
      await stage.calendar.put(stage.account, id, booking(), placed);
      expect((await changes()).events.map(({ uid }) => uid)).toEqual([booking().uid]);
    });

    if (namesAreFree)
      it('writes over the event of that UID that has another name', async () => {
        await stage.write(id, 'elsewhere', single(booking().uid, '20260105T100000Z', '20260105T103000Z'));
        const later = booking('2026-01-06T10:00:00Z', '2026-01-06T10:30:00Z');
        await stage.calendar.put(stage.account, id, later, null);
        expect((await changes()).events.map(shown)).toEqual([
          [later.uid, ['2026-01-06T10:00:00Z/2026-01-06T10:30:00Z']],
        ]);
      });

    it('says that access is lost when the password is wrong', async () => {
      const { calendar, stranger } = stage;
      await expect(calendar.calendars(stranger)).rejects.toThrow(CalendarAccessLost);
      await expect(changes(null, stranger)).rejects.toThrow(CalendarAccessLost);
      await expect(calendar.put(stranger, id, booking(), null)).rejects.toThrow(CalendarAccessLost);
      await expect(calendar.remove(stranger, id, `${id}x.ics`)).rejects.toThrow(CalendarAccessLost);
    });

    it('says that a server is unavailable when nobody answers there', async () => {
      await expect(stage.calendar.calendars(stage.nowhere)).rejects.toThrow(CalendarUnavailable);
    });

    it('says that a calendar is gone when it is', async () => {
      const gone = parseUrl(id) ? new URL('../gone/', id).href : 'gone';
      await expect(synced(stage, stage.account, gone, null)).rejects.toThrow(CalendarGone);
      await expect(stage.calendar.put(stage.account, gone, booking(), null)).rejects.toThrow(CalendarGone);
    });

    it('tells of many events in pages, and then of none', async () => {
      await stage.fill(id, stage.many);
      const { events, pages, cursor } = await changes();
      expect(new Set(events.map(({ uid }) => uid)).size).toBe(stage.many);
      expect(events).toHaveLength(stage.many);
      expect(pages).toBeGreaterThan(1);
      expect((await changes(cursor)).events).toEqual([]);
    }, 240_000);
  });
}

function booking(start = '2026-01-05T10:00:00Z', end = '2026-01-05T10:30:00Z'): MirroredEvent {
  return {
    uid: 'booking-1@linktime.example',
    sequence: 0,
    time: { start: Instant.parse(start), end: Instant.parse(end) },
    title: 'Intro call, with; commas\\ and ümläuts',
    description: 'First line\nsecond line '.repeat(20),
    location: 'https://meet.example/a',
    attendees: [{ name: 'Emmy Noether', email: 'emmy@example.com' }],
    wantsMeetingLink: false,
  };
}

/** All pages of a sync together. */
async function synced(
  stage: OwnerCalendarStage,
  account: CalendarAccount,
  id: string,
  cursor: string | null,
) {
  const pages = stage.calendar.changes(account, id, cursor, window, 'Europe/Berlin');
  const all = {
    events: [] as RemoteEvent[],
    removed: [] as string[],
    fromScratch: null as boolean | null,
    pages: 0,
  };
  for (;;) {
    const { done, value } = await pages.next();
    if (done) return { ...all, cursor: value };
    all.events.push(...value.changed);
    all.removed.push(...value.removed);
    all.fromScratch = value.fromScratch;
    all.pages += 1;
  }
}

/** Series of which a provider tells by each of their occurrences, as one event each. */
function together(events: readonly RemoteEvent[]): RemoteEvent[] {
  const series = new Map<string | null, RemoteEvent>();
  for (const event of events) {
    const busy = [...(series.get(event.uid)?.busy ?? []), ...event.busy];
    series.set(event.uid, { ...event, busy: busy.toSorted((a, b) => a.start.compareTo(b.start)) });
  }
  return [...series.values()];
}

function shown({ uid, busy }: RemoteEvent): [string | null, string[]] {
  return [uid, busy.map(({ start, end }) => `${start}/${end}`)];
}
