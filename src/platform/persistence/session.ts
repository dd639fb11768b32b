import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { UnitOfWork } from '../../kernel/unit-of-work.js';
import { Bells } from './bells.js';
import { endsConnection, isAftermath, isRetryable } from './database-errors.js';
import { poolOf, streamOf } from './driver.js';
import { WritesAtOnce, type Write } from './writes-at-once.js';

const RETRIES = 3;

/** Writes in one go what a unit of work has left to be written at its end. */
export type Writer<Item> = (items: readonly Item[]) => void;

/**
 * The transaction of the work under way, found without being passed along. Repositories write through it; outside a unit of
 * work there is none, and asking for it throws. Statements asked for without waiting in between travel together and are run in
 * that order, each in a snapshot of its own.
 */
export class Session {
  private readonly current = new AsyncLocalStorage<Transaction | Attempt>();
  private readonly bells = new Bells((statement) => this.pool.query(statement));

  constructor(private readonly dataSource: DataSource) {}

  /** TypeORM's manager of this transaction. */
  get manager(): EntityManager {
    const transaction = this.transactionUnderWay;
    transaction.runner ??= Object.assign(this.dataSource.createQueryRunner(), {
      databaseConnection: transaction.connection,
      isTransactionActive: true,
    });
    return transaction.runner.manager;
  }

  /** Runs one statement in this transaction and returns its rows. */
  async query<Row = Record<string, unknown>>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.transactionUnderWay.send({ text, values: parameters })).rows as Row[];
  }

  /** The same for a statement that every connection prepares once, under that name. Two statements must not share a name. */
  async prepared<Row = Record<string, unknown>>(
    name: string,
    text: string,
    parameters: unknown[],
  ): Promise<Row[]> {
    return (await this.transactionUnderWay.send({ name, text, values: parameters })).rows as Row[];
  }

  /**
   * Has a prepared statement run, whose rows nobody needs, before the work's end. `faultOf` throws what its failure means. Two
   * statements must not share a name.
   */
  write(
    name: string,
    text: string,
    values: unknown[],
    faultOf: (error: unknown) => never = (error) => {
      throw error;
    },
  ): void {
    this.underWay.write({ name, text, values, faultOf });
  }

  /**
   * Lets the work go on while statements that were sent do theirs: the transaction waits for them before it ends, and fails as the
   * first of them that failed. Together with the commit they take one round trip.
   */
  follow(sent: Promise<unknown>): void {
    this.transactionUnderWay.follow(sent);
  }

  /** Leaves items to be written just before the commit, in this order and together with all else that is left to that writer. */
  leave<Item>(writer: Writer<Item>, items: readonly Item[]): void {
    const { left } = this.underWay;
    left.set(writer, [...(left.get(writer) ?? []), ...items]);
  }

  /** Has all who listen on the channel told of news, right after the commit. Should the process die between, they are not told. */
  tell(channel: string): void {
    this.underWay.news.add(channel);
  }

  get isOpen(): boolean {
    return this.current.getStore() !== undefined;
  }

  /** Whether statements can be asked for now: there is a transaction, and not only what will be one. */
  get isTransaction(): boolean {
    return this.current.getStore() instanceof Transaction;
  }

  /** Begins a transaction for `work` and everything it calls. Use `UnitOfWork`, which joins and retries. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const connection = await this.pool.connect();
    const transaction = new Transaction(connection);
    try {
      const result = await this.current.run(transaction, () => transaction.run(work));
      this.ring(transaction);
      return result;
    } finally {
      connection.release(transaction.lost ?? undefined); // nobody else is to wait for one that has fallen silent
    }
  }

  /** Has all that `work` writes written in a transaction of its own once it has ended. Use `UnitOfWork`. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const attempt = new Attempt();
    const result = await this.current.run(attempt, async () => {
      const done = await work();
      attempt.writeWhatIsLeft();
      return done;
    });
    if (attempt.writes.length === 0) return result;

    const connection = await this.pool.connect();
    try {
      await attempt.commit(connection);
    } finally {
      connection.release(attempt.lost ?? undefined);
    }
    this.ring(attempt);
    return result;
  }

  private ring({ news }: Transaction | Attempt): void {
    for (const channel of news) this.bells.ring(channel);
  }

  private get pool(): Pool {
    return poolOf(this.dataSource);
  }

  private get underWay(): Transaction | Attempt {
    const work = this.current.getStore();
    if (!work) throw new Error('Writing needs a unit of work: call it inside UnitOfWork.run');
    return work;
  }

  private get transactionUnderWay(): Transaction {
    const work = this.underWay;
    if (work instanceof Attempt)
      throw new Error('An attempt waits for no statement: call it inside UnitOfWork.run');
    return work;
  }
}

/** What is to be written or told once the work has ended. */
abstract class Ending {
  /** What is to be written just before the commit, and by whom. */
  readonly left = new Map<Writer<never>, unknown[]>();
  /** The channels that have news once it is committed. */
  readonly news = new Set<string>();
  /** Why the connection can be of no use any more; null as long as PostgreSQL answers on it. */
  lost: Error | null = null;

