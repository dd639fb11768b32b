import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inDays, tryToBook } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { Installation } from '../support/installation.js';
import type { Offer } from '../support/owners.js';

const page = { Origin: 'https://shop.example.com' };

describe('holds at the public edge', () => {
  let linktime: Installation;
  let anyone: Client;
  let offer: Offer;
  beforeAll(async () => {
    linktime = await Installation.embedded({ TRUST_PROXY: '127.0.0.1' });
    anyone = await linktime.startClient();
    offer = await linktime.owners.offer(await linktime.owners.add());
  });
  afterAll(() => linktime.close());

  const from = (address: string) => anyone.with({ 'X-Forwarded-For': address });
  const hold = (client: Client, startTime: string) =>
    client.post('/api/holds', { eventTypeId: offer.id, startTime });

  it('share the ten a minute of an address with public bookings, failed ones too', async () => {
    const client = from('203.0.113.1');
    const statuses: number[] = [];
    for (let hour = 10; hour < 14; hour += 1) {
      statuses.push((await hold(client, inDays(5, `${hour}:00`))).status);
      statuses.push((await tryToBook(client, offer, inDays(5, `${hour}:30`))).status);
    }
    statuses.push((await hold(client, 'never')).status, (await hold(client, inDays(5, '10:00'))).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 201, 201, 201, 400, 409]);

    expect((await hold(client, inDays(6, '10:00'))).status).toBe(429);
    expect((await tryToBook(client, offer, inDays(6, '10:00'))).status).toBe(429);
    expect((await hold(from('203.0.113.2'), inDays(6, '10:00'))).status).toBe(201);
  });

  it('need no key, and pay no attention to one', async () => {
    const client = from('203.0.113.3').with({ Authorization: 'Bearer nonsense' });
    expect((await hold(client, inDays(7, '10:00'))).status).toBe(201);
  });

  it('may be asked for by pages of other sites, without their cookies', async () => {
    const client = from('203.0.113.4').with(page);
    const preflight = await client.request('OPTIONS', '/api/holds', {
      headers: { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');

    for (const startTime of [inDays(8, '10:00'), 'never']) {
      const { headers } = await hold(client, startTime);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('count towards limits of the event type as bookings do, until they expire', async () => {
    const owner = await linktime.owners.add();
    const limited = await linktime.owners.offer(owner, { dailyLimit: 1 });
    const client = from('203.0.113.5');
    const wish = { eventTypeId: limited.id, startTime: inDays(9, '10:00') };
    expect((await client.post('/api/holds', wish)).status).toBe(201);
    expect((await tryToBook(client, limited, inDays(9, '15:00'))).status).toBe(409);

    await linktime.query('update holds set expires_at = now() where event_type_id = $1', [limited.id]);
    expect((await tryToBook(client, limited, inDays(9, '15:00'))).status).toBe(201);
  });
});
