import { Duration, Instant } from '@js-joda/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliveryDatabase, type DeliveryDatabase } from '../../../test/support/delivery-database.js';
import { eventually } from '../../../test/support/eventually.js';
import type { ClaimedEmail } from '../ports.js';

let database: DeliveryDatabase;
let ownerId: string;
let bookingId: string;
beforeAll(async () => {
  database = await deliveryDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.sql.query('delete from email_logs');
  ownerId = await database.addOwner();
  bookingId = await database.addBooking(ownerId, 60 * 24);
});

const claim = (id: string) => database.unitOfWork.run(() => database.emailLog.claim(id));
const record = (...args: Parameters<DeliveryDatabase['emailLog']['record']>) =>
  database.unitOfWork.run(() => database.emailLog.record(...args));
const claimed = async (id: string): Promise<ClaimedEmail> => (await claim(id))!;
const dueIds = async (limit = 100) => (await database.dueEmails.takeDue(limit)).map(({ id }) => id);

describe('A mail that is owed', () => {
  it('is noted once for one event and recipient', async () => {
    await Promise.all(
      Array.from({ length: 4 }, () => database.queue(ownerId, bookingId, { eventId: 'evt_once' })),
    );
    const rows = await database.sql.query<{ id: string }>('select id from email_logs');

    expect(rows).toHaveLength(1);
  });

  it('is claimed with all that is needed to send it', async () => {
    const id = await database.queue(ownerId, bookingId);

    expect(await claimed(id)).toMatchObject({
      id,
      recipient: 'ada@example.com',
      subject: 'Confirmed: Lesson',
      content: { type: 'BOOKING_CONFIRMATION', reader: { role: 'invitee' } },
      bookingNow: { status: 'CONFIRMED', sequence: 0 },
      inviteeToken: 'token',
      createdAt: database.clock.now(),
      attempts: 0,
      turn: 1,
    });
  });

  it('gives nobody but the invitee what lets him manage the booking', async () => {
    const content = { type: 'BOOKING_NOTIFICATION', reader: { role: 'owner', email: 'ann@example.com' } };
    const id = await database.queue(ownerId, bookingId, { content: content as never });

    expect((await claimed(id)).inviteeToken).toBeNull();
  });

  it('may be about no booking', async () => {
    const content = { type: 'WEBHOOK_DISABLED', reader: { role: 'owner', email: 'ann@example.com' } };
    const id = await database.queue(ownerId, null, { content: content as never });

    expect(await claimed(id)).toMatchObject({ bookingNow: null, inviteeToken: null });
  });

  it('is claimed by one of many who want it at once', async () => {
    const id = await database.queue(ownerId, bookingId);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(id)));

    expect(claims.filter((each) => each !== null)).toHaveLength(1);
  });

  it('is claimed again when whoever had it has been silent for 50 seconds, and then that one has no say', async () => {
    const id = await database.queue(ownerId, bookingId);
    const slow = await claimed(id);
    await database.pass(40);
    expect(await claim(id)).toBeNull();
    await database.pass(20);
    const quick = await claimed(id);

    expect(quick).toMatchObject({ turn: 2, attempts: 1 });
    expect(await record(slow, '550 no', { kind: 'failed' })).toBe(false);
    expect(await database.email(id)).toMatchObject({ status: 'QUEUED', under_way: true });
    expect(await record(quick, '250 OK', { kind: 'succeeded' })).toBe(true);
    expect(await database.email(id)).toMatchObject({ status: 'SENT', attempts: 2 });
  });

  it('is SENT once it was accepted, and never claimed again', async () => {
    const id = await database.queue(ownerId, bookingId);
    await record(await claimed(id), '250 OK', { kind: 'succeeded' });

    expect(await database.email(id)).toMatchObject({
      status: 'SENT',
      attempts: 1,
      error: null,
      is_sent: true,
    });
    await database.pass(100_000);
    expect(await claim(id)).toBeNull();
    expect(await dueIds()).toEqual([]);
  });

  it('stays QUEUED with the server’s words while it is put off', async () => {
    const id = await database.queue(ownerId, bookingId);
    await record(await claimed(id), '451 Greylisted', { kind: 'retry', afterSeconds: 300 });

    expect(await database.email(id)).toMatchObject({
      status: 'QUEUED',
      attempts: 1,
      error: '451 Greylisted',
      is_sent: false,
      due_in: 300,
    });
    expect(await claim(id)).toBeNull();
    expect(await dueIds()).toEqual([]);
    await database.pass(301);
    expect(await dueIds()).toEqual([id]);
    expect((await claimed(id)).attempts).toBe(1);
  });

  it('is FAILED with the server’s words when it is refused', async () => {
    const id = await database.queue(ownerId, bookingId);
    await record(await claimed(id), '550 No such user', { kind: 'failed' });

    expect(await database.email(id)).toMatchObject({
      status: 'FAILED',
      attempts: 1,
      error: '550 No such user',
    });
    expect(await dueIds()).toEqual([]);
  });

  it('keeps a thousand characters of what a server says, and nothing that cannot be kept', async () => {
    const id = await database.queue(ownerId, bookingId);
    const words = `550 a\0b\r\nc\u001b[31m ${'é'.repeat(2_000)}`;
    await record(await claimed(id), words, { kind: 'failed' });
    const { error } = await database.email(id);

    expect(error).toMatch(/^550 a b c \[31m é+$/);
    expect(error).toHaveLength(1_000);
  });

  it('may be withdrawn, which is no attempt', async () => {
    const id = await database.queue(ownerId, bookingId);
    const taken = await claimed(id);
    await database.unitOfWork.run(() => database.emailLog.withdraw(taken, 'Not sent: it had begun'));

    expect(await database.email(id)).toMatchObject({
      status: 'FAILED',
      attempts: 0,
      error: 'Not sent: it had begun',
    });
  });

  it('waits for what was owed to the same reader about the same booking before', async () => {
    const confirmation = await database.queue(ownerId, bookingId);
    database.clock.advance(Duration.ofSeconds(1));
    const cancellation = await database.queue(ownerId, bookingId);
    const toGuest = await database.queue(ownerId, bookingId, { recipient: 'charles@example.com' });

    expect((await dueIds()).sort()).toEqual([confirmation, toGuest].sort());
    expect(await claim(cancellation)).toBeNull();
    await record(await claimed(confirmation), '451 later', { kind: 'retry', afterSeconds: 60 });
    expect(await dueIds()).toEqual([]);
    await database.pass(61);
    await record(await claimed(confirmation), '250 OK', { kind: 'succeeded' });
    expect(await dueIds()).toContain(cancellation);
    expect(await claim(cancellation)).not.toBeNull();
  });
});

