import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { book, bookingOf, inDays, tryToBook } from '../support/bookings.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Owner } from '../support/owners.js';
import { sendRaw } from '../support/raw-http.js';
import { runCli, type RunningServer } from '../support/server.js';

const invitee = {
  inviteeName: 'Xanthippe Quisling',
  inviteeEmail: 'xanthippe@quisling.example',
  phone: '+99 8877 665544',
  notes: 'Zyzzyva and other secrets',
  guests: ['gwendolyn@quisling.example'],
  answers: { topic: 'Quixotic matters' },
};

describe('what LinkTime logs, of all there is to log', () => {
  let linktime: Installation;
  let server: RunningServer;
  let owner: Owner;
  const secrets = new Set(['Xanthippe', 'Quisling', 'quisling', '8877', 'Zyzzyva', 'gwendolyn', 'Quixotic']);

  beforeAll(async () => {
    linktime = await Installation.embedded({ ...withoutLimits, LOG_LEVEL: 'trace' });
    server = await linktime.startApi();
    owner = await linktime.owners.add();
    for (const part of [owner.key, owner.key.slice(-12)]) secrets.add(part);
  });
  afterAll(() => linktime.close());

  it('has something of every request', async () => {
    const client = new Client(server.url).as(owner);
    await client.get('/api/v1/me');
    await client.get('/api/v1/contacts/none');
    await eventually(() => /"route":"\/api\/v1\/me"/.test(server.logs()));
    await eventually(() => /"status":404/.test(server.logs()));
  });

  it('has no key and nothing of what invitees said, whatever goes right or wrong', async () => {
    const anyone = new Client(server.url);
    const client = anyone.as(owner);
    const feed = await publishedFeed();
    const offer = await linktime.owners.offer(owner, {
      questions: [{ id: 'topic', label: 'Topic?', type: 'text' }],
    });

    const booking = await book(anyone, offer, inDays(3, '10:00'), invitee);
    secrets.add(new URL(booking.cancelUrl).search.slice(-16));
    await tryToBook(anyone, offer, inDays(3, '10:00'), invitee);
    await tryToBook(anyone, offer, inDays(3, '10:01'), invitee);
    await anyone.post('/api/bookings', {
      ...bookingOf(offer, invitee.notes, invitee),
      guests: [invitee.notes],
    });
    await anyone.post('/api/bookings', `{ ${invitee.notes}`);
    await anyone.post('/api/bookings', invitee.notes, { 'Content-Type': 'text/plain' });
    await client.get('/api/v1/contacts', { search: invitee.inviteeName });
    await client.get(`/api/v1/contacts/${invitee.inviteeEmail}`);
    await client.get(`/api/v1/availability/${invitee.inviteeEmail}`, { timezone: invitee.notes });
    await client.get(`/nothing/${invitee.inviteeEmail}`);
    await fetch(server.url + feed);
    await fetch(server.url + feed.replace('.ics', 'x.ics'));
    await client.post('/api/v1/contacts', { name: invitee.inviteeName, email: invitee.inviteeEmail });
    await client.post(`/api/v1/bookings/${booking.id}/cancel`, { reason: invitee.notes });
    await anyone.get('/api/v1/me', { api_key: owner.key });
    await anyone
      .with({ Authorization: `Bearer ${owner.key}x`, Cookie: `key=${owner.key}` })
      .get('/api/v1/me');
    await sendRaw(server.url, `GET /?key=${owner.key} HTTP/1.1\r\nHost: x\r\n${invitee.notes}\r\n\r\n`);
    await sendRaw(server.url, `${invitee.inviteeEmail}\r\n\r\n`);

    // Faults of the database, which tells its own log and the driver what it could not store.
    await linktime.query(
      `alter table contacts add constraint never check (name not like 'Xan%' or phone is null) not valid`,
    );
    await linktime.query('alter table email_logs rename to out_of_reach');
    await linktime.query('alter table calendar_feeds rename column token_hash to lost_hash');
    expect((await fetch(server.url + feed)).status).toBe(500);
    const failing = {
      ...bookingOf(offer, inDays(3, '12:00'), invitee),
      inviteeEmail: 'other@quisling.example',
    };
    for (const [path, body] of [
      ['/api/bookings', failing],
      ['/api/v1/contacts', { name: 'Xanthippe', email: 'new@quisling.example', phone: invitee.phone }],
    ] as const) {
      const response = await fetch(server.url + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${owner.key}` },
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(500);
    }
    await book(anyone, offer, inDays(3, '14:00'), {
      ...invitee,
      inviteeName: 'Somebody',
      inviteeEmail: 'some@quisling.example',
    });
    await eventually(() => /out_of_reach|email_logs/.test(server.logs()));
    await linktime.query('alter table out_of_reach rename to email_logs');

    expect(await server.stop()).toBe(0);
    expectNothingSecret('its output', server.logs());
    for (const name of await readdir(linktime.dataDir)) {
      if (name.endsWith('.log'))
        expectNothingSecret(name, await readFile(join(linktime.dataDir, name), 'utf8'));
    }
  });

  /** Where the owner's bookings are published: the address is a secret. */
  async function publishedFeed(): Promise<string> {
    const { stdout } = await runCli(
      ['calendars', 'publish', '--user', owner.email, '--json'],
      linktime.settings,
    );
    const { pathname } = new URL((JSON.parse(stdout) as { url: string }).url);
    secrets.add(pathname.slice(-24, -4));
    return pathname;
  }

  function expectNothingSecret(what: string, log: string): void {
    const told = log.split('\n').filter((line) => [...secrets].some((secret) => line.includes(secret)));
    expect({ what, told }).toEqual({ what, told: [] });
  }
});
