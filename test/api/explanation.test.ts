import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { book, dateInDays, inDays } from '../support/bookings.js';
import type { Client, ErrorBody, HttpAnswer } from '../support/client.js';
import { Installation } from '../support/installation.js';
import { anyTime, type Offer, type Owner } from '../support/owners.js';

interface Slot {
  date: string;
  time: string;
  startTime: string;
  endTime: string;
}

interface Availability extends ErrorBody {
  data: Slot[];
  unavailable?: (Slot & { reason: string; bookingId?: string })[];
}

type Query = Record<string, string>;

describe('explain=true on availability', () => {
  let linktime: Installation;
  let anyone: Client;
  let client: Client;
  let owner: Owner;
  beforeAll(async () => {
    linktime = await Installation.production();
    anyone = await linktime.startClient();
    owner = await linktime.owners.add();
    client = anyone.as(owner);
  });
  afterAll(() => linktime.close());

  const ask = (offer: Offer, days: number, query: Query = {}): Promise<HttpAnswer<Availability>> => {
    const date = dateInDays(days);
    const asked = { timezone: 'UTC', startDate: date, endDate: date, ...query };
    return client.get(`/api/v1/availability/${offer.slug}`, asked);
  };
  /** Of one day in UTC: time → why it is not offered. */
  const reasons = async (offer: Offer, days: number): Promise<Record<string, string>> => {
    const { body } = await ask(offer, days, { explain: 'true' });
    return Object.fromEntries(
      body.unavailable!.map(({ time, reason, bookingId }) => [
        time,
        [reason, bookingId ?? []].flat().join(' '),
      ]),
    );
  };
  const nineToTwelve = anyTime.map(({ day }) => ({ day, start: '09:00', end: '12:00' }));

  it('tells of every time either that it is offered or why not, once', async () => {
    const offer = await linktime.owners.offer(owner, {
      availability: nineToTwelve,
      timezone: 'Asia/Kathmandu',
    });
    const plain = await ask(offer, 3, { timezone: 'Asia/Kolkata' });
    const { status, body } = await ask(offer, 3, { timezone: 'Asia/Kolkata', explain: 'true' });

    expect(status).toBe(200);
    expect(body.data).toEqual(plain.body.data);
    const starts = [...body.data, ...body.unavailable!].map(({ startTime }) => startTime);
    expect(new Set(starts).size).toBe(48);
    expect(starts).toHaveLength(48);
    const told = body.unavailable!.map(({ startTime }) => startTime);
    expect(told).toEqual(told.toSorted());
    expect(body.unavailable![0]).toEqual({
      date: dateInDays(3),
      time: '00:15', // half past in Kathmandu
      startTime: expect.any(String),
      endTime: expect.any(String),
      reason: 'outside_hours',
    });
  });

  it('names the booking that is in the way, whichever event type it came from, and the one whose buffer is', async () => {
    const offer = await linktime.owners.offer(owner, { availability: nineToTwelve });
    const other = await linktime.owners.offer(owner, {
      durationMinutes: 20,
      slotIntervalMinutes: 10,
      bufferAfter: 5,
    });
    const { id } = await book(anyone, other, inDays(4, '10:10'));

    expect(await reasons(offer, 4)).toMatchObject({
      '08:30': 'outside_hours',
      '10:00': `booking ${id}`,
      '10:30': `buffer ${id}`,
    });
    await client.post(`/api/v1/bookings/${id}/cancel`);
    expect(await reasons(offer, 4)).not.toHaveProperty('10:00');
  });

  it('tells a hold, the notice, the window, a limit and an override', async () => {
    const offer = await linktime.owners.offer(owner, {
      availability: nineToTwelve,
      minimumNoticeMinutes: 6 * 1_440,
      bookingWindowDays: 8,
      dailyLimit: 1,
      overrides: [{ date: dateInDays(7), intervals: [{ start: '11:00', end: '12:00' }] }],
    });
    const another = await linktime.owners.offer(owner);
    await anyone.post('/api/holds', { eventTypeId: another.id, startTime: inDays(7, '11:00') });

    expect(await reasons(offer, 5)).toMatchObject({ '08:00': 'outside_hours', '09:00': 'notice' });
    expect(await reasons(offer, 9)).toMatchObject({ '08:00': 'outside_hours', '09:00': 'window' });
    expect(await reasons(offer, 7)).toMatchObject({ '09:00': 'override', '11:00': 'hold' });
    const { id } = await book(anyone, offer, inDays(8, '09:00'));
    expect(await reasons(offer, 8)).toMatchObject({ '09:00': `booking ${id}`, '09:30': 'limit' });
  });

  it('is left alone without being asked, and refused if it is neither true nor false', async () => {
    const offer = await linktime.owners.offer(owner);
    for (const query of [{}, { explain: 'false' }, { explain: 'FALSE' }, { explain: '' }] as Query[]) {
      expect((await ask(offer, 3, query)).body).not.toHaveProperty('unavailable');
    }
    expect((await ask(offer, 3, { explain: 'True' })).body.unavailable).toEqual([]);
    for (const explain of ['1', 'yes', 'truee']) {
      expect(await ask(offer, 3, { explain })).toMatchObject({
        status: 400,
        body: { error: 'Invalid request data', details: { explain: 'explain must be true or false' } },
      });
    }
    const twice = await client.get(
      `/api/v1/availability/${offer.slug}?timezone=UTC&explain=true&explain=true`,
    );
    expect(twice.status).toBe(400);
  });

  it('is refused for more times than one answer bears, and answered for 62 days of five minutes', async () => {
    const often = await linktime.owners.offer(owner, { slotIntervalMinutes: 1 });
    const whole = { endDate: dateInDays(62), explain: 'true' };
    expect(await ask(often, 0, whole)).toMatchObject({
      status: 400,
      body: { details: { explain: 'explain covers at most 20000 times, ask for fewer days' } },
    });
    expect((await ask(often, 0, { endDate: dateInDays(62) })).status).toBe(200);

    const lessOften = await linktime.owners.offer(owner, { slotIntervalMinutes: 5 });
    const { body } = await ask(lessOften, 0, whole);
    expect(body.data.length + body.unavailable!.length).toBe(63 * 288);
  });

  it('tells nobody of another owner’s time', async () => {
    const offer = await linktime.owners.offer(owner);
    const stranger = await linktime.owners.add();
    const path = `/api/v1/availability/${offer.slug}?timezone=UTC&explain=true`;
    expect((await anyone.as(stranger).get(path)).status).toBe(404);
  });
});
