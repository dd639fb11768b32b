import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { UnitOfWork } from '../../kernel/unit-of-work.js';
import { Attempt, Attempts } from './attempts.js';
import { Bells } from './bells.js';
import { endsConnection, isAftermath, isRetryable } from './database-errors.js';
import { poolOf, streamOf } from './driver.js';
import { Ending } from './ending.js';
import { writeOf, type Write, type Writer } from './writes-at-once.js';

const RETRIES = 3;

/**
 * The transaction of the work under way, found without being passed along. Repositories write through it; outside a unit of
 * work there is none, and asking for it throws. Statements asked for without waiting in between travel together and are run in
 * that order, each in a snapshot of its own.
 */
export class Session {
  private readonly current = new AsyncLocalStorage<Transaction>();
  /** What is being decided now: that waits for nothing, so that there is never more than one. */
  private attempt: Attempt | null = null;
  private readonly attempts = new Attempts(() => this.pool);
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
  write(name: string, text: string, values: unknown[], faultOf?: (error: unknown) => never): void {
    this.transactionUnderWay.write({ name, text, values, faultOf });
  }

  /** The same for items that can be written together with those of others, as they are where no transaction is under way yet. */
  store<Item>(writer: Writer<Item>, items: readonly Item[]): void {
    if (this.attempt) this.attempt.store(writer, items);
    else this.transactionUnderWay.write(writeOf(writer, items));
  }

  /**
   * Lets the work go on while statements that were sent do theirs: the transaction waits for them before it ends, and fails as the
   * first of them that failed. Together with the commit they take one round trip.
   */
  follow(sent: Promise<unknown>): void {
    this.transactionUnderWay.follow(sent);
  }

  /**
   * Does not have the commit wait for the disk. What the database may lose of it with its machine's power, or when it is killed, is the
   * last half second, and always with all that was committed after it.
   */
  doWithoutDisk(): void {
    this.follow(this.query('set local synchronous_commit to off'));
  }

  /** Leaves items to be written just before the commit, in this order and together with all else that is left to that writer. */
  leave<Item>(writer: Writer<Item>, items: readonly Item[]): void {
    this.underWay.leave(writer, items);
  }

  /** Has all who listen on the channel told of news, right after the commit. Should the process die between, they are not told. */
  tell(channel: string): void {
    this.underWay.news.add(channel);
  }

  get isOpen(): boolean {
    return this.current.getStore() !== undefined;
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

  /** Has all that `decide` stores or leaves written in a transaction of its own. Use `UnitOfWork`. */
  async decide<T>(decide: () => T): Promise<T> {
    const attempt = new Attempt();
    this.attempt = attempt;
    let decided: T;
    try {
      decided = decide();
    } finally {
      this.attempt = null;
    }
    if (attempt.toBeWritten.length > 0) await this.attempts.store(attempt);
    this.ring(attempt);
    return decided;
  }

  private ring({ news }: Ending): void {
    for (const channel of news) this.bells.ring(channel);
  }

  private get pool(): Pool {
    return poolOf(this.dataSource);
  }

  private get underWay(): Ending {
    return this.attempt ?? this.transactionUnderWay;
  }

  private get transactionUnderWay(): Transaction {
    if (this.attempt)
      throw new Error('What is decided waits for no statement: call it inside UnitOfWork.run');
    const transaction = this.current.getStore();
    if (!transaction) throw new Error('Writing needs a unit of work: call it inside UnitOfWork.run');
    return transaction;
  }
}

/** One transaction on one connection. */
class Transaction extends Ending {
  /** Statements that were sent and that nobody waits for but the transaction itself. */
  private readonly followed: Promise<unknown>[] = [];
  /** TypeORM's view of it, once somebody has asked. */
  runner: QueryRunner | null = null;
  /** Why the connection can be of no use any more; null as long as PostgreSQL answers. */
  lost: Error | null = null;
  /** Of the first statement that failed: answers come in the order of the statements. */
  private fault: unknown = null;

  constructor(readonly connection: PoolClient) {
    super();
  }

  write({ name, text, values, faultOf }: Write): void {
    const sent = this.send({ name, text, values });
    this.follow(faultOf ? sent.catch(faultOf) : sent);
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
      for (const [writer, items] of this.left) this.write(writeOf(writer, items as never[]));
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

  async attempt<Seen, T>(look: () => Promise<Seen | null>, decide: (seen: Seen) => T): Promise<T | null> {
    if (this.session.isOpen) return null;
    const seen = await look();
    if (seen === null) return null;
    try {
      return await this.session.decide(() => decide(seen));
    } catch (error) {
      if (!isRetryable(error)) throw error;
      return null;
    }
  }
}
