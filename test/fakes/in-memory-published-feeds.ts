import type { Instant } from '@js-joda/core';
import type { PublishedFeed } from '../../src/calendars/domain/published-feed.js';
import { PublishedFeeds } from '../../src/calendars/ports.js';

export class InMemoryPublishedFeeds extends PublishedFeeds {
  private readonly kept = new Map<string, PublishedFeed>();

  of(ownerId: string): PublishedFeed | undefined {
    return this.kept.get(ownerId);
  }

  async publish(feed: PublishedFeed): Promise<void> {
    this.kept.set(feed.ownerId, feed);
  }

  async find(tokenHash: Buffer): Promise<PublishedFeed | null> {
    return [...this.kept.values()].find((feed) => feed.tokenHash.equals(tokenHash)) ?? null;
  }

  async noteReading(tokenHash: Buffer, at: Instant): Promise<void> {
    const feed = await this.find(tokenHash);
    if (feed) this.kept.set(feed.ownerId, { ...feed, lastReadAt: at });
  }

  async end(ownerId: string): Promise<boolean> {
    return this.kept.delete(ownerId);
  }
}
