import { randomBytes } from 'node:crypto';
import { Instant } from '@js-joda/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../test/fakes/fixed-clock.js';
import { InMemoryPublishedFeeds } from '../../../test/fakes/in-memory-published-feeds.js';
import { InMemoryUnitOfWork } from '../../../test/fakes/in-memory-unit-of-work.js';
import { RandomIds } from '../../kernel/ids.js';
import { FeedNotFound } from '../domain/errors.js';
import { EndFeed } from './end-feed.js';
import { OpenFeed } from './open-feed.js';
import { PublishFeed } from './publish-feed.js';

const start = Instant.parse('2026-03-02T09:00:00Z');
const ownerId = 'ann';

describe("An owner's published feed", () => {
  let clock: FixedClock;
  let feeds: InMemoryPublishedFeeds;
  let publish: PublishFeed;
  let end: EndFeed;
  let open: (token: string) => ReturnType<OpenFeed['execute']>;
  beforeEach(() => {
    clock = new FixedClock(start);
    feeds = new InMemoryPublishedFeeds();
    const unitOfWork = new InMemoryUnitOfWork();
    publish = new PublishFeed(feeds, unitOfWork, clock, new RandomIds());
    end = new EndFeed(feeds, unitOfWork);
    const openFeed = new OpenFeed(feeds, unitOfWork, clock);
    open = (token) => openFeed.execute({ file: `${token}.ics` });
  });

  it('is opened by whoever has its address, from 30 days back to 730 ahead', async () => {
    const token = await publish.execute({ ownerId });
    expect(await open(token)).toEqual({
      ownerId,
      stretch: {
        start: Instant.parse('2026-01-31T09:00:00Z'),
        end: Instant.parse('2028-03-01T09:00:00Z'),
      },
    });
  });

  it('is opened by no other address', async () => {
    await publish.execute({ ownerId });
    for (const token of [randomBytes(32).toString('base64url'), 'x', ''])
      await expect(open(token)).rejects.toThrow(FeedNotFound);
  });

  it('is not stored with its secret', async () => {
    const token = await publish.execute({ ownerId });
    expect(JSON.stringify(feeds.of(ownerId))).not.toContain(token);
  });

  it('moves to a new address when it is published again', async () => {
    const former = await publish.execute({ ownerId });
    const token = await publish.execute({ ownerId });
    expect(token).not.toBe(former);
    await expect(open(former)).rejects.toThrow(FeedNotFound);
    expect(await open(token)).toMatchObject({ ownerId });
  });

  it('can be ended, once', async () => {
    const token = await publish.execute({ ownerId });
    await end.execute({ ownerId });
    await expect(open(token)).rejects.toThrow(FeedNotFound);
    await expect(end.execute({ ownerId })).rejects.toThrow(FeedNotFound);
  });

  it('notes when it was last read, at most once a minute', async () => {
    const token = await publish.execute({ ownerId });
    expect(feeds.of(ownerId)!.lastReadAt).toBeNull();
    await open(token);
    clock.set(start.plusSeconds(59));
    await open(token);
    expect(feeds.of(ownerId)!.lastReadAt).toEqual(start);

    clock.set(start.plusSeconds(60));
    await open(token);
    expect(feeds.of(ownerId)!.lastReadAt).toEqual(start.plusSeconds(60));
  });
});
