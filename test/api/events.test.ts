import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { book, inDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation } from '../support/installation.js';
import { expectPayload, type Envelope } from '../support/openapi.js';
import type { Offer, Owner } from '../support/owners.js';

interface EventPage {
  data: Envelope[];
  hasMore: boolean;
  nextAfter: string | null;
}

describe('GET /api/v1/events', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let client: Client;
  let offer: Offer;

  beforeAll(async () => {
    linktime = await Installation.production();
    [anyone] = await Promise.all([linktime.startClient(), linktime.startWorker()]);
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner);
  });
  afterAll(() => linktime.close());

  const events = async (query: Record<string, string | number> = {}, asker = client) => {
    const { status, body } = await asker.get<EventPage>('/api/v1/events', query);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };
  const newestId = async () => (await events({ limit: 100 })).nextAfter;
  /** The events after one, once there are as many. */
  const eventsAfter = (after: string | null, count: number) =>
    eventually(async () => {
      const page = await events({ limit: 100, ...(after !== null && { after }) });
      return page.data.length >= count && page;
    });

  it('begins with nothing, for an owner to whom nothing has happened', async () => {
    const newcomer = anyone.as(await linktime.owners.add());
    expect(await events({}, newcomer)).toEqual({ data: [], hasMore: false, nextAfter: null });
  });

  it('tells what happens to a booking and a contact, each event as it is documented', async () => {
    const before = await newestId();
    const { id } = await book(anyone, offer, inDays(3, '10:00'), { inviteeEmail: 'told@example.com' });
    await eventsAfter(before, 2);
    await client.post(`/api/v1/bookings/${id}/cancel`, { reason: 'Ill' });

    const { data, nextAfter } = await eventsAfter(before, 3);
    const [first, second] = data.slice(0, 2).map(({ event }) => event);
    expect(new Set([first, second])).toEqual(new Set(['contact.created', 'booking.created']));
    expect(data[2]).toMatchObject({
      event: 'booking.cancelled',
      data: { id, status: 'CANCELLED', cancelReason: 'Ill', host: { email: owner.email } },
    });
    expect(nextAfter).toBe(data[2]!.id);
    for (const event of data) expectPayload(event.event, JSON.stringify(event));
  });

  it('goes on where it was left, also from an empty page', async () => {
    const start = await newestId();
    const { nextAfter, ...page } = await events(start === null ? {} : { after: start });
    expect(page).toEqual({ data: [], hasMore: false });
    expect(nextAfter).toBe(start);

    for (let n = 0; n < 5; n += 1) {
      await client.post('/api/v1/contacts', { name: 'Ada', email: `page-${n}@example.com` });
    }
    const all = await eventsAfter(start, 5);
    const seen: string[] = [];
    for (let after = start, hasMore = true; hasMore;) {
      const next = await events({ limit: 2, ...(after !== null && { after }) });
      expect(next.data.length).toBeLessThanOrEqual(2);
      seen.push(...next.data.map(({ id }) => id));
      ({ nextAfter: after, hasMore } = next);
    }
    expect(seen).toEqual(all.data.map(({ id }) => id));
  });

  it('sends each event to the byte as it was published', async () => {
    const before = await newestId();
    await client.post('/api/v1/contacts', { name: 'Zoë "💋" \\ / <b>', email: 'bytes@example.com' });
    const { data } = await eventsAfter(before, 1);
    const response = await fetch(`${anyone.url}/api/v1/events?limit=100`, {
      headers: { Authorization: `Bearer ${owner.key}` },
    });
    const [kept] = await linktime.query<{ body: string }>('select body from published_events where id = $1', [
      data[0]!.id,
    ]);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.text()).toContain(kept!.body);
  });

  it('keeps 20 events a page unless asked otherwise', async () => {
    const prolific = await linktime.owners.add();
    await linktime.query(
      `insert into published_events (id, owner_id, name, body, is_test, published_at)
       select 'evt_01980a4e-7b1c-7c3e-9d55-0000000000' || n, $1, 'contact.created',
         (select body from published_events where name = 'contact.created' limit 1), false, now()
       from generate_series(10, 31) n order by n`,
      [prolific.id],
    );
    const page = await events({}, anyone.as(prolific));
    expect(page.data).toHaveLength(20);
    expect(page).toMatchObject({ hasMore: true, nextAfter: 'evt_01980a4e-7b1c-7c3e-9d55-000000000029' });
  });

  it('shows no event of another owner, and takes none to begin after', async () => {
    await client.post('/api/v1/contacts', { name: 'Ada', email: 'hers@example.com' });
    const mine = await eventually(newestId);
    const stranger = anyone.as(await linktime.owners.add());
    expect(await events({}, stranger)).toEqual({ data: [], hasMore: false, nextAfter: null });
    expect(await stranger.get('/api/v1/events', { after: mine })).toMatchObject({
      status: 400,
      body: { error: 'Invalid request data', details: { after: 'Unknown event' } },
    });
  });

  it.each([
    ['text of another kind', 'x'],
    ['NUL', '\0'],
    ['an id that cannot be one', 'evt_1'],
    ['an id of no event', 'evt_01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01'],
    ['a long text', 'e'.repeat(3_000)],
  ])('knows no event to begin after by %s', async (_what, after) => {
    expect(await client.get('/api/v1/events', { after })).toMatchObject({
      status: 400,
      body: { error: 'Invalid request data', details: { after: 'Unknown event' } },
    });
  });

  it.each(['0', '101', 'x', '1.5'])('has no pages of %s', async (limit) => {
    expect(await client.get('/api/v1/events', { limit })).toMatchObject({
      status: 400,
      body: { details: { limit: expect.any(String) } },
    });
  });

  it('takes each parameter once, and an empty one for none', async () => {
    for (const query of ['after=x&after=y', 'limit=1&limit=1']) {
      expect((await client.get(`/api/v1/events?${query}`)).status).toBe(400);
    }
    expect((await client.get('/api/v1/events?after=&limit=')).status).toBe(200);
  });
});
