import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliveryDatabase, type DeliveryDatabase } from '../../../test/support/delivery-database.js';
import { SystemClock } from '../../kernel/clock.js';
import { Remind } from '../use-cases/remind.js';

const now = () => Instant.ofEpochMilli(Date.now());

describe('Reminding of a meeting', () => {
  let database: DeliveryDatabase;
  let remind: Remind;
  let ownerId: string;
  beforeAll(async () => {
    database = await deliveryDatabase();
    const { reminders, hosts, emailLog, unitOfWork, ids } = database;
    remind = new Remind(reminders, hosts, emailLog, unitOfWork, new SystemClock(), ids);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    ownerId = await database.addOwner();
    await database.sql.query('delete from reminders');
  });

  const plan = (bookingId: string, minutes: number[], at = now()) =>
    database.unitOfWork.run(() => database.reminders.plan(bookingId, minutes, at));

  const planned = async (bookingId: string) =>
    (
      await database.sql.query<{ minutes: number }>(
        'select minutes_before as minutes from reminders where booking_id = $1 order by 1',
        [bookingId],
      )
    ).map(({ minutes }) => minutes);

  const emails = (bookingId: string) =>
    database.sql.query<{
      event_id: string;
      recipient: string;
      subject: string;
      content: Record<string, unknown>;
    }>(
      `select event_id, type, recipient, subject, status, content from email_logs where booking_id = $1 order by id`,
      [bookingId],
    );

  const dueBookings = async () => (await database.dueReminders.takeDue(100)).map(({ id }) => id);

  /** Lets a booking begin so many minutes from now. */
  const move = (bookingId: string, minutes: number) =>
    database.sql.query(
      `update bookings set starts_at = now() + make_interval(mins => $2), ends_at = now() + make_interval(mins => $2 + 30),
         blocked = tstzrange(now() + make_interval(mins => $2), now() + make_interval(mins => $2 + 30)), sequence = sequence + 1
       where id = $1`,
      [bookingId, minutes],
    );

  it('is planned for the times that are still to come', async () => {
    const bookingId = await database.addBooking(ownerId, 120);
    await plan(bookingId, [1_440, 60, 5]);

    expect(await planned(bookingId)).toEqual([5, 60]);
    expect(await dueBookings()).toEqual([]);
  });

  it('is owed to the invitee and the guests when it is due, once', async () => {
    const bookingId = await database.addBooking(ownerId, 61);
    await plan(bookingId, [60]);
    await database.pass(61);

    expect(await dueBookings()).toEqual([bookingId]);
    await Promise.all(Array.from({ length: 4 }, () => remind.execute({ bookingId })));
    const owed = await emails(bookingId);
    expect(owed).toMatchObject([
      { type: 'REMINDER', recipient: 'ada@example.com', status: 'QUEUED' },
      { type: 'REMINDER', recipient: 'charles@example.com', status: 'QUEUED' },
    ]);
    expect(owed.map(({ event_id }) => event_id)).toEqual(Array(2).fill(`reminder:${bookingId}:0:60`));
    expect(owed[0]!.content).toMatchObject({
      type: 'REMINDER',
      reader: { role: 'invitee', name: 'Ada Lovelace', timezone: 'Europe/London' },
      host: { name: 'Ann Host', timezone: 'Europe/Berlin' },
      booking: {
        id: bookingId,
        status: 'CONFIRMED',
        eventType: { name: 'Lesson', durationMinutes: 30 },
        startTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        answers: { topic: 'engines' },
        price: null,
      },
    });
    expect(await planned(bookingId)).toEqual([]);
  });

  it('is never owed twice, even if it were planned again', async () => {
    const bookingId = await database.addBooking(ownerId, 61);
    await plan(bookingId, [60]);
    await database.pass(61);
    await remind.execute({ bookingId });
    await plan(bookingId, [60]);
    await database.pass(61);
    await remind.execute({ bookingId });

    expect(await emails(bookingId)).toHaveLength(2);
  });

  it('follows the meeting to its new time', async () => {
    const bookingId = await database.addBooking(ownerId, 120);
    await plan(bookingId, [60]);
    await move(bookingId, 600);
    await plan(bookingId, [1_440, 60]);
    const [row] = await database.sql.query<{ due_in: number }>(
      'select round(extract(epoch from due_at - now()) / 60)::int as due_in from reminders where booking_id = $1',
      [bookingId],
    );

    expect(await planned(bookingId)).toEqual([60]);
    expect(row).toEqual({ due_in: 540 });
  });

  it('dies with the meeting', async () => {
    const bookingId = await database.addBooking(ownerId, 120);
    await plan(bookingId, [60]);
    await database.sql.query(
      `update bookings set status = 'CANCELLED', cancelled_at = now(), cancelled_by = 'HOST' where id = $1`,
      [bookingId],
    );
    await database.pass(3_601);
    await remind.execute({ bookingId }); // due before anybody has planned anew

    expect(await emails(bookingId)).toEqual([]);
    await plan(bookingId, [60, 30]);
    expect(await planned(bookingId)).toEqual([]);
  });

  it('comes once, by the nearest time, when several are overdue', async () => {
    const bookingId = await database.addBooking(ownerId, 600);
    await plan(bookingId, [300, 60, 30]);
    await database.pass(545 * 60);
    await remind.execute({ bookingId });

    expect(new Set((await emails(bookingId)).map(({ event_id }) => event_id))).toEqual(
      new Set([`reminder:${bookingId}:0:60`]),
    );
    expect(await planned(bookingId)).toEqual([30]);
  });

  it('does not come when the meeting has begun', async () => {
    const bookingId = await database.addBooking(ownerId, 120);
    await plan(bookingId, [60]);
    await database.pass(7_200);
    await move(bookingId, -1);
    await remind.execute({ bookingId });

    expect(await emails(bookingId)).toEqual([]);
    expect(await planned(bookingId)).toEqual([]);
  });

  it('is rung for by one of many relays, again after 20 seconds, and at once if nobody could be rung', async () => {
    const bookings = await Promise.all(
      [10, 50, 90, 130].map((minutes) => database.addBooking(ownerId, 1_000 + minutes)),
    );
    for (const bookingId of bookings) await plan(bookingId, [900]);
    await database.pass(500 * 60);

    const taken = await Promise.all(Array.from({ length: 4 }, dueBookings));
    expect(taken.flat().sort()).toEqual([...bookings].sort());
    expect(await dueBookings()).toEqual([]);
    await database.pass(21);
    const again = await database.dueReminders.takeDue(100);
    expect(again).toHaveLength(4);
    await database.dueReminders.giveBack(again.slice(0, 1));
    expect(await dueBookings()).toEqual([again[0]!.id]);
  });

  it('does nothing for a booking that nobody knows', async () => {
    const unknown = database.ids.next();
    await plan(unknown, [60]);
    await remind.execute({ bookingId: unknown });

    expect(await planned(unknown)).toEqual([]);
  });
});
