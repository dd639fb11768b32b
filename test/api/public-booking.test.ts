import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContactView } from '../../src/crm/reads/contact-reads.js';
import type { Page } from '../../src/kernel/page.js';
import type { BookingDetailView } from '../../src/scheduling/reads/booking-reads.js';
import {
  book,
  bookingOf,
  dateInDays,
  inDays,
  inMinutes,
  tryToBook,
  type NewBooking,
} from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { Installation, withoutLimits } from '../support/installation.js';
import { anyTime, type Offer, type Owner } from '../support/owners.js';

const taken = { status: 409, body: { error: 'This time slot is no longer available' } };
const notOffered = {
  status: 400,
  body: { error: 'Invalid request data', details: { startTime: expect.any(String) } },
};
const unknown = { status: 404, body: { error: 'Event type not found' } };

describe('a public booking', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let client: Client;
  let offer: Offer;
  let count = 0;

  beforeAll(async () => {
    linktime = await Installation.production({ ...withoutLimits, BASE_URL: 'https://time.example.com/meet' });
    anyone = await linktime.startClient();
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner);
  });
  afterAll(() => linktime.close());

  /** A time that nobody has asked for yet. */
  const freeTime = (): string => {
    count += 1;
    return inDays(20 + Math.floor(count / 20), `${String(4 + (count % 20)).padStart(2, '0')}:00`);
  };
  const newEmail = () => `invitee-${(count += 1)}@example.com`;
  const detail = async (id: string) => (await client.get<BookingDetailView>(`/api/v1/bookings/${id}`)).body;
  const contactOf = async (email: string) =>
    (await client.get<Page<ContactView>>('/api/v1/contacts', { search: email })).body.data[0];

  it('is confirmed with all the invitee needs', async () => {
    const startTime = freeTime();
    const location = 'https://meet.example.com/grace';
    const meeting = await linktime.owners.offer(owner, { name: 'Intro', slug: 'intro', location });
    const { status, headers, body } = await tryToBook(anyone, meeting, startTime, {
      inviteeName: ' Ada Lovelace ',
      inviteeEmail: ' Ada@Example.COM',
      inviteeTimezone: 'europe/london',
    });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      id: expect.any(String),
      bookingId: body.id,
      status: 'CONFIRMED',
      startTime,
      endTime: new Date(Date.parse(startTime) + 30 * 60_000).toISOString(),
      eventType: { id: meeting.id, name: 'Intro', slug: 'intro', durationMinutes: 30 },
      inviteeName: 'Ada Lovelace',
      inviteeEmail: 'ada@example.com',
      inviteeTimezone: 'Europe/London',
      location,
      meetingLink: location,
      cancelUrl: expect.any(String),
      rescheduleUrl: expect.any(String),
    });
    for (const url of [body.cancelUrl, body.rescheduleUrl]) {
      expect(url.startsWith(`https://time.example.com/meet/`)).toBe(true);
      expect(URL.canParse(url)).toBe(true);
    }
  });

  it('is nobody else’s to cancel: its links bear a secret', async () => {
    const [one, other] = [await book(anyone, offer, freeTime()), await book(anyone, offer, freeTime())];
    const secret = ({ cancelUrl, id }: NewBooking) => cancelUrl.replace(id, '');
    expect(secret(one)).not.toBe(secret(other));
    expect(secret(one).length).toBeGreaterThan(40);
    expect(JSON.stringify(await detail(one.id))).not.toContain(new URL(one.cancelUrl).search.slice(-20));
  });

  it.each([
    ['an offset', (time: string) => time.replace('.000Z', '+00:00')],
    [
      'another offset',
      (time: string) => `${new Date(Date.parse(time) + 330 * 60_000).toISOString().slice(0, 19)}+05:30`,
    ],
    ['no milliseconds', (time: string) => time.replace('.000', '')],
    ['no seconds', (time: string) => time.replace(':00.000', '')],
  ])('takes an instant with %s', async (_what, spell) => {
    const startTime = freeTime();
    expect(await book(anyone, offer, spell(startTime))).toMatchObject({ startTime });
  });

  it('ignores an Authorization header, whatever it says', async () => {
    for (const authorization of ['Bearer lt_live_wrong', `Bearer ${owner.key}`, 'nonsense']) {
      const { status } = await tryToBook(anyone.with({ Authorization: authorization }), offer, freeTime());
      expect(status).toBe(201);
    }
  });

  describe('is refused', () => {
    it('for an event type that is unknown or inactive', async () => {
      const hidden = await linktime.owners.offer(owner, { isActive: false });
      for (const id of ['x', '\0', '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01', offer.slug, hidden.id]) {
        expect(await tryToBook(anyone, { id, slug: '' }, freeTime())).toMatchObject(unknown);
      }
    });

    it.each([
      ['past', () => new Date(Math.floor(Date.now() / 1_800_000) * 1_800_000).toISOString()],
      ['long past', () => '2020-01-01T10:00:00Z'],
      ['beyond the window', () => inDays(62, '10:00')],
      ['far beyond it', () => '2099-12-31T23:30:00Z'],
      ['off the grid by a minute', () => inDays(3, '10:01')],
      ['off the grid by a millisecond', () => inDays(3, '10:00').replace('.000', '.001')],
    ])('for a time that is %s', async (_what, startTime) => {
      expect(await tryToBook(anyone, offer, startTime())).toMatchObject(notOffered);
    });

    it('for a time outside the hours, within notice or on a closed date', async () => {
      const picky = await linktime.owners.offer(owner, {
        minimumNoticeMinutes: 60 * 50,
        availability: anyTime.map(({ day }) => ({ day, start: '09:00', end: '17:00' })),
        overrides: [{ date: dateInDays(6), intervals: [] }],
      });
      for (const time of ['08:30', '08:59', '17:00', '16:45', '00:00']) {
        expect(await tryToBook(anyone, picky, inDays(5, time))).toMatchObject(notOffered);
      }
      expect(await tryToBook(anyone, picky, inDays(6, '10:00'))).toMatchObject(notOffered);
      expect(await tryToBook(anyone, picky, inDays(2, '00:30'))).toMatchObject(notOffered);
      expect((await tryToBook(anyone, picky, inDays(5, '09:00'))).status).toBe(201);
    });

    it('for a time that is taken, whole or in part, and whichever event type took it', async () => {
      const host = await linktime.owners.add();
      const mine = await linktime.owners.offer(host, { durationMinutes: 60, slotIntervalMinutes: 30 });
      const other = await linktime.owners.offer(host, { durationMinutes: 30 });
      await book(anyone, mine, inDays(5, '10:00'));
      for (const time of ['09:30', '10:00', '10:30']) {
        expect(await tryToBook(anyone, mine, inDays(5, time))).toMatchObject(taken);
      }
      expect(await tryToBook(anyone, other, inDays(5, '10:30'))).toMatchObject(taken);
      expect((await tryToBook(anyone, other, inDays(5, '11:00'))).status).toBe(201);
      expect((await tryToBook(anyone, mine, inDays(5, '09:00'))).status).toBe(201);
      expect((await tryToBook(anyone, offer, inDays(5, '10:00'))).status).not.toBe(409);
    });

    it('for a time in a buffer, its own or another’s', async () => {
      const host = await linktime.owners.add();
      const buffered = await linktime.owners.offer(host, {
        bufferBefore: 15,
        bufferAfter: 10,
        slotIntervalMinutes: 5,
      });
      await book(anyone, buffered, inDays(5, '12:00')); // blocks 11:45 to 12:40
      expect(await tryToBook(anyone, buffered, inDays(5, '12:50'))).toMatchObject(taken);
      expect((await tryToBook(anyone, buffered, inDays(5, '12:55'))).status).toBe(201);
      expect(await tryToBook(anyone, buffered, inDays(5, '11:10'))).toMatchObject(taken);
      expect((await tryToBook(anyone, buffered, inDays(5, '11:05'))).status).toBe(201);
    });

    it('once a day or week is full', async () => {
      const host = await linktime.owners.add();
      const daily = await linktime.owners.offer(host, { dailyLimit: 1 });
      await book(anyone, daily, inDays(5, '10:00'));
      expect(await tryToBook(anyone, daily, inDays(5, '12:00'))).toMatchObject(taken);
      expect((await tryToBook(anyone, daily, inDays(6, '12:00'))).status).toBe(201);
    });

    it('by a time that is taken before one that was never offered', async () => {
      expect(await tryToBook(anyone, offer, inMinutes(-60))).toMatchObject(notOffered);
    });
  });

  it('can be made again after a cancellation', async () => {
    const startTime = freeTime();
    const first = await book(anyone, offer, startTime);
    expect(await tryToBook(anyone, offer, startTime)).toMatchObject(taken);
    await client.post(`/api/v1/bookings/${first.id}/cancel`);
    expect((await book(anyone, offer, startTime)).id).not.toBe(first.id);
    expect(await tryToBook(anyone, offer, startTime)).toMatchObject(taken);
  });

  describe('asks the questions of its event type', () => {
    let asking: Offer;

    beforeAll(async () => {
      asking = await linktime.owners.offer(owner, {
        questions: [
          { id: 'topic', label: 'Topic?', type: 'text', required: true },
          { id: 'story', label: 'Story?', type: 'textarea' },
          { id: 'size', label: 'Size?', type: 'select', options: ['S', 'M'] },
          { id: 'extras', label: 'Extras?', type: 'multiselect', options: ['Tea', 'Cake'] },
          { id: 'terms', label: 'Agreed?', type: 'checkbox', required: true },
          { id: 'people', label: 'How many?', type: 'number' },
          { id: 'call', label: 'Phone?', type: 'phone' },
        ],
      });
    });

    const required = { topic: 'Engines', terms: true };

    it('and keeps what is answered', async () => {
      const answers = {
        ...required,
        story: 'One\nTwo',
        size: 'M',
        extras: ['Cake', 'Tea'],
        people: 2.5,
        call: '+44 20 7946 0000',
      };
      const { id } = await book(anyone, asking, freeTime(), { answers: { ...answers, unasked: 'x' } });
      expect((await detail(id)).answers).toEqual(answers);
    });

    it.each([
      ['no answers', undefined, ['answers.terms', 'answers.topic']],
      ['null', null, undefined],
      ['none', {}, ['answers.terms', 'answers.topic']],
      ['a blank', { topic: '  ', terms: true }, ['answers.topic']],
      ['null for one', { topic: null, terms: true }, ['answers.topic']],
      ['a box not ticked', { topic: 'x', terms: false }, ['answers.terms']],
      ['what is no option', { ...required, size: 'XL' }, ['answers.size']],
      ['one option for several', { ...required, extras: 'Tea' }, ['answers.extras']],
      ['options that are none', { ...required, extras: ['Tea', 'Beer'] }, ['answers.extras.1']],
      ['a number as text', { ...required, people: '2' }, ['answers.people']],
      ['no phone number', { ...required, call: 'none' }, ['answers.call']],
      ['lines where there is one', { ...required, topic: 'a\nb' }, ['answers.topic']],
      ['NUL', { ...required, story: 'a\0b' }, ['answers.story']],
      ['an object', { ...required, topic: { a: 1 } }, ['answers.topic']],
    ])('and is refused with %s', async (_what, answers, paths) => {
      const { status, body } = await tryToBook(anyone, asking, freeTime(), { answers });
      expect(status).toBe(400);
      expect(body.error).toBe('Invalid request data');
      if (paths) expect(Object.keys(body.details!).toSorted()).toEqual(paths);
    });
  });

  it('may bring guests, each once', async () => {
    const { id } = await book(anyone, offer, freeTime(), {
      guests: [' Guest@Example.com', 'guest@example.com', 'other@example.com'],
    });
    expect((await detail(id)).guests).toEqual(['guest@example.com', 'other@example.com']);
  });

  describe('has a contact', () => {
    it('made for it where there was none', async () => {
      const email = newEmail();
      const { id } = await book(anyone, offer, freeTime(), {
        inviteeEmail: email.toUpperCase(),
        inviteeName: 'Charles Babbage',
        phone: '+44 1',
      });
      const contact = await contactOf(email);
      expect(contact).toMatchObject({
        name: 'Charles Babbage',
        email,
        phone: '+44 1',
        company: null,
        source: 'BOOKING',
        meetingCount: 1,
      });
      expect((await detail(id)).contact!.id).toBe(contact!.id);
    });

    it('found by the e-mail address, whose blanks are filled and nothing overwritten', async () => {
      const email = newEmail();
      const made = await client.post<ContactView>('/api/v1/contacts', {
        name: 'Ada King',
        email,
        notes: 'VIP',
      });
      await book(anyone, offer, freeTime(), { inviteeName: 'Somebody', inviteeEmail: email, phone: '+44 1' });
      expect(await contactOf(email)).toMatchObject({
        id: made.body.id,
        name: 'Ada King',
        phone: '+44 1',
        notes: 'VIP',
        source: 'API',
        meetingCount: 1,
      });
      const second = await book(anyone, offer, freeTime(), {
        inviteeName: 'Somebody else',
        inviteeEmail: email,
        phone: '+44 2',
      });
      expect(await contactOf(email)).toMatchObject({ name: 'Ada King', phone: '+44 1', meetingCount: 2 });
      expect(await detail(second.id)).toMatchObject({ inviteeName: 'Somebody else', inviteePhone: '+44 2' });
    });

    it('of its own host, not of another', async () => {
      const email = newEmail();
      const other = await linktime.owners.add();
      const theirs = await anyone.as(other).post<ContactView>('/api/v1/contacts', { name: 'Ada', email });
      const { id } = await book(anyone, offer, freeTime(), { inviteeEmail: email });
      expect((await detail(id)).contact!.id).not.toBe(theirs.body.id);
    });

    it('one for many bookings at once', async () => {
      const email = newEmail();
      const times = Array.from({ length: 8 }, freeTime);
      await Promise.all(times.map((time) => book(anyone, offer, time, { inviteeEmail: email })));
      expect(await contactOf(email)).toMatchObject({ meetingCount: 8 });
      const rows = await linktime.query('select id from contacts where email = $1', [email]);
      expect(rows).toHaveLength(1);
    });
  });

  describe('leaves events', () => {
    const eventsAbout = (email: string) =>
      linktime.query<{ name: string; subject_id: string; data: Record<string, unknown> }>(
        `select name, subject_id, data from outbox
         where data ->> 'email' = $1 or data -> 'invitee' ->> 'email' = $1 order by position`,
        [email],
      );

    it('contact.created before booking.created, and the latter alone for a known contact', async () => {
      const email = newEmail();
      const first = await book(anyone, offer, freeTime(), { inviteeEmail: email });
      const second = await book(anyone, offer, freeTime(), { inviteeEmail: email });
      const events = await eventsAbout(email);
      expect(events.map(({ name }) => name)).toEqual([
        'contact.created',
        'booking.created',
        'booking.created',
      ]);
      expect(events.slice(1).map(({ subject_id }) => subject_id)).toEqual([first.id, second.id]);
      expect(events[0]!.data).toMatchObject({ email, source: 'BOOKING' });
    });

    it('that say what was booked', async () => {
      const email = newEmail();
      const booked = await book(anyone, offer, freeTime(), {
        inviteeEmail: email,
        notes: 'Hello',
        phone: '+44 1',
      });
      const [contact, event] = await eventsAbout(email);
      expect(event!.data).toMatchObject({
        id: booked.id,
        status: 'CONFIRMED',
        sequence: 0,
        eventType: { id: offer.id },
        startTime: booked.startTime,
        endTime: booked.endTime,
        invitee: { name: 'Ada Lovelace', email, timezone: 'Europe/London', phone: '+44 1' },
        contactId: contact!.subject_id,
        notes: 'Hello',
      });
    });

    it('only if it succeeds', async () => {
      const email = newEmail();
      const startTime = freeTime();
      await book(anyone, offer, startTime);
      expect(await tryToBook(anyone, offer, startTime, { inviteeEmail: email })).toMatchObject(taken);
      await anyone.post('/api/bookings', bookingOf(offer, inMinutes(-600), { inviteeEmail: email }));
      expect(await eventsAbout(email)).toEqual([]);
      expect(await contactOf(email)).toBeUndefined();
    });
  });
});