  writeWhatIsLeft(): void {
    for (const [write, items] of this.left) write(items as never[]);
  }
}

/** Work that waits for no statement: all of them are sent once it has ended. */
class Attempt extends Ending {
  readonly writes: Write[] = [];

  write(write: Write): void {
    this.writes.push(write);
  }

  async commit(connection: PoolClient): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const sent = new WritesAtOnce(this.writes, (error) => {
        if (!error) return resolve();
        if (endsConnection(error)) this.lost = error;
        reject(sent.faultOf(error));
      });
      connection.query(sent);
    });
  }
}

/** One transaction on one connection. */
class Transaction extends Ending {
  /** Statements that were sent and that nobody waits for but the transaction itself. */
  private readonly followed: Promise<unknown>[] = [];
  /** TypeORM's view of it, once somebody has asked. */
  runner: QueryRunner | null = null;
  /** Of the first statement that failed: answers come in the order of the statements. */
  private fault: unknown = null;

  constructor(readonly connection: PoolClient) {
    super();
  }

  write({ name, text, values, faultOf }: Write): void {
    this.follow(this.send({ name, text, values }).catch(faultOf));
  }

  follow(sent: Promise<unknown>): void {
    sent.catch(ignore);
    this.followed.push(sent);
  }

  /** Sends a statement in one write to the socket with all others that are sent before the event loop turns. */
  send(statement: QueryConfig): Promise<QueryResult> {
    const stream = streamOf(this.connection);
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    const sent = this.connection.query(statement);
    sent.catch((error: Error) => {
      this.fault ??= error;
      if (endsConnection(error)) this.lost ??= error;
    });
    return sent;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      void this.send({ text: 'begin' }); // only a lost connection refuses it, and with it all that follows
      const result = await work();
      this.writeWhatIsLeft();
      await Promise.all([...this.followed, this.commit()]);
      return result;
    } catch (error) {
      if (!this.lost) await this.send({ text: 'rollback' }).catch(ignore);
      throw (await firstFault(this.followed)) ?? (isAftermath(error) ? this.fault : null) ?? error;
    }
  }

  /** Throws if there was nothing left to commit, because a statement had failed and the work went on as if it had not. */
  private async commit(): Promise<void> {
    const { command } = await this.send({ text: 'commit' });
    if (command !== 'COMMIT')
      throw new Error('The transaction could not be committed: one of its statements had failed');
  }
}

/** The error of the first statement that failed: those after it only say that one did. */
async function firstFault(followed: readonly Promise<unknown>[]): Promise<unknown> {
  for (const sent of followed) {
    try {
      await sent;
    } catch (error) {
      return error;
    }
  }
  return null;
}

function ignore(): void {}

export class PostgresUnitOfWork extends UnitOfWork {
  constructor(private readonly session: Session) {
    super();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.session.isOpen) return work();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.session.transaction(work);
      } catch (error) {
        if (attempt === RETRIES || !isRetryable(error)) throw error;
        await delay(Math.random() * 20 * 2 ** attempt);
      }
    }
  }

  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.session.isOpen) return null;
    try {
      return await this.session.attempt(work);
    } catch (error) {
      if (!isRetryable(error)) throw error;
      return null;
    }
  }
}
