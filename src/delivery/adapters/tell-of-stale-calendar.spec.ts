import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliveryDatabase, type DeliveryDatabase } from '../../../test/support/delivery-database.js';
import { TellOfStaleCalendar } from '../use-cases/tell-of-stale-calendar.js';

describe('The owner of a calendar that cannot be read', () => {
  let database: DeliveryDatabase;
  let tell: TellOfStaleCalendar;
  beforeAll(async () => {
    database = await deliveryDatabase();
    const { hosts, emailLog, unitOfWork, ids } = database;
    tell = new TellOfStaleCalendar(hosts, emailLog, unitOfWork, ids);
  });
  afterAll(() => database.close());

  const mailsTo = (ownerId: string) =>
    database.sql.query<{ subject: string; content: unknown }>(
      `select subject, content from email_logs where owner_id = $1 and type = 'CALENDAR_STALE'`,
      [ownerId],
    );

  it('is owed one mail that tells which and why, however often it is asked for', async () => {
    const ownerId = await database.addOwner();
    const news = {
      ...{ connectionId: database.ids.next(), ownerId, account: 'ann at dav.example.com' },
      ...{ syncedAt: database.clock.now(), lastError: 'Wrong password', at: database.clock.now() },
    };
    await tell.execute(news);
    await tell.execute(news);

    const { account, connectionId: id, lastError } = news;
    expect(await mailsTo(ownerId)).toMatchObject([
      {
        subject: `Calendar cannot be read: ${account}`,
        content: { connection: { id, account }, since: '2026-02-10T12:00:00.000Z', lastError },
      },
    ]);
    await tell.execute({ ...news, syncedAt: news.syncedAt.plusSeconds(86_400) });
    expect(await mailsTo(ownerId)).toHaveLength(2);
  });

  it('who is gone is told nothing', async () => {
    const ownerId = database.ids.next();
    const at = database.clock.now();
    await tell.execute({ connectionId: '1', ownerId, account: 'a', syncedAt: null, lastError: 'Away', at });
    expect(await mailsTo(ownerId)).toEqual([]);
  });
});
