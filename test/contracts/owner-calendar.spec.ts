import { CaldavOwnerCalendar } from '../../src/calendars/adapters/caldav-owner-calendar.js';
import { CalendarRequests } from '../../src/calendars/adapters/calendar-requests.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { accountOf } from '../support/calendar-account.js';
import { startDavProxy, type Asked, type DavProxyOptions } from '../support/dav-proxy.js';
import type { DavServer } from '../support/dav-servers.js';
import { freePort } from '../support/free-port.js';
import { graphStage } from '../support/graph-stage.js';
import { icalendar, vevent } from '../support/icalendar.js';
import { RADICALE_USER, startRadicale } from '../support/radicale.js';
import { startXandikos } from '../support/xandikos.js';
import { ownerCalendarContract, type OwnerCalendarStage } from './owner-calendar.contract.js';

ownerCalendarContract('CalDAV on Radicale', () => stageOn(startRadicale, '/owner/', 2_000));

ownerCalendarContract('CalDAV on Xandikos, behind a proxy that asks for a password', () =>
  stageOn(startXandikos, '/owner/calendars/', 250, { instead: refusingStrangers }),
);

ownerCalendarContract('CalDAV on a server without sync-tokens', () =>
  stageOn(startRadicale, '/owner/', 250, {
    rewrite: (body) => body.replace(/<sync-token>[^<]*<\/sync-token>/g, ''),
    instead: ({ body }) => (body.includes('sync-collection') ? { status: 501 } : null),
  }),
);

ownerCalendarContract('Microsoft 365', graphStage);

/** Who reads and writes there besides LinkTime goes to the server itself. */
async function stageOn(
  start: () => Promise<DavServer>,
  home: string,
  many: number,
  proxied: DavProxyOptions = {},
): Promise<OwnerCalendarStage> {
  const server = await start();
  const proxy = await startDavProxy(server.url, proxied);
  const requests = new CalendarRequests({ allowPrivate: true });
  const accountAt = (url: string, password = RADICALE_USER.password) =>
    accountOf({ url, username: RADICALE_USER.username, password });
  let made = 0;
  const send = async (method: string, calendarId: string, name: string, body?: Blob) => {
    const path = new URL(calendarId).pathname + (name && `${encodeURIComponent(name)}.ics`);
    const headers = { authorization: basic(RADICALE_USER) };
    const answer = await fetch(server.url + path, { method, headers, body });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };

  return {
    calendar: new CaldavOwnerCalendar(requests, new SystemClock()),
    account: accountAt(proxy.url),
    stranger: accountAt(proxy.url, 'wrong'),
    nowhere: accountAt(`http://127.0.0.1:${await freePort()}`),
    async make(name) {
      const id = `${proxy.url}${home}made-${(made += 1)}/`;
      await send('MKCALENDAR', id, '');
      await send('PROPPATCH', id, '', displayName(name));
      return id;
    },
    write: (id, name, ...components) =>
      send('PUT', id, name, new Blob([icalendar(...components)], { type: 'text/calendar; charset=utf-8' })),
    erase: (id, name) => send('DELETE', id, name),
    nameOf: (id, remoteId) => decodeURIComponent(remoteId.slice(id.length).replace(/\.ics$/, '')),
    many,
    async fill(id, count) {
      const files = new Map<string, string>();
      for (let i = 0; i < count; i += 1) {
        const start = new Date(Date.UTC(2026, 0, 1, i)).toISOString().replace(/[-:]|\.000/g, '');
        const event = vevent(`event-${i}`, `DTSTART:${start}`, 'DURATION:PT30M');
        files.set(`event-${i}.ics`, icalendar(event));
      }
      await server.lay(new URL(id).pathname, files);
    },
    async close() {
      await requests.close();
      await proxy.close();
      await server.stop();
    },
  };
}

function refusingStrangers({ headers }: Asked) {
  if (headers.authorization === basic(RADICALE_USER)) return null;
  return { status: 401, headers: { 'www-authenticate': 'Basic realm="calendars"' } };
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function displayName(name: string): Blob {
  const xml = `<propertyupdate xmlns="DAV:"><set><prop><displayname>${name}</displayname></prop></set></propertyupdate>`;
  return new Blob([xml], { type: 'text/xml' });
}
