import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '../../src/kernel/page.js';
import type { BookingDetailView, BookingView } from '../../src/scheduling/reads/booking-reads.js';
import { book, inDays } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Installation } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';

const UTC_MILLISECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

describe('bookings', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let client: Client;

  beforeAll(async () => {
    linktime = await Installation.production();
    anyone = await linktime.startClient();
    owner = await linktime.owners.add();
    client = anyone.as(owner);
  });
  afterAll(() => linktime.close());

  describe('in the list', () => {
    let intro: Offer;
    let review: Offer;
    /** Ids by a name of their own. */
    const ids: Record<string, string> = {};

    beforeAll(async () => {
      intro = await linktime.owners.offer(owner, { slug: 'intro' });
      review = await linktime.owners.offer(owner, { slug: 'review', durationMinutes: 15 });
      const seeds: [string, Offer, string, Record<string, string>][] = [
        [
          'dayStart',
          intro,
          '2026-02-10T00:00:00.000Z',
          { inviteeName: 'Zoë Müller', inviteeEmail: 'zoe@example.com' },
        ],
        [
          'noon',
          review,
          '2026-02-10T12:00:00.000Z',
          { inviteeName: '100% Ada', inviteeEmail: 'ada_l@example.com' },
        ],
        [
          'dayEnd',
          intro,
          '2026-02-10T23:59:59.999Z',
          { inviteeName: 'Ada', inviteeEmail: 'adaxl@example.com' },
        ],
        [
          'nextDay',
          review,
          '2026-02-11T00:29:59.999Z',
          { inviteeName: 'Zoe Ada', inviteeEmail: 'zoe@example.com' },
        ],
        ['future', intro, inDays(40, '10:00'), { inviteeName: 'Ada', inviteeEmail: 'ada@example.com' }],
      ];
      for (const [n, [name, offer, startTime, invitee]] of seeds.entries()) {
        const { id } = await book(anyone, offer, inDays(20 + n, '10:00'), invitee);
        await linktime.moveBooking(id, startTime);
        ids[name] = id;
      }
      const { id } = await book(anyone, intro, inDays(30, '10:00'), { inviteeEmail: 'gone@example.com' });
      await client.post(`/api/v1/bookings/${id}/cancel`);
      ids['cancelled'] = id;
    });

    const names = async (query: Record<string, string>): Promise<string[]> => {
      const { status, body } = await client.get<Page<BookingView>>('/api/v1/bookings', query);
      expect(status).toBe(200);
      expect(body.pagination.total).toBe(body.data.length);
      return body.data.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id) ?? id);
    };
    const refused = async (query: Record<string, string | string[]>, field: string): Promise<void> => {
      expect(await client.get('/api/v1/bookings', query)).toMatchObject({
        status: 400,
        body: { error: 'Invalid request data', details: { [field]: expect.any(String) } },
      });
    };

    it('come with the newest start first', async () => {
      expect(await names({})).toEqual(['future', 'cancelled', 'nextDay', 'dayEnd', 'noon', 'dayStart']);
      expect(await names({ sort: '-startTime' })).toEqual(await names({}));
      expect(await names({ sort: 'startTime' })).toEqual((await names({})).toReversed());
      await refused({ sort: 'name' }, 'sort');
    });

    it('are the detail without its e-mails and its calendar', async () => {
      const { body } = await client.get<Page<BookingView>>('/api/v1/bookings', { sort: 'startTime' });
      for (const item of body.data) {
        const { emailLogs, calendar, ...detail } = (
          await client.get<BookingDetailView>(`/api/v1/bookings/${item.id}`)
        ).body;
        expect(emailLogs).toBeInstanceOf(Array);
        expect(calendar).toBeNull();
        expect(item).toEqual(detail);
      }
    });

    it.each([
      ['CONFIRMED', ['future', 'nextDay', 'dayEnd', 'noon', 'dayStart']],
      ['confirmed', ['future', 'nextDay', 'dayEnd', 'noon', 'dayStart']],
      ['CANCELLED', ['cancelled']],
      ['Cancelled', ['cancelled']],
      ['all', ['future', 'cancelled', 'nextDay', 'dayEnd', 'noon', 'dayStart']],
      ['ALL', ['future', 'cancelled', 'nextDay', 'dayEnd', 'noon', 'dayStart']],
      ['', ['future', 'cancelled', 'nextDay', 'dayEnd', 'noon', 'dayStart']],
    ])('are those of the status %j; a past meeting stays CONFIRMED', async (status, expected) => {
      expect(await names({ status })).toEqual(expected);
    });

    it.each(['PAST', 'PENDING', 'CANCELED', 'CONFIRMED,CANCELLED', '*'])('know no status %s', (status) =>
      refused({ status }, 'status'),
    );

    it('take each filter once', async () => {
      for (const name of [
        'status',
        'from',
        'to',
        'search',
        'eventTypeId',
        'contactId',
        'inviteeEmail',
        'updatedAfter',
        'sort',
      ]) {
        await refused({ [name]: ['', ''] }, name);
      }
    });

    it.each<[Record<string, string>, string[]]>([
      [{ from: '2026-02-10', to: '2026-02-10' }, ['dayEnd', 'noon', 'dayStart']],
      [{ to: '2026-02-10' }, ['dayEnd', 'noon', 'dayStart']],
      [{ to: '2026-02-09' }, []],
      [{ from: '2026-02-11', to: '2026-02-11' }, ['nextDay']],
      [{ from: '2026-02-11' }, ['future', 'cancelled', 'nextDay']],
      [{ from: '2026-02-10T00:00:00Z', to: '2026-02-10T12:00:00Z' }, ['noon', 'dayStart']],
      [{ from: '2026-02-10T12:00:00.000Z', to: '2026-02-10T12:00:00.000Z' }, ['noon']],
      [{ from: '2026-02-10T12:00:00.001Z', to: '2026-02-10T23:59:59.998Z' }, []],
      [{ from: '2026-02-10T02:00:00+02:00', to: '2026-02-10T07:00:00-05:00' }, ['noon', 'dayStart']],
      [{ from: '2026-02-10T12:00Z', to: '2026-02-10' }, ['dayEnd', 'noon']],
      [{ from: '', to: '' }, ['future', 'cancelled', 'nextDay', 'dayEnd', 'noon', 'dayStart']],
    ])('start in the stretch asked for, dates being whole UTC days: %j', async (query, expected) => {
      expect(await names(query)).toEqual(expected);
    });

    it.each([
      [{ from: '2026-02-11', to: '2026-02-10' }, 'from'],
      [{ from: '2026-02-11', to: '2026-02-10T23:59:59.999Z' }, 'from'],
      [{ from: '2026-02-10T12:00:00.001Z', to: '2026-02-10T12:00:00Z' }, 'from'],
      [{ from: '2026-02-30' }, 'from'],
      [{ from: '2026-13-01' }, 'from'],
      [{ from: '2026-2-1' }, 'from'],
      [{ from: '02/10/2026' }, 'from'],
      [{ from: '2026-02-10T12:00:00' }, 'from'],
      [{ from: '2026-02-10 12:00:00Z' }, 'from'],
      [{ from: '2026-02-10T25:00:00Z' }, 'from'],
      [{ from: '2026-02-10T12:00:00+24:00' }, 'from'],
      [{ from: '2026-W07' }, 'from'],
      [{ from: 'today' }, 'from'],
      [{ to: '1770724800000' }, 'to'],
      [{ to: '2026-02-29' }, 'to'],
      [{ to: '2026-02-10T12:00:00' }, 'to'],
      [{ updatedAfter: '2026-02-10' }, 'updatedAfter'],
      [{ updatedAfter: '2026-02-10T12:00:00' }, 'updatedAfter'],
    ])('are not found by %j', (query, field) => refused(query, field));

    it('are those of an event type', async () => {
      expect(await names({ eventTypeId: review.id })).toEqual(['nextDay', 'noon']);
    });

    it('are those of a contact', async () => {
      const { body } = await client.get<BookingDetailView>(`/api/v1/bookings/${ids['noon']}`);
      expect(await names({ contactId: body.contact!.id })).toEqual(['noon']);
    });

    it.each(['eventTypeId', 'contactId'])('are none of an unknown or malformed %s', async (name) => {
      for (const id of ['x', '%00', '\0', '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01', `${intro.id}'--`]) {
        expect(await names({ [name]: id })).toEqual([]);
      }
    });

    it('are those of an e-mail address, in any letter case', async () => {
      expect(await names({ inviteeEmail: ' ZOE@Example.com ' })).toEqual(['nextDay', 'dayStart']);
      expect(await names({ inviteeEmail: 'ada%@example.com' })).toEqual([]);
    });

    it.each([
      ['zoe', ['nextDay', 'dayStart']],
      ['ZOË', ['nextDay', 'dayStart']],
      ['muller', ['dayStart']],
      ['example zoe', ['nextDay', 'dayStart']],
      ['zoe ada', ['nextDay']],
      ['100%', ['noon']],
      ['%', ['noon']],
      ['a_l', ['noon']],
      ['\\', []],
      ['nobody', []],
    ])('have every word of the search %j in name or e-mail, taken literally', async (search, expected) => {
      expect(await names({ search })).toEqual(expected);
    });

    it('are those changed after an instant', async () => {
      const before = (await client.get<BookingDetailView>(`/api/v1/bookings/${ids['cancelled']}`)).body
        .updatedAt;
      expect(await names({ updatedAfter: before })).toEqual([]);
      const justBefore = new Date(Date.parse(before) - 1).toISOString();
      expect(await names({ updatedAfter: justBefore })).toEqual(['cancelled']);
    });

    it('fit all that is asked at once', async () => {
      const query = {
        status: 'confirmed',
        to: '2026-02-10',
        eventTypeId: intro.id,
        search: 'ada',
        sort: 'startTime',
      };
      expect(await names(query)).toEqual(['dayEnd']);
    });
  });

  describe('in detail', () => {
    let offer: Offer;

    beforeAll(async () => {
      offer = await linktime.owners.offer(owner, {
        name: 'Consultation',
        slug: 'consultation',
        durationMinutes: 45,
        slotIntervalMinutes: 30,
        location: 'https://meet.example.com/grace',
        questions: [{ id: 'topic', label: 'Topic?', type: 'text' }],
      });
    });

    const detail = async (id: string) => (await client.get<BookingDetailView>(`/api/v1/bookings/${id}`)).body;

    it('show all there is to know', async () => {
      const made = await book(anyone, offer, inDays(10, '10:00'), {
        inviteeEmail: 'Detail@Example.com',
        phone: '+44 20 7946 0000',
        notes: 'One\nTwo',
        guests: ['guest@example.com'],
        answers: { topic: 'Engines' },
      });
      const booking = await detail(made.id);
      expect(booking).toEqual({
        id: made.id,
        status: 'CONFIRMED',
        startTime: inDays(10, '10:00'),
        endTime: inDays(10, '10:45'),
        inviteeName: 'Ada Lovelace',
        inviteeEmail: 'detail@example.com',
        inviteeTimezone: 'Europe/London',
        inviteePhone: '+44 20 7946 0000',
        guests: ['guest@example.com'],
        notes: 'One\nTwo',
        answers: { topic: 'Engines' },
        location: 'https://meet.example.com/grace',
        meetingLink: 'https://meet.example.com/grace',
        cancelReason: null,
        cancelledAt: null,
        cancelledBy: null,
        sequence: 0,
        payment: null,
        eventType: { id: offer.id, name: 'Consultation', slug: 'consultation', durationMinutes: 45 },
        contact: {
          id: expect.any(String),
          name: 'Ada Lovelace',
          email: 'detail@example.com',
          phone: '+44 20 7946 0000',
          company: null,
        },
        createdAt: expect.stringMatching(UTC_MILLISECONDS),
        updatedAt: booking.createdAt,
        emailLogs: [],
        calendar: null,
      });
    });

    it('keep the name and duration that were agreed on', async () => {
      const other = await linktime.owners.offer(owner, {
        name: 'Short talk',
        slug: 'talk',
        durationMinutes: 30,
      });
      const { id } = await book(anyone, other, inDays(11, '10:00'));
      await linktime.owners.changeOffer(owner, other, {
        name: 'Long talk',
        durationMinutes: 60,
        isActive: false,
      });
      const booking = await detail(id);
      expect(booking.eventType).toMatchObject({ name: 'Short talk', durationMinutes: 30 });
      expect(booking.endTime).toBe(inDays(11, '10:30'));
    });

    it('keep the invitee’s details when the contact is deleted', async () => {
      const { id } = await book(anyone, offer, inDays(12, '10:00'), {
        inviteeName: 'Charles',
        inviteeEmail: 'charles@example.com',
      });
      await client.delete(`/api/v1/contacts/${(await detail(id)).contact!.id}`);
      expect(await detail(id)).toMatchObject({
        contact: null,
        inviteeName: 'Charles',
        inviteeEmail: 'charles@example.com',
        status: 'CONFIRMED',
      });
    });

    it('show the e-mails that are owed, oldest first', async () => {
      const worker = await linktime.startWorker();
      const { id } = await book(anyone, offer, inDays(13, '10:00'), {
        inviteeEmail: 'mailed@example.com',
        guests: ['guest@example.com'],
      });
      await eventually(async () => (await detail(id)).emailLogs.length >= 3);
      await client.post(`/api/v1/bookings/${id}/cancel`);
      await eventually(async () => (await detail(id)).emailLogs.length >= 6);

      const { emailLogs } = await detail(id);
      const of = (recipient: string) =>
        emailLogs.filter((log) => log.recipient === recipient).map(({ type }) => type);
      expect(emailLogs).toHaveLength(6);
      expect(of('mailed@example.com')).toEqual(['BOOKING_CONFIRMATION', 'CANCELLATION_CONFIRMATION']);
      expect(of('guest@example.com')).toEqual(['BOOKING_CONFIRMATION', 'CANCELLATION_CONFIRMATION']);
      expect(of(owner.email)).toEqual(['BOOKING_NOTIFICATION', 'CANCELLATION_NOTIFICATION']);
      for (const log of emailLogs) {
        expect(['QUEUED', 'SENT']).toContain(log.status);
        expect(log).toMatchObject({
          id: expect.any(String),
          error: null,
          createdAt: expect.stringMatching(UTC_MILLISECONDS),
        });
        expect(log.subject).toContain('Consultation');
      }
      const times = emailLogs.map(({ createdAt }) => createdAt);
      expect(times).toEqual(times.toSorted());
      await worker.stop();
    });
  });
});
