import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../kernel/clock.js';
import { deliveryDatabase, type DeliveryDatabase } from '../../../test/support/delivery-database.js';
import { Mailer, type ClaimedEmail, type MailerAnswer } from '../ports.js';
import { SendEmail } from '../use-cases/send-email.js';

const accepted: MailerAnswer = { kind: 'accepted', words: '250 OK' };
const deferred: MailerAnswer = { kind: 'deferred', words: '451 Greylisted' };
const refused: MailerAnswer = { kind: 'refused', words: '550 No such user' };

/** Answers as it is told, one answer an attempt and the last one for ever. */
class ScriptedMailer extends Mailer {
  readonly sent: ClaimedEmail[] = [];

  constructor(private readonly script: (MailerAnswer | Error)[]) {
    super();
  }

  async send(mail: ClaimedEmail): Promise<MailerAnswer> {
    this.sent.push(mail);
    const answer = this.script[Math.min(this.sent.length, this.script.length) - 1]!;
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async close(): Promise<void> {}
}

describe('Sending a mail', () => {
  let database: DeliveryDatabase;
  let ownerId: string;
  let bookingId: string;
  beforeAll(async () => {
    database = await deliveryDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    ownerId = await database.addOwner();
    bookingId = await database.addBooking(ownerId, 60);
  });

  function sending(...script: (MailerAnswer | Error)[]) {
    const mailer = new ScriptedMailer(script);
    const sendEmail = new SendEmail(database.emailLog, mailer, database.unitOfWork, new SystemClock());
    return { mailer, send: (emailId: string) => sendEmail.execute({ emailId }) };
  }

  it('is done once, however often and by however many it is asked for', async () => {
    const { mailer, send } = sending(accepted);
    const id = await database.queue(ownerId, bookingId);
    await Promise.all(Array.from({ length: 6 }, () => send(id)));
    await send(id);

    expect(mailer.sent).toHaveLength(1);
    expect(await database.email(id)).toMatchObject({ status: 'SENT', attempts: 1, error: null });
  });

  it('is tried again, later each time, while the server puts it off, and then given up', async () => {
    const { mailer, send } = sending(deferred);
    const id = await database.queue(ownerId, bookingId);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await send(id);
      const { status, due_in: wait } = await database.email(id);
      expect(status).toBe(attempt < 8 ? 'QUEUED' : 'FAILED');
      waits.push(wait as number);
      await database.pass((wait as number) + 1);
    }

    const hours = [60, 300, 900, 3_600, 10_800, 21_600, 43_200];
    hours.forEach((least, n) => {
      expect(waits[n]).toBeGreaterThanOrEqual(least);
      expect(waits[n]).toBeLessThanOrEqual(least * 1.2);
    });
    expect(mailer.sent).toHaveLength(8);
    expect(await database.email(id)).toMatchObject({ attempts: 8, error: '451 Greylisted' });
  });

  it('is over with the first refusal for good', async () => {
    const { mailer, send } = sending(refused, accepted);
    const id = await database.queue(ownerId, bookingId);
    await send(id);
    await database.pass(100_000);
    await send(id);

    expect(mailer.sent).toHaveLength(1);
    expect(await database.email(id)).toMatchObject({
      status: 'FAILED',
      attempts: 1,
      error: '550 No such user',
    });
  });

  it('succeeds at the second attempt', async () => {
    const { send } = sending(deferred, accepted);
    const id = await database.queue(ownerId, bookingId);
    await send(id);
    await database.pass(100);
    await send(id);

    expect(await database.email(id)).toMatchObject({ status: 'SENT', attempts: 2, error: null });
  });

  it('that cannot be written at all is told of, kept with its reason and tried again', async () => {
    const { send } = sending(new Error('No such template'), accepted);
    const id = await database.queue(ownerId, bookingId);

    await expect(send(id)).rejects.toThrow('No such template');
    expect(await database.email(id)).toMatchObject({ status: 'QUEUED', attempts: 1 });
    expect((await database.email(id))['error']).toContain('No such template');
    await database.pass(100);
    await send(id);
    expect(await database.email(id)).toMatchObject({ status: 'SENT' });
  });

  describe('that reminds of a meeting', () => {
    const change = (assignment: string) =>
      database.sql.query(`update bookings set ${assignment} where id = $1`, [bookingId]);

    it('is done while the meeting is still to come', async () => {
      const { mailer, send } = sending(accepted);
      await send(await database.queue(ownerId, bookingId, { type: 'REMINDER' }));

      expect(mailer.sent).toHaveLength(1);
    });

    it.each([
      ['was called off', `status = 'CANCELLED', cancelled_at = now(), cancelled_by = 'HOST'`],
      ['was moved', 'sequence = sequence + 1'],
      ['has begun', `starts_at = now() - interval '1 min'`],
    ])('is left be when the meeting %s meanwhile', async (_what, assignment) => {
      const { mailer, send } = sending(accepted);
      const id = await database.queue(ownerId, bookingId, { type: 'REMINDER' });
      await change(assignment);
      await send(id);

      expect(mailer.sent).toHaveLength(0);
      expect(await database.email(id)).toMatchObject({ status: 'FAILED', attempts: 0 });
      expect((await database.email(id))['error']).toContain('Not sent');
    });
  });

  it('that tells what happened is done whatever happened since', async () => {
    const { mailer, send } = sending(accepted);
    const id = await database.queue(ownerId, bookingId);
    await database.sql.query('update bookings set sequence = 5 where id = $1', [bookingId]);
    await send(id);

    expect(mailer.sent).toHaveLength(1);
  });
});
