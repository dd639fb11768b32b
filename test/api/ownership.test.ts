import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContactView } from '../../src/crm/reads/contact-reads.js';
import type { BookingDetailView } from '../../src/scheduling/reads/booking-reads.js';
import { book, bookingOf, dateInDays, inDays } from '../support/bookings.js';
import { promisedPaths, type Client, type HttpAnswer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const operations = Object.entries(promisedPaths).flatMap(([path, item]) =>
  methods.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
);

/** An owner and what only they should see. */
interface World {
  owner: Owner;
  client: Client;
  offer: Offer;
  contact: ContactView;
  booking: BookingDetailView;
  /** The ids of all that is theirs, by kind. */
  ids: Record<string, string>;
  /** Texts that are found in everything of theirs. */
  marks: string[];
}

/** A route that names one thing by its id or slug. */
interface OfOne {
  readonly body?: unknown;
  readonly query?: string;
}

/** Every route that names one thing. What is another's is as unknown to it as what never was. */
const ofOne: Record<string, OfOne> = {
  'GET /api/v1/bookings/{id}': {},
  'POST /api/v1/bookings/{id}/cancel': { body: { reason: 'Not mine' } },
  'GET /api/v1/contacts/{id}': {},
  'PATCH /api/v1/contacts/{id}': { body: { name: 'Not mine' } },
  'DELETE /api/v1/contacts/{id}': {},
  'GET /api/v1/event-types/{id}': {},
  'GET /api/v1/availability/{slug}': { query: `?timezone=UTC&startDate=${dateInDays(5)}` },
};

/** Every route that names nothing: asked in all these ways, it shows nothing of another's. */
const ofMany: Record<string, (client: Client, theirs: World) => Promise<HttpAnswer<unknown>>[]> = {
  'GET /api/v1/me': (client) => [client.get('/api/v1/me')],
  'GET /api/v1/bookings': (client, theirs) =>
    [
      {},
      { limit: 100, status: 'all' },
      { eventTypeId: theirs.offer.id },
      { contactId: theirs.contact.id },
      { inviteeEmail: theirs.booking.inviteeEmail },
      { search: theirs.marks[0]! },
      { from: dateInDays(0), to: dateInDays(60), sort: 'startTime' },
      { updatedAfter: '2020-01-01T00:00:00Z' },
    ].map((query) => client.get('/api/v1/bookings', query as Record<string, string>)),
  'GET /api/v1/contacts': (client, theirs) =>
    [{}, { limit: 100 }, { search: theirs.contact.email }, { search: theirs.marks[0]! }].map((query) =>
      client.get('/api/v1/contacts', query as Record<string, string>),
    ),
  'POST /api/v1/contacts': (client, theirs) => [
    client.post('/api/v1/contacts', { name: 'Mine now', email: theirs.contact.email, id: theirs.contact.id }),
  ],
  'GET /api/v1/event-types': (client) => [
    client.get('/api/v1/event-types'),
    client.get('/api/v1/event-types', { limit: 100 }),
  ],
  'GET /api/v1/events': (client, theirs) => [
    client.get('/api/v1/events'),
    ...Object.values(theirs.ids).map((id) => client.get('/api/v1/events', { after: id })),
  ],
  // What is public is public; who has booked or is known is not.
  'POST /api/holds': (client, theirs) => [
    client.post('/api/holds', { eventTypeId: theirs.offer.id, startTime: theirs.booking.startTime }),
    client.post('/api/holds', { eventTypeId: theirs.contact.id, startTime: inDays(6, '10:00') }),
  ],
  'POST /api/bookings': (client, theirs) => [
    client.post('/api/bookings', bookingOf(theirs.offer, theirs.booking.startTime)),
    client.post('/api/bookings', bookingOf({ id: theirs.contact.id, slug: '' }, inDays(6, '10:00'))),
  ],
};

describe('what belongs to another owner', () => {
  let linktime: Installation;
  let mine: World;
  let theirs: World;

  beforeAll(async () => {
    linktime = await Installation.production();
    const [anyone] = await Promise.all([linktime.startClient(), linktime.startWorker()]);
    mine = await newWorld(anyone, 'Mine');
    theirs = await newWorld(anyone, 'Theirs');
  });
  afterAll(() => linktime.close());

  async function newWorld(anyone: Client, mark: string): Promise<World> {
    const owner = await linktime.owners.add({ name: `${mark}-owner` });
    const client = anyone.as(owner);
    const offer = await linktime.owners.offer(owner, {
      name: `${mark}-offer`,
      slug: `${mark.toLowerCase()}-offer`,
    });
    const email = `${mark.toLowerCase()}-invitee@example.com`;
    const made = await book(anyone, offer, inDays(5, '10:00'), {
      inviteeName: `${mark}-invitee`,
      inviteeEmail: email,
    });
    const { body: booking } = await client.get<BookingDetailView>(`/api/v1/bookings/${made.id}`);
    const { body: contact } = await client.get<ContactView>(`/api/v1/contacts/${booking.contact!.id}`);
    const event = await eventually(async () => {
      const { body } = await client.get<{ nextAfter: string | null }>('/api/v1/events');
      return body.nextAfter;
    });
    const ids = {
      booking: booking.id,
      event,
      contact: contact.id,
      'event type': offer.id,
      slug: offer.slug,
      owner: owner.id,
      key: owner.keyId,
    };
    return { owner, client, offer, contact, booking, ids, marks: [`${mark}-`, `${mark.toLowerCase()}-`] };
  }

  /** All that is stored of an owner. */
  const stored = (owner: Owner) =>
    Promise.all(
      ['users', 'contacts', 'bookings', 'event_types'].map((table) =>
        linktime.query(
          `select * from ${table} where ${table === 'users' ? 'id' : 'owner_id'} = $1 order by id`,
          [owner.id],
        ),
      ),
    );

  it('is tried at every route that is documented', () => {
    expect([...Object.keys(ofOne), ...Object.keys(ofMany)].toSorted()).toEqual(operations.toSorted());
  });

  describe.each(Object.entries(ofOne))('%s', (operation, { body, query = '' }) => {
    const [method, template] = operation.split(' ') as [string, string];
    const ask = (id: string) =>
      mine.client.request(method, template.replace(/\{\w+\}/, encodeURIComponent(id)) + query, {
        ...(body !== undefined && { body }),
      });

    it('does not know it, as if it had never been', async () => {
      const before = await stored(theirs.owner);
      const never = await ask('01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01');
      expect(never.status).toBe(404);
      for (const id of Object.values(theirs.ids)) {
        for (const spelling of [id, id.toUpperCase(), ` ${id}`, `${id}\0`]) {
          const { status, body: answer } = await ask(spelling);
          expect({ id, status, answer }).toEqual({ id, status: 404, answer: never.body });
        }
      }
      expect(await stored(theirs.owner)).toEqual(before);
    });

    it('takes no id of one’s own for one of another kind', async () => {
      const kind = template.includes('{slug}')
        ? 'slug'
        : template.split('/')[3]!.slice(0, -1).replace('-', ' ');
      expect(Object.keys(mine.ids)).toContain(kind);
      const before = await stored(mine.owner);
      for (const [name, id] of Object.entries(mine.ids)) {
        if (name !== kind) expect((await ask(id)).status).toBe(404);
      }
      expect(await stored(mine.owner)).toEqual(before);
    });
  });

  describe.each(Object.entries(ofMany))('%s', (_operation, askInAllWays) => {
    it('shows nothing of it and leaves it as it is', async () => {
      const before = await stored(theirs.owner);
      for (const { body } of await Promise.all(askInAllWays(mine.client, theirs))) {
        const text = JSON.stringify(body).replaceAll(theirs.contact.email, ''); // what was sent may come back
        for (const secret of [...theirs.marks, ...Object.values(theirs.ids)])
          expect(text).not.toContain(secret);
      }
      expect(await stored(theirs.owner)).toEqual(before);
    });
  });

  it('is not in the way of one’s own', async () => {
    const time = theirs.booking.startTime;
    await mine.client.post(`/api/v1/bookings/${mine.booking.id}/cancel`);
    expect((await book(mine.client, mine.offer, time)).eventType.id).toBe(mine.offer.id);
  });
});
