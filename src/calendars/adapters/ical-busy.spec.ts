import { describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { findTimeZone } from '../../kernel/time-zone.js';
import { icalendar, vevent } from '../../../test/support/icalendar.js';
import { CalendarUnreadable } from '../domain/errors.js';
import { Allowance, readCalendar } from './ical-busy.js';

describe('the busy time of a calendar', () => {
  it('is that of its events, whatever the zone they are told in', () => {
    expect(busyOf('DTSTART:20260105T100000Z', 'DTEND:20260105T110000Z')).toEqual([
      '01-05 10:00 to 01-05 11:00',
    ]);
    expect(busyOf('DTSTART;TZID=Asia/Tokyo:20260105T100000', 'DURATION:PT90M')).toEqual([
      '01-05 01:00 to 01-05 02:30',
    ]);
    expect(
      busyOf('DTSTART;TZID=Asia/Tokyo:20260105T100000', 'DTEND;TZID=Asia/Dubai:20260105T100000'),
    ).toEqual(['01-05 01:00 to 01-05 06:00']);
  });

  it("takes times without a zone for the owner's, or for those of the zone that the calendar names", () => {
    const event = vevent('a', 'DTSTART:20260105T100000', 'DTEND:20260105T110000');
    expect(shown(icalendar(event))).toEqual(['01-05 09:00 to 01-05 10:00']);
    expect(shown(icalendar('X-WR-TIMEZONE:America/New_York', event))).toEqual(['01-05 15:00 to 01-05 16:00']);
  });

  it.each([
    [['DTSTART;VALUE=DATE:20260105'], '01-04 23:00 to 01-05 23:00'],
    [['DTSTART:20260105'], '01-04 23:00 to 01-05 23:00'],
    [['DTSTART;VALUE=DATE:20260105', 'DTEND;VALUE=DATE:20260107'], '01-04 23:00 to 01-06 23:00'],
    [['DTSTART;VALUE=DATE:20260105', 'DURATION:P1W'], '01-04 23:00 to 01-11 23:00'],
    [['DTSTART;VALUE=DATE:20260329'], '03-28 23:00 to 03-29 22:00'], // 23 hours
    [['DTSTART;VALUE=DATE:20261025'], '10-24 22:00 to 10-25 23:00'], // 25 hours
  ])("takes all-day events for whole days of the owner's zone: %j", (lines, expected) => {
    expect(busyOf(...lines)).toEqual([expected]);
    expect(shown(icalendar('X-WR-TIMEZONE:America/New_York', vevent('a', ...lines)))).toEqual([expected]);
  });

  it.each([
    [['DTSTART:20260105T100000Z']],
    [['DTSTART:20260105T100000Z', 'DTEND:20260105T100000Z']],
    [['DTSTART:20260105T100000Z', 'DTEND:20260105T090000Z']],
    [['DTSTART:20260105T100000Z', 'DURATION:-PT1H']],
    [['DTSTART:20260105T100000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT']],
    [['DTSTART:20260105T100000Z', 'DURATION:PT1H', 'STATUS:CANCELLED']],
    [['DTSTART:20260105T100000Z', 'DURATION:PT1H', 'X-MICROSOFT-CDO-BUSYSTATUS:FREE']],
    [['DTSTART;VALUE=DATE:20260105', 'DTEND;VALUE=DATE:20260105']],
  ])('has nothing of what takes no time or blocks none: %j', (lines) => {
    expect(busyOf(...lines)).toEqual([]);
  });

  it('has a time for what takes place once, and none for what repeats', () => {
    const once = icalendar(vevent('a', 'DTSTART:20010105T100000Z', 'DURATION:PT1H'));
    expect(read(once).events).toMatchObject([
      { busy: [], time: { start: Instant.parse('2001-01-05T10:00:00Z') } },
    ]);
    const daily = icalendar(vevent('a', 'DTSTART:20260105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'));
    expect(read(daily).events).toMatchObject([{ time: null }]);
  });

  it('has what reaches into the window, and not what touches it', () => {
    const at = (start: string, end: string) => busyOf(`DTSTART:${start}`, `DTEND:${end}`);
    expect(at('20251231T220000Z', '20260101T000000Z')).toEqual([]);
    expect(at('20251231T220000Z', '20260101T000001Z')).toHaveLength(1);
    expect(at('20270101T000000Z', '20270101T010000Z')).toEqual([]);
    expect(at('20200101T000000Z', '20300101T000000Z')).toHaveLength(1);
  });
});

describe('what repeats', () => {
  it('keeps its time on the wall when the clocks change', () => {
    const lines = [
      'DTSTART;TZID=America/New_York:20260306T090000',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=4',
    ];
    expect(busyOf(...lines).map(begin)).toEqual(['03-06 14:00', '03-07 14:00', '03-08 13:00', '03-09 13:00']);
  });

  it('comes later where the clocks skip its time, and once where they show it twice', () => {
    const spring = [
      'DTSTART;TZID=Europe/Berlin:20260328T023000',
      'DURATION:PT30M',
      'RRULE:FREQ=DAILY;COUNT=3',
    ];
    expect(busyOf(...spring).map(begin)).toEqual(['03-28 01:30', '03-29 01:30', '03-30 00:30']);
    const autumn = [
      'DTSTART;TZID=Europe/Berlin:20261024T023000',
      'DURATION:PT30M',
      'RRULE:FREQ=DAILY;COUNT=3',
    ];
    expect(busyOf(...autumn).map(begin)).toEqual(['10-24 00:30', '10-25 00:30', '10-26 01:30']);
  });

  it('lasts as long as ever by DTEND, and whole days by DURATION, over a change of clocks', () => {
    const start = 'DTSTART;TZID=Europe/Berlin:20260328T120000';
    const byEnd = busyOf(start, 'DTEND;TZID=Europe/Berlin:20260329T120000', 'RRULE:FREQ=DAILY;COUNT=2');
    expect(byEnd).toEqual(['03-28 11:00 to 03-29 10:00', '03-29 10:00 to 03-30 09:00']);
    expect(busyOf(start, 'DURATION:P1D', 'RRULE:FREQ=WEEKLY;COUNT=2')).toEqual([
      '03-28 11:00 to 03-29 10:00',
      '04-04 10:00 to 04-05 10:00',
    ]);
    expect(busyOf(start, 'DURATION:PT24H')).toEqual(['03-28 11:00 to 03-29 11:00']);
  });

  it.each([
    ['20260107T090000Z', 3],
    ['20260107T085959Z', 2],
    ['20260107', 3],
    ['20260107T100000', 3],
  ])('ends with its UNTIL: %s', (until, times) => {
    const lines = [
      'DTSTART;TZID=Europe/Berlin:20260105T100000',
      'DURATION:PT1H',
      `RRULE:FREQ=DAILY;UNTIL=${until}`,
    ];
    expect(busyOf(...lines)).toHaveLength(times);
  });

  it('ends on the date of its UNTIL where it is of whole days', () => {
    for (const until of ['20260107', '20260107T000000Z', '20260107T225959Z'])
      expect(busyOf('DTSTART;VALUE=DATE:20260105', `RRULE:FREQ=DAILY;UNTIL=${until}`)).toHaveLength(3);
  });

  it('has further times by RDATE, and leaves out those of EXDATE, also whole days of them', () => {
    const series = ['DTSTART:20260105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=4'];
    const dates = [
      'RDATE:20260201T100000Z,20260105T100000Z',
      'RDATE;VALUE=PERIOD:20260202T100000Z/PT2H,20260203T100000Z/20260203T103000Z',
      'EXDATE:20260106T100000Z',
      'EXDATE;VALUE=DATE:20260107',
    ];
    expect(busyOf(...series, ...dates)).toEqual([
      '01-05 10:00 to 01-05 11:00',
      '01-08 10:00 to 01-08 11:00',
      '02-01 10:00 to 02-01 11:00',
      '02-02 10:00 to 02-02 12:00',
      '02-03 10:00 to 02-03 10:30',
    ]);
  });

  it('knows an exception by its instant, in whichever zone it is told', () => {
    const series = [
      'DTSTART;TZID=Europe/Berlin:20260105T100000',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=2',
    ];
    expect(busyOf(...series, 'EXDATE:20260105T090000Z')).toEqual(['01-06 09:00 to 01-06 10:00']);
    expect(busyOf(...series, 'EXDATE;TZID=Asia/Tokyo:20260106T180000')).toEqual([
      '01-05 09:00 to 01-05 10:00',
    ]);
  });

  it('may have occurrences that were moved into the window, out of it, and called off', () => {
    const weekly = ['DTSTART:20251204T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=6'];
    const change = (id: string, ...lines: string[]) =>
      vevent('a', `RECURRENCE-ID:${id}`, 'DURATION:PT1H', ...lines);
    const text = icalendar(
      change('20251211T100000Z', 'DTSTART:20260303T100000Z'),
      vevent('a', ...weekly),
      change('20260101T100000Z', 'DTSTART:20251230T100000Z'),
      change('20260108T100000Z', 'DTSTART:20260108T100000Z', 'STATUS:CANCELLED'),
    );
    expect(shown(text)).toEqual(['03-03 10:00 to 03-03 11:00']);
  });

  it('takes the last word on an occurrence, and one alone without its series', () => {
    const change = (start: string, sequence: number) =>
      vevent(
        'a',
        'RECURRENCE-ID:20260108T100000Z',
        `DTSTART:${start}`,
        'DURATION:PT1H',
        `SEQUENCE:${sequence}`,
      );
    expect(shown(icalendar(change('20260109T100000Z', 2), change('20260110T100000Z', 1)))).toEqual([
      '01-09 10:00 to 01-09 11:00',
    ]);
  });

  it('may move far with all that follows, into the window and out of it', () => {
    const series = ['DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3'];
    const moved = (id: string, start: string) =>
      vevent('a', `RECURRENCE-ID;RANGE=THISANDFUTURE:${id}`, `DTSTART:${start}`, 'DURATION:PT1H');
    const into = [
      vevent('a', 'DTSTART:20251201T100000Z', ...series),
      moved('20251202T100000Z', '20260302T100000Z'),
    ];
    expect(shown(icalendar(...into)).map(begin)).toEqual(['03-02 10:00', '03-03 10:00']);
    const back = [
      vevent('a', 'DTSTART:20270201T100000Z', ...series),
      moved('20270202T100000Z', '20261202T100000Z'),
    ];
    expect(shown(icalendar(...back)).map(begin)).toEqual(['12-02 10:00', '12-03 10:00']);
  });

  it('may move with all that follows, until it does so again', () => {
    const zone = 'TZID=Europe/Berlin';
    const series = [`DTSTART;${zone}:20260323T100000`, 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=10'];
    const moved = [
      `RECURRENCE-ID;RANGE=THISANDFUTURE;${zone}:20260325T100000`,
      `DTSTART;${zone}:20260325T150000`,
    ];
    const off = [
      `RECURRENCE-ID;RANGE=THISANDFUTURE;${zone}:20260330T100000`,
      `DTSTART;${zone}:20260330T100000`,
    ];
    const text = icalendar(
      vevent('a', ...series),
      vevent('a', ...moved, 'DURATION:PT2H'),
      vevent('a', ...off, 'DURATION:PT1H', 'STATUS:CANCELLED'),
    );
    expect(shown(text)).toEqual([
      '03-23 09:00 to 03-23 10:00',
      '03-24 09:00 to 03-24 10:00',
      '03-25 14:00 to 03-25 16:00',
      '03-26 14:00 to 03-26 16:00',
      '03-27 14:00 to 03-27 16:00',
      '03-28 14:00 to 03-28 16:00',
      '03-29 13:00 to 03-29 15:00',
    ]);
  });
});

describe('what other programs export', () => {
  it.each([
    ['Windows', 'W. Europe Standard Time'],
    ['Windows in quotes', '"W. Europe Standard Time"'],
    ['Evolution', '/freeassociation.sourceforge.net/Europe/Berlin'],
    ['older Evolution', '/freeassociation.sourceforge.net/Tzfile/Europe/Berlin'],
    ['Mozilla', '/mozilla.org/20050126_1/Europe/Berlin'],
    ['any case', 'europe/BERLIN'],
  ])('understands zones as %s names them', (_, tzid) => {
    expect(busyOf(`DTSTART;TZID=${tzid}:20260705T100000`, 'DURATION:PT1H').map(begin)).toEqual([
      '07-05 08:00',
    ]);
  });

  it('takes a zone that it knows by its name, whatever the calendar says of it', () => {
    const lie = vtimezone('Europe/Berlin', '+0900', '+0900');
    const event = vevent('a', 'DTSTART;TZID=Europe/Berlin:20260705T100000', 'DURATION:PT1H');
    expect(shown(icalendar(lie, event)).map(begin)).toEqual(['07-05 08:00']);
  });

  it('takes a zone that it does not know by what the calendar says of it, as Outlook writes it', () => {
    const own = vtimezone('(UTC+01:00) Amsterdam\\, Berlin', '+0100', '+0200');
    const at = (start: string) =>
      vevent(start, `DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin":${start}`, 'DURATION:PT1H');
    const starts = [
      '20260328T100000',
      '20260329T033000',
      '20260705T100000',
      '20261025T013000',
      '20261025T100000',
    ];
    expect(shown(icalendar(own, ...starts.map(at))).map(begin)).toEqual([
      '03-28 09:00',
      '03-29 01:30',
      '07-05 08:00',
      '10-24 23:30',
      '10-25 09:00',
    ]);
  });

  it('takes a zone of which nothing is known for that of times without one', () => {
    expect(busyOf('DTSTART;TZID=Nowhere:20260705T100000', 'DURATION:PT1H').map(begin)).toEqual([
      '07-05 08:00',
    ]);
  });

  it("reads Google's, with its folded lines, alarms and calendar name", () => {
    const text = [
      'BEGIN:VCALENDAR',
      'PRODID:-//Google Inc//Google Calendar 70.9054//EN',
      'VERSION:2.0',
      'X-WR-CALNAME:me@example.com',
      'X-WR-TIMEZONE:Europe/Berlin',
      vtimezone('America/New_York', '-0500', '-0400'),
      'BEGIN:VEVENT',
      'DTSTART;TZID=America/New_York:20260302T090000',
      'DTEND;TZID=America/New_York:20260302T093000',
      'RRULE:FREQ=WEEKLY;WKST=SU;UNTIL=20260317T035959Z;BYDAY=MO',
      'EXDATE;TZID=America/New_York:20260309T090000',
      'UID:0123456789abcdef@google.com',
      'ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=A "B":',
      ' mailto:a@example.com',
      'DESCRIPTION:BEGIN:VEVENT is only said here\\nand ',
      ' folded',
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      'TRIGGER:-P0DT0H30M0S',
      'DURATION:PT5M',
      'END:VALARM',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    expect(shown(text)).toEqual(['03-02 14:00 to 03-02 14:30', '03-16 13:00 to 03-16 13:30']);
  });

  it("reads Outlook's, with zones that begin in 1601 and a busy status", () => {
    const event = (uid: string, status: string, start: string) =>
      vevent(
        uid,
        `DTSTART;TZID="Customized Time Zone":${start}`,
        'DURATION:PT1H',
        `X-MICROSOFT-CDO-BUSYSTATUS:${status}`,
      );
    const text = `\ufeff${icalendar(
      vtimezone('Customized Time Zone', '-0800', '-0700'),
      event('a', 'BUSY', '20260705T100000'),
      event('b', 'FREE', '20260706T100000'),
      event('c', 'OOF', '20260105T100000'),
    )}`.replaceAll('\r\n', '\n');
    expect(shown(text).map(begin)).toEqual(['01-05 18:00', '07-05 17:00']);
  });

  it("reads Apple's, with a series that was cut in two and a moved occurrence in another zone", () => {
    const text = icalendar(
      'X-APPLE-CALENDAR-COLOR:#1BADF8',
      vevent(
        'A-1',
        'DTSTART;TZID=Europe/London:20260323T090000',
        'DTEND;TZID=Europe/London:20260323T100000',
        'RRULE:FREQ=WEEKLY;UNTIL=20260405T225959Z',
        'X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC',
      ),
      vevent(
        'A-1',
        'RECURRENCE-ID;TZID=Europe/London:20260330T090000',
        'DTSTART;TZID=Asia/Tokyo:20260331T180000',
        'DTEND;TZID=Asia/Tokyo:20260331T190000',
      ),
      vevent(
        'A-2',
        'DTSTART;TZID=Europe/London:20260406T110000',
        'DURATION:PT1H',
        'RRULE:FREQ=WEEKLY;COUNT=1',
      ),
    );
    expect(shown(text).map(begin)).toEqual(['03-23 09:00', '03-31 09:00', '04-06 10:00']);
  });

  it('reads events that all have one UID, or none', () => {
    const at = (day: string) => [`DTSTART:202601${day}T100000Z`, 'DURATION:PT1H'];
    expect(shown(icalendar(vevent('same', ...at('05')), vevent('same', ...at('06'))))).toHaveLength(2);
    const nameless = ['05', '06'].map((day) => vevent('', ...at(day)).replace('UID:\r\n', ''));
    expect(shown(icalendar(...nameless))).toHaveLength(2);
  });
});

describe('a calendar that is broken or means ill', () => {
  const fine = vevent('fine', 'DTSTART:20260105T100000Z', 'DURATION:PT1H');
  const within = (...lines: string[]) => vevent('bad', ...lines);

  it.each([
    ['no start', within('DURATION:PT1H')],
    ['no date at all', within('DTSTART:tomorrow')],
    ['a day that is none', within('DTSTART:20260231T100000Z')],
    ['an hour that is none', within('DTSTART:20260201T250000Z')],
    ['a rule that is none', within('DTSTART:20260105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=SOMETIMES')],
    ['a rule of another calendar', within('DTSTART:20260105T100000Z', 'RRULE:RSCALE=HEBREW;FREQ=YEARLY')],
    ['a duration that is none', within('DTSTART:20260105T100000Z', 'DURATION:long')],
    ['a length beyond a life', within('DTSTART:20260105T100000Z', 'DURATION:P900000D')],
    ['quotes that do not end', within('DTSTART;TZID="Europe/Berlin:20260105T100000')],
    [
      'a line beyond reading',
      within(`DTSTART:20260105T100000Z`, `EXDATE:${'20260105T100000Z,'.repeat(10_000)}`),
    ],
    ['no end', within('DTSTART:20260105T100000Z').replace('END:VEVENT', '')],
    ['the end of another', within('DTSTART:20260105T100000Z', 'END:VTODO')],
    ['a second for ever', within('DTSTART:20200101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY')],
    [
      'a billion seconds',
      within('DTSTART:19700101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY;COUNT=999999999'),
    ],
    [
      'a billion days to count',
      within('DTSTART:16010101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=DAILY;COUNT=999999999'),
    ],
  ])('is read but for an event with %s', (_, bad) => {
    const { events, skipped } = read(icalendar(bad, fine));
    expect([events.map(({ uid }) => uid), skipped]).toEqual([['fine'], 1]);
  });

  it.each([
    'FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2',
    'FREQ=YEARLY;BYDAY=MO;BYMONTH=4;BYMONTHDAY=15,16;BYYEARDAY=1',
    'FREQ=MINUTELY;BYHOUR=3;BYMINUTE=7;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;INTERVAL=2147483647',
    'FREQ=YEARLY;INTERVAL=99999999',
    'FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=9',
  ])('is read with a rule that never comes true: %s', (rule) => {
    const { events, skipped } = read(
      icalendar(within('DTSTART:20200101T000000Z', 'DURATION:PT1H', `RRULE:${rule}`)),
    );
    expect([events.map(({ busy }) => busy.length), skipped]).toEqual([[0], 0]);
  });

  it.each([
    ['nothing', ''],
    ['a web page', '<!DOCTYPE html><html><body>BEGIN:VCALENDAR</body></html>'],
    ['a contact', 'BEGIN:VCARD\r\nFN:A\r\nEND:VCARD'],
    ['one line without end', 'A'.repeat(1_000_000)],
    ['too deep a nest', icalendar('BEGIN:VTODO\r\n'.repeat(10_000))],
    ['too many events', `BEGIN:VCALENDAR\n${'BEGIN:VEVENT\n'.repeat(250_000)}`],
    ['too much', `${icalendar(fine)}${' '.repeat(20_000_000)}`],
  ])('is refused as a whole if it is %s', (_, text) => {
    expect(() => read(text)).toThrow(CalendarUnreadable);
  });

  it('is refused when its events are too much work together, and before long', () => {
    const daily = (n: number) =>
      vevent(`${n}`, 'DTSTART:16010101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=999999999');
    const text = icalendar(...Array.from({ length: 5_000 }, (_, n) => daily(n)));
    const began = performance.now();
    expect(() => read(text)).toThrow('The events of the calendar repeat too often');
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

const window = { start: Instant.parse('2026-01-01T00:00:00Z'), end: Instant.parse('2027-01-01T00:00:00Z') };

function read(text: string) {
  const allowance = new Allowance();
  const events = [...readCalendar(text, { window, zone: findTimeZone('Europe/Berlin')!, allowance })];
  return { events, skipped: allowance.skipped };
}

/** All busy time in order, in UTC and 2026, such as `01-05 10:00 to 01-05 11:00`. */
function shown(text: string): string[] {
  const busy = read(text).events.flatMap((event) => event.busy);
  const short = (instant: Instant) => instant.toString().slice(5, 16).replace('T', ' ');
  return busy.map(({ start, end }) => `${short(start)} to ${short(end)}`).sort();
}

function busyOf(...lines: string[]): string[] {
  return shown(icalendar(vevent('a', ...lines)));
}

function begin(stretch: string): string {
  return stretch.split(' to ')[0]!;
}

/** With the European Union's rules, or none where both offsets are one. */
function vtimezone(tzid: string, standard: string, daylight: string): string {
  const part = (name: string, from: string, to: string, hour: string, month: number) => [
    ...[`BEGIN:${name}`, `DTSTART:16010101T${hour}0000`, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`],
    ...[`RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=${month}`, `END:${name}`],
  ];
  return [
    ...['BEGIN:VTIMEZONE', `TZID:${tzid}`],
    ...part('STANDARD', daylight, standard, '03', 10),
    ...part('DAYLIGHT', standard, daylight, '02', 3),
    'END:VTIMEZONE',
  ].join('\r\n');
}
