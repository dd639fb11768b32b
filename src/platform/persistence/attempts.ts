import type { Pool } from 'pg';
import { Together } from '../../kernel/together.js';
import { databaseErrorCode, endsConnection, LOCK_TIMEOUT, STATEMENT_TIMEOUT } from './database-errors.js';
import { Ending, itemsInto } from './ending.js';
import { WritesAtOnce, writeOf, type Write, type Writer } from './writes-at-once.js';

/** All that one decision wants stored. */
export class Attempt extends Ending {
  private readonly stored = new Map<Writer<never>, unknown[]>();

  store<Item>(writer: Writer<Item>, items: readonly Item[]): void {
    itemsInto(this.stored, writer, items);
  }

  /** What each writer has to write, in the order in which it is written. */
  get toBeWritten(): [Writer<never>, unknown[]][] {
    return [...this.stored, ...this.left];
  }
}

/** Whoever has to wait for a lock longer than this does not keep others waiting behind him. */
const IMPATIENT: Write = {
  name: 'wait for hardly any lock',
  text: `select set_config('lock_timeout', '50ms', true)`,
  values: [],
};

/** What became of an attempt among others: stored, to be stored alone, or failed for good. */
type Outcome = 'stored' | 'alone' | { readonly fault: unknown };

/**
 * Stores attempts together: those that come while others are being stored share the next transaction, and each writer's items one
 * statement, so that what a booking costs falls as more are made. Each stands and falls by itself all the same: where a transaction of
 * several is refused, each of them is tried again in its own.
 */
export class Attempts {
  private readonly together = new Together((attempts: readonly Attempt[]) => this.storeAll(attempts));

  constructor(private readonly pool: () => Pool) {}

  /** Resolves once it is committed. Throws what the failure means; nothing of it is stored then, unless the connection was lost. */
  async store(attempt: Attempt): Promise<void> {
    const outcome = await this.together.ask(attempt);
    if (outcome === 'stored') return;
    if (outcome !== 'alone') throw outcome.fault;
    const fault = await this.commit(writesOf([attempt]));
    if (fault) throw fault.meaning;
  }

  private async storeAll(attempts: readonly Attempt[]): Promise<Outcome[]> {
    const alike = new Map<string, Attempt[]>();
    for (const attempt of attempts) {
      const shape = attempt.toBeWritten.map(([{ name }]) => name).join();
      alike.set(shape, [...(alike.get(shape) ?? []), attempt]);
    }
    const outcomes = new Map<Attempt, Outcome>();
    await Promise.all(
      [...alike.values()].map(async (group) => {
        const outcome = await this.storeGroup(group);
        for (const attempt of group) outcomes.set(attempt, outcome);
      }),
    );
    return attempts.map((attempt) => outcomes.get(attempt)!);
  }

  private async storeGroup(group: readonly Attempt[]): Promise<Outcome> {
    const fault = await this.commit([IMPATIENT, ...writesOf(group)]);
    if (!fault) return 'stored';
    const code = databaseErrorCode(fault.error);
    const isFinal = endsConnection(fault.error) || code === STATEMENT_TIMEOUT;
    if (isFinal || (group.length === 1 && code !== LOCK_TIMEOUT)) return { fault: fault.meaning };
    return 'alone';
  }

  /** In one transaction. Returns why that failed, if it did: what was said, and what that means. */
  private async commit(writes: readonly Write[]): Promise<{ error: unknown; meaning: unknown } | null> {
    let lost: Error | undefined;
    try {
      const connection = await this.pool().connect();
      try {
        return await new Promise((resolve) => {
          const sent = new WritesAtOnce(writes, (error) => {
            if (error && endsConnection(error)) lost = error;
            resolve(error ? { error, meaning: sent.faultOf(error) } : null);
          });
          connection.query(sent);
        });
      } finally {
        connection.release(lost); // nobody else is to wait for one that has fallen silent
      }
    } catch (error) {
      return { error, meaning: error };
    }
  }
}

function writesOf(attempts: readonly Attempt[]): Write[] {
  const items = new Map<Writer<never>, unknown[]>();
  for (const attempt of attempts) {
    for (const [writer, of] of attempt.toBeWritten) itemsInto(items, writer, of as never[]);
  }
  return [...items].map(([writer, of]) => writeOf(writer, of as never[]));
}
