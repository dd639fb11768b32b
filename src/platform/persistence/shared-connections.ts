import type { Writable } from 'node:stream';
import type pg from 'pg';
import { endsConnection } from './database-errors.js';
import { streamOf } from './driver.js';
import { RememberingQuery } from './remembering-query.js';

/** Connections that reads share at most, and no more than half of the pool: the others stay free for what changes something. */
const MOST = 4;

interface Shared {
  readonly client: Promise<pg.PoolClient>;
  /** Statements that were sent on it and are not answered. */
  underWay: number;
  /** Why nothing more is to be sent on it; null as long as PostgreSQL answers. */
  lost: Error | null;
}

/**
 * Statements of many requests on few connections. A connection takes the next ones while it answers (the protocol's pipelining, each
 * statement its own transaction), and those of one turn of the event loop travel together: to be sent and answered alone costs a
 * small statement more than all that the database has to do for it. Connections are the pool's, and go back to it as soon as
 * nothing is under way on them.
 */
export class SharedConnections {
  private readonly shared = new Set<Shared>();
  private readonly most: number;

  constructor(private readonly pool: pg.Pool) {
    this.most = Math.max(1, Math.min(MOST, Math.floor(pool.options.max / 2)));
  }

  /** The rows of a prepared statement that takes little time: whatever is behind it on its connection waits for it. */
  async rows<Row>(name: string, text: string, values: unknown[]): Promise<Row[]> {
    const connection = this.leastBusy();
    connection.underWay += 1;
    try {
      const client = await connection.client;
      holdUntilEndOfTurn(streamOf(client));
      return await new Promise((resolve, reject) => {
        client.query(
          new RememberingQuery(name, text, values, (error, result) =>
            error ? reject(error) : resolve(result.rows as Row[]),
          ),
        );
      });
    } catch (error) {
      if (endsConnection(error)) this.giveUp(connection, error as Error);
      throw error;
    } finally {
      connection.underWay -= 1;
      if (connection.underWay === 0) this.letGo(connection);
    }
  }

  private leastBusy(): Shared {
    if (this.shared.size < this.most) {
      const opened = { client: this.pool.connect(), underWay: 0, lost: null };
      this.shared.add(opened);
      return opened;
    }
    let least: Shared | undefined;
    for (const each of this.shared) if (!least || each.underWay < least.underWay) least = each;
    return least!;
  }

  /** Those under way on it may still be answered; the next take another. */
  private giveUp(connection: Shared, reason: Error): void {
    connection.lost = reason;
    this.shared.delete(connection);
  }

  private letGo(connection: Shared): void {
    this.shared.delete(connection);
    connection.client.then(
      (client) => client.release(connection.lost ?? undefined),
      ignore, // there was none to be had
    );
  }
}

function ignore(): void {}

/** Sends what is written in this turn in one piece. */
function holdUntilEndOfTurn(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => stream.uncork());
}
