import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContactView } from '../../src/crm/reads/contact-reads.js';
import type { BookingDetailView } from '../../src/scheduling/reads/booking-reads.js';
import { book, dateInDays, inDays, inMinutes, type NewBooking } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { Installation, withoutLimits } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';

const done = { status: 200, body: { success: true } };
const alreadyCancelled = { status: 409, body: { error: 'Booking is already cancelled' } };

describe('a cancellation', () => {
  let linktime: Installation;
  let anyone: Client;
  let elsewhere: Client;
  let owner: Owner;
  let client: Client;
  let offer: Offer;
  let day = 2;

  beforeAll(async () => {
    // A mail server that is dead is no matter of a cancellation.
    linktime = await Installation.production({ ...withoutLimits, SMTP_URL: 'smtp://127.0.0.1:1' });
    [anyone, elsewhere] = await Promise.all([linktime.startClient(), linktime.startClient()]);
    owner = await linktime.owners.add();
    client = anyone.as(owner);
    offer = await linktime.owners.offer(owner);
  });
  afterAll(() => linktime.close());

  const newBooking = (): Promise<NewBooking> => book(anyone, offer, inDays((day += 1), '10:00'));
  const cancel = (id: string, body?: unknown, asker = client) =>
    asker.post(`/api/v1/bookings/${id}/cancel`, body);
  const detail = async (id: string) => (await client.get<BookingDetailView>(`/api/v1/bookings/${id}`)).body;
  const eventsOf = (id: string) =>
    linktime.query<{ name: string; data: Record<string, unknown> }>(
      'select name, data from outbox where subject_id = $1 order by position',
      [id],
    );

  it('is the host’s, with the reason told, once', async () => {
    const { id } = await newBooking();
    const before = await detail(id);
    expect(await cancel(id, { reason: '  I am ill.\nSorry! ' })).toMatchObject(done);
    const after = await detail(id);
    expect(after).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'I am ill.\nSorry!',
      cancelledBy: 'HOST',
      startTime: before.startTime,
      sequence: before.sequence,
      contact: before.contact,
    });
    expect(Date.parse(after.cancelledAt!)).toBeGreaterThan(Date.parse(before.createdAt));
    expect(after.updatedAt).toBe(after.cancelledAt);

    expect(await cancel(id, { reason: 'Another' })).toMatchObject(alreadyCancelled);
    expect(await detail(id)).toMatchObject({ cancelReason: 'I am ill.\nSorry!', updatedAt: after.updatedAt });
  });

  it.each([
    ['no body', undefined],
    ['an empty body', ''],
    ['an empty object', {}],
    ['null', { reason: null }],
    ['an empty reason', { reason: '' }],
    ['a blank reason', { reason: ' \n ' }],
  ])('needs no reason: %s', async (_what, body) => {
    const { id } = await newBooking();
    expect(await cancel(id, body)).toMatchObject(done);
    expect(await detail(id)).toMatchObject({ status: 'CANCELLED', cancelReason: null });
  });

  it('is refused once the meeting is over', async () => {
    const { id } = await newBooking();
    await linktime.moveBooking(id, inMinutes(-61));
    expect(await cancel(id)).toMatchObject({ status: 409, body: { error: 'Booking has already ended' } });
    expect((await detail(id)).status).toBe('CONFIRMED');
  });

  it('is allowed while the meeting runs', async () => {
    const { id } = await newBooking();
    await linktime.moveBooking(id, inMinutes(-29));
    expect(await cancel(id)).toMatchObject(done);
  });

  it('of a meeting that was cancelled before it was over stays what it was', async () => {
    const { id } = await newBooking();
    await cancel(id);
    await linktime.moveBooking(id, inMinutes(-60));
    expect(await cancel(id)).toMatchObject(alreadyCancelled);
  });

  it('happens once of ten at once, whichever process is asked', async () => {
    const { id } = await newBooking();
    const askers = [client, elsewhere.as(owner)];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => cancel(id, { reason: `Reason ${n}` }, askers[n % 2])),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(answer).toMatchObject(alreadyCancelled);
    }
    expect((await eventsOf(id)).map(({ name }) => name)).toEqual(['booking.created', 'booking.cancelled']);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await detail(id)).cancelReason).toBe(`Reason ${winner}`);
  });

  it('frees the slot at once, to be offered and booked again', async () => {
    const { id, startTime } = await newBooking();
    const offered = async () => {
      const date = dateInDays(day);
      const { body } = await client.get<{ data: { startTime: string }[] }>(
        `/api/v1/availability/${offer.slug}`,
        {
          timezone: 'UTC',
          startDate: date,
          endDate: date,
        },
      );
      return body.data.some((slot) => slot.startTime === startTime);
    };
    expect(await offered()).toBe(false);
    await cancel(id);
    expect(await offered()).toBe(true);
    const again = await book(anyone, offer, startTime);
    expect(again.id).not.toBe(id);
    expect(await cancel(id)).toMatchObject(alreadyCancelled);
    expect((await detail(again.id)).status).toBe('CONFIRMED');
  });

  it('keeps the contact, who has a meeting less', async () => {
    const { id } = await book(anyone, offer, inDays((day += 1), '10:00'), {
      inviteeEmail: 'kept@example.com',
    });
    const contact = (await detail(id)).contact!;
    const meetings = async () =>
      (await client.get<ContactView>(`/api/v1/contacts/${contact.id}`)).body.meetingCount;
    expect(await meetings()).toBe(1);
    await cancel(id);
    expect(await meetings()).toBe(0);
    expect((await detail(id)).contact).toEqual(contact);
  });

  it('leaves one event, with the booking as it then was', async () => {
    const { id } = await newBooking();
    await cancel(id, { reason: 'Ill' });
    const [created, cancelled, ...more] = await eventsOf(id);
    expect(more).toEqual([]);
    const { cancelReason, cancelledAt, cancelledBy, ...rest } = cancelled!.data;
    const after = await detail(id);
    expect({ cancelReason, cancelledAt, cancelledBy }).toEqual({
      cancelReason: 'Ill',
      cancelledAt: after.cancelledAt,
      cancelledBy: 'HOST',
    });
    expect(rest).toEqual({ ...created!.data, status: 'CANCELLED', updatedAt: after.updatedAt });
    expect(Object.keys(rest).toSorted()).toEqual(
      [
        ...['answers', 'contactId', 'createdAt', 'endTime', 'eventType', 'host', 'id', 'invitee', 'location'],
        ...['meetingLink', 'notes', 'price', 'sequence', 'startTime', 'status', 'updatedAt'],
      ].filter((name) => name !== 'host'), // who the host is, is known when the event is sent
    );
  });
});
