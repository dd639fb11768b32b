import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContactDetailView, ContactView } from '../../src/crm/reads/contact-reads.js';
import type { Page } from '../../src/kernel/page.js';
import { book, dateInDays, inDays, inMinutes } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { Installation } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';

const UTC_MILLISECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const taken = { status: 409, body: { error: 'A contact with this email already exists' } };
const unknown = { status: 404, body: { error: 'Contact not found' } };

describe('contacts', () => {
  let linktime: Installation;
  let anyone: Client;
  let elsewhere: Client;
  let owner: Owner;
  let client: Client;
  let offer: Offer;
  let count = 0;

  beforeAll(async () => {
    linktime = await Installation.production();
    [anyone, elsewhere] = await Promise.all([linktime.startClient(), linktime.startClient()]);
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner);
  });
  afterAll(() => linktime.close());

  const newEmail = () => `contact-${(count += 1)}@example.com`;
  const create = (given: Record<string, unknown> = {}, asker = client) =>
    asker.post<ContactView>('/api/v1/contacts', { name: 'Ada Lovelace', email: newEmail(), ...given });
  const created = async (given?: Record<string, unknown>, asker?: Client) => {
    const { status, body } = await create(given, asker);
    expect(status).toBe(201);
    return body;
  };
  const detail = async (id: string) => (await client.get<ContactDetailView>(`/api/v1/contacts/${id}`)).body;
  const events = (id: string) =>
    linktime.query<{ name: string; data: Record<string, unknown> }>(
      'select name, data from outbox where subject_id = $1 order by position',
      [id],
    );

  describe('made', () => {
    it('have all they were given, and a place where they are found', async () => {
      const given = {
        name: 'Ada Lovelace',
        email: newEmail(),
        phone: '+44 20 7946 0000',
        company: 'Analytical Engines',
        notes: 'One\nTwo',
      };
      const { status, headers, body } = await create(given);
      expect(status).toBe(201);
      expect(body).toEqual({
        ...given,
        id: expect.any(String),
        source: 'API',
        meetingCount: 0,
        createdAt: expect.stringMatching(UTC_MILLISECONDS),
        updatedAt: body.createdAt,
      });
      expect(headers.get('location')).toBe(`/api/v1/contacts/${body.id}`);
      expect(await detail(body.id)).toEqual({ ...body, upcomingMeetings: [], pastMeetings: [] });
    });

    it('need no more than name and e-mail', async () => {
      expect(await created({ phone: null, company: '', notes: '' })).toMatchObject({
        phone: null,
        company: null,
        notes: null,
      });
      expect(await client.post('/api/v1/contacts', {})).toMatchObject({
        status: 400,
        body: { details: { name: 'name is required', email: 'email is required' } },
      });
    });

    it('fire contact.created', async () => {
      const contact = await created();
      expect(await events(contact.id)).toEqual([
        {
          name: 'contact.created',
          data: expect.objectContaining({ id: contact.id, source: 'API', email: contact.email }),
        },
      ]);
    });

    it('have an e-mail address of their own, whatever its letter case', async () => {
      const { email } = await created();
      expect(await create({ email })).toMatchObject(taken);
      expect(await create({ email: ` ${email.toUpperCase()} ` })).toMatchObject(taken);
    });

    it('may differ in a dot or a tag alone', async () => {
      for (const email of ['a.b@gmail.com', 'ab@gmail.com', 'ab+x@gmail.com']) await created({ email });
    });

    it('may have the address of another owner’s contact', async () => {
      const { email } = await created();
      await created({ email }, anyone.as(await linktime.owners.add()));
    });

    it('are one of ten made at once with one address', async () => {
      const email = newEmail();
      const askers = [client, elsewhere.as(owner)];
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => create({ email }, askers[n % 2])),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const answer of answers.filter(({ status }) => status !== 201))
        expect(answer).toMatchObject(taken);
      const [row] = await linktime.query(`select count(*)::int from outbox where data ->> 'email' = $1`, [
        email,
      ]);
      expect(row).toEqual({ count: 1 });
    });
  });

  describe('changed', () => {
    const patch = (id: string, body: unknown) => client.patch<ContactView>(`/api/v1/contacts/${id}`, body);

    it('are what they were but for what was said', async () => {
      const contact = await created({ phone: '+44', company: 'Engines', notes: 'x' });
      const { status, body } = await patch(contact.id, { company: 'Looms' });
      expect(status).toBe(200);
      expect(body).toEqual({ ...contact, company: 'Looms', updatedAt: expect.any(String) });
      expect(body.updatedAt > contact.updatedAt).toBe(true);
      expect(await detail(contact.id)).toMatchObject(body);
    });

    it.each([null, '', '  '])('have an optional field cleared by %j', async (blank) => {
      const contact = await created({ phone: '+44', company: 'Engines', notes: 'x' });
      const { body } = await patch(contact.id, { phone: blank, company: blank, notes: blank });
      expect(body).toMatchObject({ phone: null, company: null, notes: null, name: contact.name });
    });

    it('are not changed at all by nothing', async () => {
      const contact = await created();
      for (const body of [{}, undefined, { name: contact.name }, { unknown: 5 }]) {
        expect(await patch(contact.id, body)).toMatchObject({ status: 200, body: contact });
      }
    });

    it('cannot take the address of another, but keep their own', async () => {
      const [one, other] = [await created(), await created()];
      expect(await patch(one.id, { email: other.email.toUpperCase() })).toMatchObject(taken);
      expect((await patch(one.id, { email: one.email.toUpperCase() })).status).toBe(200);
      const email = newEmail();
      expect((await patch(one.id, { email })).body.email).toBe(email);
      expect((await create({ email: one.email })).status).toBe(201);
    });

    it('get the address they race for, once', async () => {
      const contacts = await Promise.all(Array.from({ length: 6 }, () => created()));
      const email = newEmail();
      const answers = await Promise.all(contacts.map(({ id }) => patch(id, { email })));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409, 409]);
    });

    it('fire no contact.created', async () => {
      const { id } = await created();
      await patch(id, { name: 'Ada King' });
      expect(await events(id)).toHaveLength(1);
    });
  });

  it('are deleted for good, and their bookings stay', async () => {
    const email = newEmail();
    const booking = await book(anyone, offer, inDays(4, '10:00'), { inviteeEmail: email });
    const found = await client.get<Page<ContactView>>('/api/v1/contacts', { search: email });
    const { id } = found.body.data[0]!;
    expect(await client.delete(`/api/v1/contacts/${id}`)).toMatchObject({
      status: 200,
      body: { success: true },
    });
    expect(await client.delete(`/api/v1/contacts/${id}`)).toMatchObject(unknown);
    expect(await client.get(`/api/v1/contacts/${id}`)).toMatchObject(unknown);
    expect(await client.patch(`/api/v1/contacts/${id}`, {})).toMatchObject(unknown);
    expect(await client.get(`/api/v1/bookings/${booking.id}`)).toMatchObject({
      status: 200,
      body: { contact: null, inviteeEmail: email },
    });
    const anew = await created({ email });
    expect(anew.id).not.toBe(id);
    expect(anew.meetingCount).toBe(0);
  });

  it('are deleted by one of two at once', async () => {
    const { id } = await created();
    const answers = await Promise.all([1, 2].map(() => client.delete(`/api/v1/contacts/${id}`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
  });

  describe('met', () => {
    it('have their meetings by whether they are over, cancelled ones in neither', async () => {
      const email = newEmail();
      const times = {
        longAgo: inMinutes(-3_000),
        justOver: inMinutes(-31),
        running: inMinutes(-1),
        soon: inMinutes(60),
        later: inDays(9, '10:00'),
        called: inMinutes(600),
      };
      const ids: Record<string, string> = {};
      for (const [n, [name, time]] of Object.entries(times).entries()) {
        ids[name] = (await book(anyone, offer, inDays(30 + n, '11:00'), { inviteeEmail: email })).id;
        await linktime.moveBooking(ids[name], time);
      }
      await client.post(`/api/v1/bookings/${ids['called']}/cancel`);

      const found = await client.get<Page<ContactView>>('/api/v1/contacts', { search: email });
      const contact = await detail(found.body.data[0]!.id);
      const named = (meetings: { id: string }[]) =>
        meetings.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id));
      expect(named(contact.upcomingMeetings)).toEqual(['running', 'soon', 'later']);
      expect(named(contact.pastMeetings)).toEqual(['justOver', 'longAgo']);
      expect(contact.meetingCount).toBe(5);
      expect(found.body.data[0]!.meetingCount).toBe(5);
      expect(contact.source).toBe('BOOKING');
      expect(contact.upcomingMeetings[2]).toEqual({
        id: ids['later'],
        startTime: inDays(9, '10:00'),
        endTime: inDays(9, '10:30'),
        status: 'CONFIRMED',
        inviteeName: 'Ada Lovelace',
        eventType: { id: offer.id, name: 'Intro call', slug: offer.slug, durationMinutes: 30 },
      });
    });

    it('more than a hundred times show the nearest hundred of each', async () => {
      const short = await linktime.owners.offer(owner, { durationMinutes: 5 });
      const email = newEmail();
      const { id } = await book(anyone, short, inDays(40, '00:00'), { inviteeEmail: email });
      const contactId = (await client.get<{ contact: { id: string } }>(`/api/v1/bookings/${id}`)).body.contact
        .id;
      for (const direction of [1, -1]) {
        await linktime.query(
          `insert into bookings (id, owner_id, event_type_id, contact_id, status, starts_at, ends_at, blocked, event_type_name,
             duration_minutes, invitee_name, invitee_email, invitee_timezone, guests, answers, invitee_token, sequence,
             created_at, updated_at)
           select gen_random_uuid(), owner_id, event_type_id, contact_id, status, at, at + interval '5 min',
             tstzrange(at, at + interval '5 min'), event_type_name, duration_minutes, invitee_name, invitee_email,
             invitee_timezone, guests, answers, invitee_token, sequence, created_at, updated_at
           from bookings, generate_series(1, 105) n,
             lateral (select ($2::date + $3 * (interval '50 days' + n * interval '5 min')) at time zone 'UTC' as at) t
           where id = $1`,
          [id, dateInDays(0), direction],
        );
      }
      const contact = await detail(contactId);
      expect(contact.meetingCount).toBe(211);
      expect(contact.upcomingMeetings).toHaveLength(100);
      expect(contact.pastMeetings).toHaveLength(100);
      const upcoming = contact.upcomingMeetings.map(({ startTime }) => startTime);
      expect(upcoming).toEqual(upcoming.toSorted());
      expect(upcoming[0]).toBe(inDays(40, '00:00'));
      const past = contact.pastMeetings.map(({ startTime }) => startTime);
      expect(past).toEqual(past.toSorted().toReversed());
    });
  });

  describe('searched', () => {
    let asker: Client;

    beforeAll(async () => {
      asker = anyone.as(await linktime.owners.add());
      const people: [string, string, string | null][] = [
        ['Zoë Müller', 'zoe@brücke.example', 'Łódź Works'],
        ['Zoe Smith', 'zsmith@example.com', null],
        ['ÉLODIE', 'elodie@example.com', '100% Wool'],
        ['Under_score', 'under@example.com', 'C:\\Temp'],
        ['Ada', 'ada@example.com', 'Ångström & Søn'],
      ];
      for (const [name, email, company] of people) await created({ name, email, company }, asker);
    });

    const search = async (text: string) => {
      const { status, body } = await asker.get<Page<ContactView>>('/api/v1/contacts', { search: text });
      expect(status).toBe(200);
      expect(body.pagination.total).toBe(body.data.length);
      return body.data.map(({ name }) => name);
    };

    it('are all, newest first, for nothing', async () => {
      for (const nothing of ['', '   ']) {
        expect(await search(nothing)).toEqual(['Ada', 'Under_score', 'ÉLODIE', 'Zoe Smith', 'Zoë Müller']);
      }
    });

    it.each([
      ['zoe', ['Zoe Smith', 'Zoë Müller']],
      ['ZOË', ['Zoe Smith', 'Zoë Müller']],
      ['oe', ['Zoe Smith', 'Zoë Müller']],
      ['zoe\u0308', ['Zoe Smith', 'Zoë Müller']],
      ['smith zoe', ['Zoe Smith']],
      ['  zoe   smith ', ['Zoe Smith']],
      ['zoe nobody', []],
      ['elodie', ['ÉLODIE']],
      ['élodie wool', ['ÉLODIE']],
      ['lodz', ['Zoë Müller']],
      ['angstrom', ['Ada']],
      ['søn', ['Ada']],
      ['zsmith@example', ['Zoe Smith']],
      ['brucke.example', ['Zoë Müller']],
      ['100%', ['ÉLODIE']],
      ['%', ['ÉLODIE']],
      ['1%l', []],
      ['_', ['Under_score']],
      ['under_', ['Under_score']],
      ['r_s', ['Under_score']],
      ['z_e', []],
      ['\\', ['Under_score']],
      ['c:\\t', ['Under_score']],
      ["'", []],
      ['; drop table contacts', []],
      ['&', ['Ada']],
    ])('by every word of %j in name, e-mail or company, case and accents aside', async (text, names) => {
      expect(await search(text)).toEqual(names);
    });

    it('page like any list', async () => {
      const { body } = await asker.get<Page<ContactView>>('/api/v1/contacts', {
        search: 'zoe',
        limit: 1,
        page: 2,
      });
      expect(body.data.map(({ name }) => name)).toEqual(['Zoë Müller']);
      expect(body.pagination).toEqual({ page: 2, limit: 1, total: 2, totalPages: 2 });
    });

    it('once', async () => {
      expect(await asker.get('/api/v1/contacts', { search: ['a', 'b'] })).toMatchObject({
        status: 400,
        body: { details: { search: expect.any(String) } },
      });
    });
  });
});
