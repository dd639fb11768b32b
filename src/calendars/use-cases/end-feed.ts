import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { FeedNotFound } from '../domain/errors.js';
import type { PublishedFeeds } from '../ports.js';

export interface EndFeedCommand {
  readonly ownerId: string;
}

/** An owner's bookings can be read at no address any more. */
export class EndFeed {
  constructor(
    private readonly feeds: PublishedFeeds,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Throws `FeedNotFound` if there was none. */
  async execute({ ownerId }: EndFeedCommand): Promise<void> {
    const wasThere = await this.unitOfWork.run(() => this.feeds.end(ownerId));
    if (!wasThere) throw new FeedNotFound();
  }
}