describe('A mail that waits for the link of a meeting', () => {
  const LINK = 'https://meet.example/abc';
  const wait = (given: Parameters<DeliveryDatabase['queue']>[2] = {}) =>
    database.queue(ownerId, bookingId, { afterSeconds: 60, ...given });
  const run = <T>(work: () => Promise<T>) => database.unitOfWork.run(work);
  const letGo = () => run(() => database.emailLog.letGo(bookingId));
  const toldWithout = async () =>
    (await run(() => database.emailLog.sentNews(bookingId))).map(({ recipient }) => recipient).sort();
  const learn = () =>
    database.session.query('update bookings set meeting_link = $2 where id = $1', [bookingId, LINK]);

  it('is due when its time is up, or when it is let go, and does not hold up what others are told', async () => {
    const [id, other] = [await wait(), await wait({ recipient: 'charles@example.com' })];
    const toOwner = await database.queue(ownerId, bookingId, { recipient: 'ann@example.com' });
    expect(await database.email(id)).toMatchObject({ status: 'QUEUED', attempts: 0, due_in: 60 });
    expect(await dueIds()).toEqual([toOwner]);
    expect(await claim(id)).toBeNull();
    await record(await claimed(toOwner), '250 OK', { kind: 'succeeded' });
    await database.pass(61);
    expect((await dueIds()).sort()).toEqual([id, other].sort());

    const third = await wait({ recipient: 'grace@example.com' });
    await letGo();
    expect(await dueIds()).toEqual([third]);
    await letGo();
    expect(await dueIds()).toEqual([]); // rung for already
  });

  it('is not let go with those of another booking, nor when a server has put it off', async () => {
    const others = await database.addBooking(ownerId, 60 * 48);
    const theirs = await database.queue(ownerId, others, { afterSeconds: 60 });
    const id = await database.queue(ownerId, bookingId);
    await record(await claimed(id), '451 Greylisted', { kind: 'retry', afterSeconds: 300 });
    await letGo();

    expect(await database.email(theirs)).toMatchObject({ due_in: 60 });
    expect(await database.email(id)).toMatchObject({ due_in: 300 });
  });

  it('is claimed with the link also by one who waited for it while the link was being told', async () => {
    const id = await database.queue(ownerId, bookingId);
    let commit = () => {};
    const told = new Promise<void>((resolve) => (commit = resolve));
    await new Promise<void>((resolve, reject) => {
      run(async () => {
        await learn();
        await database.emailLog.letGo(bookingId);
        resolve();
        await told;
      }).catch(reject);
    });
    const claiming = claim(id);
    await eventually(async () => (await waiting()) === 1);
    commit();

    expect((await claiming)!.bookingNow).toMatchObject({ meetingLink: LINK });
  });

  it('counts as told without it once it is under way, and not before', async () => {
    const id = await wait();
    await wait({ recipient: 'charles@example.com' });
    const content = { type: 'BOOKING_NOTIFICATION', reader: { role: 'owner', email: 'ann@example.com' } };
    const toOwner = await database.queue(ownerId, bookingId, { recipient: 'ann', content: content as never });
    await record(await claimed(toOwner), '250 OK', { kind: 'succeeded' });
    expect(await toldWithout()).toEqual([]);

    await database.pass(61);
    const underWay = await claimed(id);
    expect(await toldWithout()).toEqual(['ada@example.com']);
    await record(underWay, '451 later', { kind: 'retry', afterSeconds: 60 });
    expect(await toldWithout()).toEqual([]);
    await database.pass(61);
    await record(await claimed(id), '250 OK', { kind: 'succeeded' });
    expect(await toldWithout()).toEqual(['ada@example.com']);

    database.clock.advance(Duration.ofSeconds(1));
    await database.queue(ownerId, bookingId, { type: 'REMINDER' });
    expect(await toldWithout()).toEqual(['ada@example.com']);
    await wait({ type: 'RESCHEDULE_CONFIRMATION' }); // which will tell it
    expect(await toldWithout()).toEqual([]);
  });

  /** How many wait for what others hold. */
  const waiting = async () => {
    const [row] = await database.sql.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return row!.count;
  };
});

