import type { Sql } from '../../platform/persistence/sql.js';
import type { PieceCounts } from '../domain/search-pieces.js';

/** A sample rests for so many times as long as it took the database: a few seconds among few contacts, minutes among many. */
const REST = 1_000;
const SHORTEST_REST_MS = 1_000;
const LONGEST_REST_MS = 300_000;

/** Of so many blocks of the table of contacts a sample is taken: contacts that came together are alike, and stand together. */
const BLOCKS = 1_000;

/** What as many contacts as a sample has would fill, in blocks: some thousand contacts. */
const SIZE = 100;

/** What fewer contacts of the sample have than this is not told apart. */
const KNOWN_FROM = 3;

/** How many contacts have which piece, by a sample of those of all owners. Searches have new ones taken and wait for none of them. */
export class PieceSample {
  private counts: PieceCounts | null = null;
  private dueAt = -Infinity;

  constructor(private readonly sql: Sql) {}

  /** As of when somebody searched last, or some minutes ago; null as long as there is none. */
  get latest(): PieceCounts | null {
    if (performance.now() >= this.dueAt) {
      this.take().catch(() => undefined); // searches go on as they do without one
    }
    return this.counts;
  }

  /** Takes one now. */
  async take(): Promise<void> {
    const begun = performance.now();
    this.dueAt = Infinity;
    try {
      this.counts = await this.count();
    } finally {
      const rest = REST * (performance.now() - begun);
      this.dueAt = performance.now() + Math.min(Math.max(rest, SHORTEST_REST_MS), LONGEST_REST_MS);
    }
  }

  private async count(): Promise<PieceCounts> {
    const values = [BLOCKS, SIZE, KNOWN_FROM];
    const rows = await this.sql.query<{ piece: string | null; count: number }>(SAMPLE, values);
    const known = new Map<string, number>();
    let others = 0;
    for (const { piece, count } of rows) {
      if (piece === null) others = count;
      else known.set(piece, count);
    }
    return { known, others };
  }
}

const SAMPLE = `
  with size as (
    select greatest(1, pg_relation_size('contacts') / current_setting('block_size')::float8) as blocks
  ), sample as (
    select least(1, $1 / blocks) as of_blocks, least(1, $2 / least($1, blocks)) as of_each from size
  ), sampled as (
    select search from contacts tablesample system ((select 100 * of_blocks from sample))
    where random() < (select of_each from sample)
  )
  select null as piece, ($3 - 1) / (of_blocks * of_each) as count from sample
  union all
  select piece, count(*) / min(of_blocks * of_each)
  from sampled cross join lateral unnest(show_trgm(search)) as piece cross join sample
  where piece ~ '^[a-z0-9]{3}$'
  group by piece having count(*) >= $3`;
