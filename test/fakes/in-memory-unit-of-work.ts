import { AsyncLocalStorage } from 'node:async_hooks';
import { UnitOfWork } from '../../src/kernel/unit-of-work.js';

/** A fake that can go back to how it was. */
export interface Restorable {
  /** Remembers everything stored now; the function it returns brings that back. */
  snapshot(): () => void;
}

/**
 * One unit of work after another, so that each sees what the one before it left: the strictest form of locking what is read.
 * A unit of work that throws leaves the given fakes as they were before it.
 */
export class InMemoryUnitOfWork extends UnitOfWork {
  private readonly stores: readonly Restorable[];
  private readonly current = new AsyncLocalStorage<true>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(...stores: Restorable[]) {
    super();
    this.stores = stores;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.current.getStore()) return work();
    const turn = this.last.then(() => this.current.run(true, () => this.allOrNothing(work)));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  async attempt<Seen, T>(look: () => Promise<Seen | null>, decide: (seen: Seen) => T): Promise<T | null> {
    if (this.current.getStore()) return null;
    const seen = await look();
    return seen === null ? null : this.run(async () => decide(seen));
  }

  private async allOrNothing<T>(work: () => Promise<T>): Promise<T> {
    const restores = this.stores.map((store) => store.snapshot());
    try {
      return await work();
    } catch (error) {
      for (const restore of restores) restore();
      throw error;
    }
  }
}
