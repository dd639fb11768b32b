import type { Instant } from '@js-joda/core';
import { formatInstant } from '../../kernel/instant-text.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Session } from '../../platform/persistence/session.js';
import type { PublishedFeed } from '../domain/published-feed.js';
import { PublishedFeeds } from '../ports.js';

export class PostgresPublishedFeeds extends PublishedFeeds {
  constructor(private readonly session: Session) {
    super();
  }

  async publish({ ownerId, tokenHash, publishedAt, lastReadAt }: PublishedFeed): Promise<void> {
    await this.session.query(
      `insert into calendar_feeds (owner_id, token_hash, published_at, last_read_at) values ($1, $2, $3, $4)
       on conflict (owner_id) do update set (token_hash, published_at, last_read_at) =
         (excluded.token_hash, excluded.published_at, excluded.last_read_at)`,
      [ownerId, tokenHash, formatInstant(publishedAt), lastReadAt && formatInstant(lastReadAt)],
    );
  }

  async find(tokenHash: Buffer): Promise<PublishedFeed | null> {
    const [row] = await this.session.query<FeedRow>(
      'select owner_id, published_at, last_read_at from calendar_feeds where token_hash = $1',
      [tokenHash],
    );
    if (!row) return null;
    return {
      ownerId: row.owner_id,
      tokenHash,
      publishedAt: instantOf(row.published_at),
      lastReadAt: row.last_read_at === null ? null : instantOf(row.last_read_at),
    };
  }

  async noteReading(tokenHash: Buffer, at: Instant): Promise<void> {
    await this.session.query('update calendar_feeds set last_read_at = $2 where token_hash = $1', [
      tokenHash,
      formatInstant(at),
    ]);
  }

  async end(ownerId: string): Promise<boolean> {
    const ended = await this.session.query(
      'delete from calendar_feeds where owner_id = $1 returning owner_id',
      [ownerId],
    );
    return ended.length > 0;
  }
}

interface FeedRow {
  owner_id: string;
  published_at: string;
  last_read_at: string | null;
}
