import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { accountOf } from '../../../test/support/calendar-account.js';
import { icalendar, vevent } from '../../../test/support/icalendar.js';
import { pour, startOddServer, type OddServer } from '../../../test/support/odd-server.js';
import { SystemClock } from '../../kernel/clock.js';
import { CalendarUnavailable, CalendarUnreadable } from '../domain/errors.js';
import type { RemoteEvent } from '../domain/remote-event.js';
import { CaldavOwnerCalendar } from './caldav-owner-calendar.js';
import { CalendarRequests } from './calendar-requests.js';

const window = { start: Instant.parse('2026-01-01T00:00:00Z'), end: Instant.parse('2027-01-01T00:00:00Z') };

describe('CaldavOwnerCalendar before a server that means ill', () => {
  let server: OddServer;
  let other: OddServer;
  let requests: CalendarRequests;
  let calendar: CaldavOwnerCalendar;

  beforeAll(async () => {
    [server, other] = await Promise.all([startOddServer(), startOddServer()]);
  });
  afterAll(() => Promise.all([server.close(), other.close()]));
  beforeEach(() => {
    requests = new CalendarRequests({ allowPrivate: true, timeoutMs: 1_500 });
    calendar = new CaldavOwnerCalendar(requests, new SystemClock());
    other.asked.length = 0;
  });
  afterEach(() => requests.close());

  const account = (url = server.url) => accountOf({ url, username: 'owner', password: 'secret' });
  const elsewhere = () => other.url.replace('127.0.0.1', 'localhost');
  const saysXml = (body: string) => {
    server.answer = (_, response) =>
      void response.writeHead(207, { 'content-type': 'application/xml' }).end(body);
  };
  const sync = async () => {
    const pages = calendar.changes(account(), `${server.url}/c/`, null, window, 'Europe/Berlin');
    const events: RemoteEvent[] = [];
    for (;;) {
      const { done, value } = await pages.next();
      if (done) return events;
      events.push(...value.changed);
    }
  };

  it('does not take the password to another host, by redirect or by link', async () => {
    server.answer = (_, response) => void response.writeHead(301, { location: `${elsewhere()}/dav/` }).end();
    await expect(calendar.calendars(account())).rejects.toThrow('The server leads to another one, localhost');

    const principal = `<d:href>${elsewhere()}/me/</d:href>`;
    saysXml(multistatus(found('/', `<d:current-user-principal>${principal}</d:current-user-principal>`)));
    await expect(calendar.calendars(account())).rejects.toThrow('The server leads to another one, localhost');
    await expect(calendar.remove(account(), 'c', `${elsewhere()}/c/1.ics`)).rejects.toThrow(
      CalendarUnreadable,
    );
    expect(other.asked).toEqual([]);
  });

  it('does not take the password from https to http', async () => {
    const secure = account(server.url.replace('http:', 'https:'));
    await expect(calendar.remove(secure, 'c', `${server.url}/c/1.ics`)).rejects.toThrow(
      'leads away from https',
    );
  });

  it('refuses document types before it reads any entity', async () => {
    const lol = '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">';
    for (const before of ['', '<?xml version="1.0"?>\n', '<!-- <x> -->', '\ufeff<?a <?>']) {
      saysXml(
        `${before}<!DOCTYPE x [${lol}]>${multistatus(found('/c/', '<d:displayname>&b;</d:displayname>'))}`,
      );
      await expect(calendar.calendars(account())).rejects.toThrow('document type');
    }
  });

  it('reads events with a document type in their text', async () => {
    const html = `X-ALT-DESC;FMTTYPE=text/html:<!DOCTYPE HTML><html></html>`;
    const text = icalendar(vevent('a', 'DTSTART:20260105T100000Z', 'DURATION:PT1H', html));
    const data = `<d:getetag>"1"</d:getetag><c:calendar-data><![CDATA[${text}]]></c:calendar-data>`;
    saysXml(multistatus(found('/c/a.ics', data)));
    expect((await sync()).map(({ uid, etag }) => [uid, etag])).toEqual([['a', '"1"']]);
  });

  it.each<[string, string]>([
    ['no XML', 'hello'],
    ['half an answer', '<d:multistatus xmlns:d="DAV:"><d:response>'],
    ['something else', '<html xmlns="x"><body/></html>'],
    ['an entity of its own', multistatus(found('/', '<d:displayname>&own;</d:displayname>'))],
    ['an answer within itself', '<d:multistatus xmlns:d="DAV:">'.repeat(100_000)],
    [
      'names that mean something elsewhere',
      multistatus('<_parent/><__proto__><a/></__proto__><constructor/>'),
    ],
  ])('says that the server cannot be read when it answers with %s', async (_, body) => {
    saysXml(body);
    await expect(calendar.calendars(account())).rejects.toThrow(CalendarUnreadable);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it.each<[string, OddServer['answer']]>([
    [
      'a web page',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    ],
    ['100 MB', (_, response) => pour(response.writeHead(207), Buffer.alloc(1 << 16, 'A'), 100_000_000)],
    ['gzip unasked', (_, response) => void response.writeHead(207, { 'content-encoding': 'gzip' }).end('x')],
    ['a refusal', (_, response) => void response.writeHead(400).end()],
    ['a round of redirects', ({ url }, response) => void response.writeHead(302, { location: url }).end()],
  ])('says that the server cannot be read when it answers with %s', async (_, answer) => {
    server.answer = answer;
    await expect(calendar.calendars(account())).rejects.toThrow(CalendarUnreadable);
    await expect(sync()).rejects.toThrow(CalendarUnreadable);
  });

  it('does not wait for a server that never answers, nor for one without end', async () => {
    server.answer = () => undefined;
    await expect(sync()).rejects.toThrow(CalendarUnavailable);

    server.answer = (_, response) => {
      const more = `<d:response><d:href>/c/</d:href><d:status>HTTP/1.1 507 x</d:status></d:response>`;
      const token = `<d:sync-token>${server.asked.length}</d:sync-token>`;
      const body = multistatus(more + found('/c/', token) + token);
      response.writeHead(207, { 'content-type': 'text/xml' }).end(body);
    };
    const hurried = new CaldavOwnerCalendar(requests, new SystemClock(), { syncMs: 1_000, callMs: 1_000 });
    const pages = hurried.changes(account(), `${server.url}/c/`, null, window, 'Europe/Berlin');
    await expect(pages.next()).rejects.toThrow(/It took too long|has no end/);
  });

  it('understands a bare server name, and says that what is no address is none', async () => {
    await expect(calendar.calendars(account('not an address'))).rejects.toThrow(CalendarUnreadable);
    const careful = new CalendarRequests({ allowPrivate: false, resolve: async () => ['10.0.0.1'] });
    const strict = new CaldavOwnerCalendar(careful, new SystemClock());
    await expect(strict.calendars(account('dav.example.com'))).rejects.toThrow('The address is private');
    await careful.close();
  });
});

function multistatus(content: string): string {
  return `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">${content}</d:multistatus>`;
}

function found(href: string, props: string): string {
  const status = '<d:status>HTTP/1.1 200 OK</d:status>';
  return `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${props}</d:prop>${status}</d:propstat></d:response>`;
}