describe('Mails that are due', () => {
  it('are rung for by one of many relays, and again after 20 seconds if nobody came', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        database.queue(ownerId, bookingId, { recipient: `${n}@example.com` }),
      ),
    );
    const taken = await Promise.all(Array.from({ length: 5 }, () => dueIds(10)));
    taken.push(await dueIds(20)); // those that one relay saw in the hands of another

    expect(taken.flat().sort()).toEqual(ids.sort());
    expect(await dueIds()).toEqual([]);
    await database.pass(10);
    expect(await dueIds()).toEqual([]);
    await database.pass(20);
    expect(await dueIds()).toHaveLength(20);
  });

  it('are due at once again if nobody could be rung, but for those at work already', async () => {
    const id = await database.queue(ownerId, bookingId);
    const other = await database.queue(ownerId, bookingId, { recipient: 'charles@example.com' });
    const jobs = await database.dueEmails.takeDue(10);
    await claimed(other);
    await database.dueEmails.giveBack(jobs);

    expect(await dueIds()).toEqual([id]);
  });

  it('leave whoever still works on one after 50 seconds his say, until another has claimed it', async () => {
    const id = await database.queue(ownerId, bookingId);
    const slow = await claimed(id);
    await database.pass(51);

    expect(await dueIds()).toEqual([id]);
    expect(await record(slow, null, { kind: 'succeeded' })).toBe(true);
    expect(await claim(id)).toBeNull();
  });
});

describe('A mail that failed', () => {
  const failed = async () => {
    const id = await database.queue(ownerId, bookingId, { recipient: `${database.ids.next()}@example.com` });
    await record(await claimed(id), '550 no', { kind: 'failed' });
    return id;
  };
  const requeue = (id: string) => database.unitOfWork.run(() => database.emailLog.requeue(id));

  it('is tried again from the first attempt on when that is asked for', async () => {
    const id = await failed();

    expect(await requeue(id)).toBe('requeued');
    expect(await database.email(id)).toMatchObject({ status: 'QUEUED', attempts: 0, due_in: 0 });
    expect(await dueIds()).toEqual([id]);
    expect(await requeue(id)).toBe('not failed');
  });

  it('is not tried again if there is none', async () => {
    expect(await requeue(database.ids.next())).toBe('unknown');
    expect(await requeue('mail')).toBe('unknown');
  });

  it('is tried again with all others that were owed since a time', async () => {
    const ids = [await failed(), await failed()];
    const sent = await database.queue(ownerId, bookingId);
    await record(await claimed(sent), null, { kind: 'succeeded' });
    const since = (at: Instant) => database.unitOfWork.run(() => database.emailLog.requeueFailed(at));

    expect(await since(database.clock.now().plusSeconds(1))).toBe(0);
    expect(await since(database.clock.now())).toBe(2);
    expect((await dueIds()).sort()).toEqual(ids.sort());
  });
});
