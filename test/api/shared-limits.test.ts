import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation } from '../support/installation.js';
import type { Owner } from '../support/owners.js';

const me = '/api/v1/me';
const proxied = { TRUST_PROXY: '127.0.0.1' };

// Redis is not waited for when it is late, as it may be on a machine with too much to do: processes then count by themselves.
jest.retryTimes(3);

describe('limits of several processes', () => {
  let linktime: Installation;
  let clients: [Client, Client];
  let owner: Owner;
  let addresses = 0;

  beforeAll(async () => {
    linktime = await Installation.production(proxied);
    clients = await Promise.all([linktime.startClient(), linktime.startClient()]);
    await Promise.all(clients.map(sharesItsCounts));
    owner = await linktime.owners.add();
  });
  afterAll(() => linktime.close());

  /** Somebody nobody has heard of, at the one process and the other. */
  const somebody = (): [Client, Client] => {
    const headers = { 'X-Forwarded-For': `192.0.2.${(addresses += 1)}` };
    return [clients[0].with(headers), clients[1].with(headers)];
  };
  const newKey = () => linktime.owners.issueKey(owner.email);

  it('are counted together for a key', async () => {
    const [key, [one, other]] = [await newKey(), somebody()];
    await spend(one.as(key), 30);
    await spend(other.as(key), 30);
    expect((await one.as(key).get(me)).status).toBe(429);
    expect((await other.as(key).get(me)).status).toBe(429);
  });

  it('are counted together for failed authentications', async () => {
    const [one, other] = somebody();
    await spend(one, 3);
    await spend(other, 2);
    expect((await one.get(me)).status).toBe(429);
    expect((await other.get(me)).status).toBe(429);
  });

  it('are counted together for public bookings', async () => {
    const [one, other] = somebody();
    for (let n = 0; n < 5; n += 1) {
      await one.post('/api/bookings', {});
      await other.post('/api/bookings', {});
    }
    expect((await one.post('/api/bookings', {})).status).toBe(429);
    expect((await other.post('/api/bookings', {})).status).toBe(429);
  });

  it('let a key pass at one that was proven at another', async () => {
    const [key, [one, other]] = [await newKey(), somebody()];
    await one.as(key).get(me);
    await spend(other, 5);
    await eventually(async () => (await other.as(key).get(me)).status === 200, 2_000);
  });
});

async function sharesItsCounts(client: Client): Promise<void> {
  await eventually(async () => {
    const { body } = await client.get<{ redis: string | null }>('/health');
    return body.redis !== 'down';
  });
}

async function spend(client: Client, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await client.get(me);
}
