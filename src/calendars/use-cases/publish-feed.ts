import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { hashOfToken } from '../domain/published-feed.js';
import type { PublishedFeeds } from '../ports.js';

export interface PublishFeedCommand {
  readonly ownerId: string;
}

/** An owner's bookings can be read at a new secret address; the one before, if any, ends. */
export class PublishFeed {
  constructor(
    private readonly feeds: PublishedFeeds,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Returns the secret in the address, this once: it cannot be retrieved later. */
  async execute({ ownerId }: PublishFeedCommand): Promise<string> {
    const token = this.ids.secret();
    const publishedAt = this.clock.now();
    await this.unitOfWork.run(() =>
      this.feeds.publish({ ownerId, tokenHash: hashOfToken(token), publishedAt, lastReadAt: null }),
    );
    return token;
  }
}
