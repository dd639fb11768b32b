import type { Command } from 'commander';
import { FeedNotFound } from '../calendars/domain/errors.js';
import { feedAddress } from '../calendars/domain/published-feed.js';
import { FeedReads } from '../calendars/reads/feed-reads.js';
import { EndFeed } from '../calendars/use-cases/end-feed.js';
import { PublishFeed } from '../calendars/use-cases/publish-feed.js';
import { BaseUrl } from '../platform/http/base-url.js';
import type { Desk } from './desk.js';
import type { OpenInstallation } from './installation.js';
import { sheet } from './layout.js';
import { userNamed } from './named-user.js';

interface FeedOptions {
  readonly user: string;
}

/** Commands beside those of connected calendars: an owner's bookings as a feed. */
export function addFeeds(calendars: Command, desk: Desk): void {
  calendars
    .command('publish')
    .description("publish a user's bookings at a new secret address, shown this once; the one before ends")
    .requiredOption('--user <email>', 'whose bookings')
    .action(({ user }: FeedOptions) =>
      desk.work(async (open) => {
        const { id: ownerId } = await userNamed(open, user);
        const token = await open.get(PublishFeed).execute({ ownerId });
        const feed = { url: feedAddress(open.get(BaseUrl).value, token), ...(await stateOf(open, ownerId)) };
        const hint =
          'Keep the address now: it cannot be shown again, and whoever has it can read the bookings.';
        return { value: feed, text: `${sheet(feed)}\n\n${hint}` };
      }),
    );

  calendars
    .command('published')
    .description("show since when a user's bookings are published, and when they were last read")
    .requiredOption('--user <email>', 'whose bookings')
    .action(({ user }: FeedOptions) =>
      desk.work(async (open) => {
        const feed = await open.get(FeedReads).state((await userNamed(open, user)).id);
        const none = 'They are not published: "calendars publish" does that.';
        return { value: feed, text: feed ? sheet(feed) : none };
      }),
    );

  calendars
    .command('unpublish')
    .description("publish a user's bookings no longer")
    .requiredOption('--user <email>', 'whose bookings')
    .action(({ user }: FeedOptions) =>
      desk.work(async (open) => {
        const { id: ownerId } = await userNamed(open, user);
        const feed = await stateOf(open, ownerId);
        await open.get(EndFeed).execute({ ownerId });
        return { value: feed, text: 'The address has ended.' };
      }),
    );
}

async function stateOf(open: OpenInstallation, ownerId: string) {
  const feed = await open.get(FeedReads).state(ownerId);
  if (!feed) throw new FeedNotFound();
  return feed;
}
