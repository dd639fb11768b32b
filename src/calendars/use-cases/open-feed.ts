import type { Clock } from '../../kernel/clock.js';
import type { Interval } from '../../kernel/interval.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { FeedNotFound } from '../domain/errors.js';
import { hashOfToken, isReadingNoted, tokenIn, toldStretch } from '../domain/published-feed.js';
import type { PublishedFeeds } from '../ports.js';

export interface OpenFeedCommand {
  /** The last part of the address that was asked for. */
  readonly file: string;
}

export interface OpenedFeed {
  readonly ownerId: string;
  /** Of which stretch of time it tells now. */
  readonly stretch: Interval;
}

/** Somebody has the secret address of an owner's feed, which is all it takes to read it. */
export class OpenFeed {
  constructor(
    private readonly feeds: PublishedFeeds,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Throws `FeedNotFound` for an address that never was, or has ended. */
  async execute({ file }: OpenFeedCommand): Promise<OpenedFeed> {
    const token = tokenIn(file);
    if (token === null) throw new FeedNotFound();
    const now = this.clock.now();
    return this.unitOfWork.run(async () => {
      const feed = await this.feeds.find(hashOfToken(token));
      if (!feed) throw new FeedNotFound();
      if (isReadingNoted(feed, now)) await this.feeds.noteReading(feed.tokenHash, now);
      return { ownerId: feed.ownerId, stretch: toldStretch(now) };
    });
  }
}
