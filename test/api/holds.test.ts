import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inDays, tryToBook } from '../support/bookings.js';
import type { Client, ErrorBody, HttpAnswer } from '../support/client.js';
import { Installation } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';

const taken = { status: 409, body: { error: 'This time slot is no longer available' } };

interface HoldAnswer extends ErrorBody {
  token: string;
  expiresAt: string;
  startTime: string;
  endTime: string;
}

describe('a hold', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let offer: Offer;
  let other: Offer;
  let day = 2;

  beforeAll(async () => {
    linktime = await Installation.production();
    anyone = await linktime.startClient();
    owner = await linktime.owners.add();
    offer = await linktime.owners.offer(owner);
    other = await linktime.owners.offer(owner, { durationMinutes: 60 });
  });
  afterAll(() => linktime.close());

  const freeTime = () => inDays((day += 1), '10:00');
  const hold = (startTime: string, eventTypeId = offer.id): Promise<HttpAnswer<HoldAnswer>> =>
    anyone.post('/api/holds', { eventTypeId, startTime });
  const isOffered = async (startTime: string) => {
    const date = startTime.slice(0, 10);
    const query = { timezone: 'UTC', startDate: date, endDate: date };
    const { body } = await anyone
      .as(owner)
      .get<{ data: { startTime: string }[] }>(`/api/v1/availability/${offer.slug}`, query);
    return body.data.some((slot) => slot.startTime === startTime);
  };

  it('keeps a slot for its bearer: nobody else is offered it or can book it', async () => {
    const startTime = freeTime();
    const { status, body } = await hold(startTime);
    expect(status).toBe(201);
    expect(body).toMatchObject({ startTime, endTime: startTime.replace('10:00', '10:30') });
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now() + 60_000);

    expect(await isOffered(startTime)).toBe(false);
    expect(await tryToBook(anyone, offer, startTime)).toMatchObject(taken);
    expect(await tryToBook(anyone, offer, startTime, { holdToken: 'wrong' })).toMatchObject(taken);
    expect(await tryToBook(anyone, other, startTime)).toMatchObject(taken);
    expect(await hold(startTime)).toMatchObject(taken);

    expect((await tryToBook(anyone, offer, startTime, { holdToken: body.token })).status).toBe(201);
    expect(await tryToBook(anyone, offer, startTime, { holdToken: body.token })).toMatchObject(taken);
  });

  it('is in nobody’s way once it has expired', async () => {
    const startTime = freeTime();
    const { body } = await hold(startTime);
    await linktime.query(`update holds set expires_at = now() - interval '1 second' where token = $1`, [
      body.token,
    ]);
    expect(await isOffered(startTime)).toBe(true);
    expect((await tryToBook(anyone, offer, startTime)).status).toBe(201);
    expect(await tryToBook(anyone, offer, startTime, { holdToken: body.token })).toMatchObject(taken);
  });

  it('is one of ten asked for at once', async () => {
    const startTime = freeTime();
    const answers = await Promise.all(Array.from({ length: 10 }, () => hold(startTime)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) expect(answer).toMatchObject(taken);
  });

  it('and bookings asked for at once get a slot once, whoever is first', async () => {
    for (let round = 0; round < 8; round += 1) {
      const startTime = freeTime();
      const answers: { status: number; body: ErrorBody }[] = await Promise.all(
        Array.from({ length: 4 }, () => [hold(startTime), tryToBook(anyone, offer, startTime)]).flat(),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const answer of answers.filter(({ status }) => status !== 201))
        expect(answer).toMatchObject(taken);
    }
  });

  it('is refused like a booking', async () => {
    expect((await hold(inDays(3, '10:01'))).status).toBe(400);
    expect((await hold('tomorrow')).body.details).toEqual({ startTime: expect.any(String) });
    expect((await hold(freeTime(), 'unknown')).status).toBe(404);
    expect((await anyone.post('/api/holds', [])).status).toBe(400);
  });
});
