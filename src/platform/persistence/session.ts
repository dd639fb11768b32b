import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { UnitOfWork } from '../../kernel/unit-of-work.js';
import { isRetryable } from './database-errors.js';

const RETRIES = 3;

/** One transaction on one connection. TypeORM's runner lends both, and knows the transaction as its own. */
interface Transaction {
  readonly runner: QueryRunner;
  readonly connection: PoolClient;
  /** Statements that were sent and that nobody waits for but the transaction itself. */
  readonly followed: Promise<unknown>[];
}

/**
 * The transaction of the work under way, found without being passed along. Repositories write through it; outside a unit of
 * work there is none, and asking for it throws. Statements asked for without waiting in between travel together and are run in
 * that order, each in a snapshot of its own.
 */
export class Session {
  private readonly current = new AsyncLocalStorage<Transaction>();

  constructor(private readonly dataSource: DataSource) {}

  /** TypeORM's manager of this transaction. */
  get manager(): EntityManager {
    return this.transactionUnderWay.runner.manager;
  }

  /** Runs one statement in this transaction and returns its rows. */
  async query<Row = Record<string, unknown>>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.transactionUnderWay.connection.query(text, parameters)).rows as Row[];
  }

  /** The same for a statement that every connection prepares once, under that name. Two statements must not share a name. */
  async prepared<Row = Record<string, unknown>>(
    name: string,
    text: string,
    parameters: unknown[],
  ): Promise<Row[]> {
    return (await this.transactionUnderWay.connection.query({ name, text, values: parameters }))
      .rows as Row[];
  }

  /**
   * Lets the work go on while statements that were sent do theirs: the transaction waits for them before it ends, and fails as the
   * first of them that failed. Together with the commit they take one round trip.
   */
  follow(sent: Promise<unknown>): void {
    sent.catch(() => undefined);
    this.transactionUnderWay.followed.push(sent);
  }

  get isOpen(): boolean {
    return this.current.getStore() !== undefined;
  }

  /** Begins a transaction for `work` and everything it calls. Use `UnitOfWork`, which joins and retries. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const connection = (await runner.connect()) as PoolClient;
      const begun = connection.query('begin'); // travels with the first statement
      begun.catch(() => undefined); // only a lost connection refuses it, and with it all that follows
      Object.assign(runner, { isTransactionActive: true });
      const followed: Promise<unknown>[] = [];
      try {
        const result = await this.current.run({ runner, connection, followed }, work);
        await Promise.all([...followed, commit(connection)]);
        return result;
      } catch (error) {
        await connection.query('rollback').catch(() => undefined);
        throw (await firstFault(followed)) ?? error;
      }
    } finally {
      await runner.release().catch(() => undefined);
    }
  }

  private get transactionUnderWay(): Transaction {
    const transaction = this.current.getStore();
    if (!transaction) throw new Error('Writing needs a unit of work: call it inside UnitOfWork.run');
    return transaction;
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

/** Throws if there was nothing left to commit, because a statement had failed and the work went on as if it had not. */
async function commit(connection: PoolClient): Promise<void> {
  const { command } = await connection.query('commit');
  if (command !== 'COMMIT')
    throw new Error('The transaction could not be committed: one of its statements had failed');
}

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
}
