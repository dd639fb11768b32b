import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ownerRows, Owners } from '../../../test/support/owners.js';
import { SystemClock } from '../../kernel/clock.js';
import { RandomIds } from '../../kernel/ids.js';
import { PostgresUnitOfWork, Session } from '../../platform/persistence/session.js';
import { Sql } from '../../platform/persistence/sql.js';
import { PostgresPublishedEvents } from '../adapters/postgres-published-events.js';
import { EventFeed } from './event-feed.js';

const ids = new RandomIds();
const clock = new SystemClock();
const nextEventId = () => `evt_${ids.next()}`;

describe('the feed of events', () => {
  let database: TestDatabase;
  let owners: Owners;
  let session: Session;
  let unitOfWork: PostgresUnitOfWork;
  let publishedEvents: PostgresPublishedEvents;
  let feed: EventFeed;

  beforeAll(async () => {
    database = await testDatabase({ rows: ownerRows, poolSize: 20 });
    owners = new Owners(database.dataSource);
    session = new Session(database.dataSource);
    unitOfWork = new PostgresUnitOfWork(session);
    publishedEvents = new PostgresPublishedEvents(session);
    feed = new EventFeed(new Sql(database.dataSource));
  });
  afterAll(() => database.drop());

  /** Publishes an event in a unit of work that ends when `isTimeToCommit` resolves. Returns its id. */
  async function publish(
    ownerId: string,
    isTimeToCommit: () => Promise<unknown> = async () => undefined,
    given: { id?: string; isTest?: boolean; body?: string } = {},
  ): Promise<string> {
    const { id = nextEventId(), isTest = false, body = `{"id":"${id}"}` } = given;
    await unitOfWork.run(async () => {
      const at = clock.now();
      const event = { id, ownerId, name: 'contact.created', eventTypeId: null, body, isTest, at };
      await publishedEvents.publish([event]);
      await isTimeToCommit();
    });
    return id;
  }

  const publishSeveral = async (ownerId: string, count: number): Promise<string[]> => {
    const published: string[] = [];
    for (let n = 0; n < count; n += 1) published.push(await publish(ownerId));
    return published;
  };
  const newOwner = async () => (await owners.add()).id;
  const idsOf = (bodies: readonly string[]) => bodies.map((body) => (JSON.parse(body) as { id: string }).id);

  it('tells the oldest event first, page by page, and where to go on', async () => {
    const ownerId = await newOwner();
    const [one, two, three] = await publishSeveral(ownerId, 3);

    const first = await feed.page(ownerId, { after: null, limit: 2 });
    expect(first).toMatchObject({ hasMore: true, nextAfter: two });
    expect(idsOf(first!.bodies)).toEqual([one, two]);

    const second = await feed.page(ownerId, { after: first!.nextAfter, limit: 2 });
    expect(second).toMatchObject({ hasMore: false, nextAfter: three });
    expect(idsOf(second!.bodies)).toEqual([three]);
  });

  it('has no more when a page is just full', async () => {
    const ownerId = await newOwner();
    const [one, , three] = await publishSeveral(ownerId, 3);

    expect(await feed.page(ownerId, { after: null, limit: 3 })).toMatchObject({ hasMore: false });
    expect(await feed.page(ownerId, { after: one!, limit: 2 })).toMatchObject({
      hasMore: false,
      nextAfter: three,
    });
  });

  it('says where to go on when there is nothing new, or nothing at all', async () => {
    const ownerId = await newOwner();
    expect(await feed.page(ownerId, { after: null, limit: 2 })).toEqual({
      bodies: [],
      hasMore: false,
      nextAfter: null,
    });

    const id = await publish(ownerId);
    expect(await feed.page(ownerId, { after: id, limit: 2 })).toEqual({
      bodies: [],
      hasMore: false,
      nextAfter: id,
    });
  });

  it('tells an event to the byte as it was published', async () => {
    const ownerId = await newOwner();
    const body = '{ "id":"evt_1","data":{"b":1.0,"a":"\\u00e9 é 💋 \\u2028"} }';
    await publish(ownerId, undefined, { body });

    expect((await feed.page(ownerId, { after: null, limit: 1 }))!.bodies).toEqual([body]);
  });

  it('tells nothing of other owners, nor of test events', async () => {
    const [ownerId, other] = [await newOwner(), await newOwner()];
    const theirs = await publish(other);
    const test = await publish(ownerId, undefined, { isTest: true });
    const mine = await publish(ownerId);

    expect(idsOf((await feed.page(ownerId, { after: null, limit: 5 }))!.bodies)).toEqual([mine]);
    expect(await feed.page(ownerId, { after: theirs, limit: 5 })).toBeNull();
    expect(await feed.page(ownerId, { after: test, limit: 5 })).toBeNull();
    expect(await feed.newest(ownerId)).toBe(mine);
  });

  it.each([
    ['text of another kind', 'x'],
    ['no id', 'evt_'],
    ['an id that cannot be one', 'evt_1'],
    ['NUL', 'evt_\0'],
    ['a long id', `evt_${'0'.repeat(5_000)}`],
    ['an id without its prefix', '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01'],
    ['an id of no event', 'evt_01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01'],
  ])('knows no event by %s', async (_what, after) => {
    expect(await feed.page(await newOwner(), { after, limit: 5 })).toBeNull();
  });

  it('knows the newest event', async () => {
    const ownerId = await newOwner();
    expect(await feed.newest(ownerId)).toBeNull();

    const published = await publishSeveral(ownerId, 3);
    expect(await feed.newest(ownerId)).toBe(published[2]);
  });

  it('never shows an event while one that comes before it is not committed', async () => {
    const [ownerId, other] = [await newOwner(), await newOwner()];
    let commit!: () => void;
    const isTimeToCommit = new Promise<void>((resolve) => (commit = resolve));
    let slow!: Promise<string>;
    await new Promise<void>((begun) => {
      slow = publish(ownerId, () => (begun(), isTimeToCommit));
    });
    const quick = publish(ownerId);
    await publish(other); // is not held up

    expect(await feed.page(ownerId, { after: null, limit: 5 })).toMatchObject({ bodies: [] });
    commit();
    const published = await Promise.all([slow, quick]);
    expect(idsOf((await feed.page(ownerId, { after: null, limit: 5 }))!.bodies)).toEqual(published);
  });

  it('is read once and whole, in order, by one who asks while many publish', async () => {
    const ownerId = await newOwner();
    const publishers = Array.from({ length: 10 }, async () => {
      const published: string[] = [];
      for (let n = 0; n < 20; n += 1) {
        const lingering = () => session.query('select pg_sleep(random() * 0.004)');
        published.push(await publish(ownerId, lingering));
      }
      return published;
    });
    let done = false;
    const published = Promise.all(publishers).finally(() => (done = true));

    const seen: string[] = [];
    for (let after: string | null = null, wasDone = false; ; wasDone = done) {
      const page = await feed.page(ownerId, { after, limit: 7 });
      seen.push(...idsOf(page!.bodies));
      after = page!.nextAfter;
      if (wasDone && !page!.hasMore) break;
    }

    const all = (await published).flat();
    expect(seen).toHaveLength(all.length);
    expect(new Set(seen)).toEqual(new Set(all));
    const order = await database.dataSource.query<{ id: string }[]>(
      'select id from published_events where owner_id = $1 order by position',
      [ownerId],
    );
    expect(seen).toEqual(order.map(({ id }) => id));
  });
});
