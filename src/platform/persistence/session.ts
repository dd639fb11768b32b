import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { UnitOfWork } from '../../kernel/unit-of-work.js';
import { isRetryable } from './database-errors.js';

const RETRIES = 3;

/**
 * The transaction of the work under way, found without being passed along. Repositories write through it; outside a unit of
 * work there is none, and asking for it throws.
 */
export class Session {
  private readonly current = new AsyncLocalStorage<QueryRunner>();

  constructor(private readonly dataSource: DataSource) {}

  /** TypeORM's manager of this transaction. */
  get manager(): EntityManager {
    return this.runner.manager;
  }

  /** Runs one statement in this transaction and returns its rows. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const result: unknown = await this.runner.query(sql, parameters, true).then(({ records }) => records);
    return (result ?? []) as Row[];
  }

  get isOpen(): boolean {
    return this.current.getStore() !== undefined;
  }

  /** Begins a transaction for `work` and everything it calls. Use `UnitOfWork`, which joins and retries. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      const result = await this.current.run(runner, work);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release().catch(() => undefined);
    }
  }

  private get runner(): QueryRunner {
    const runner = this.current.getStore();
    if (!runner) throw new Error('Writing needs a unit of work: call it inside UnitOfWork.run');
    return runner;
  }
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
