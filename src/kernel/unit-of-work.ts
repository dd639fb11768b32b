/** All or nothing: what is written inside one unit of work is committed together or not at all. */
export abstract class UnitOfWork {
  /**
   * Runs `work` and commits, or rolls back when it throws. A unit of work begun inside another joins it. `work` may be
   * run again from its start when the database asks for that (deadlock, serialization failure), so it keeps its effects
   * inside the database: no network call, no job rung.
   */
  abstract run<T>(work: () => Promise<T>): Promise<T>;

  /**
   * Looks at what is committed, waiting for nobody and locking nothing, and decides on it at once: what `decide` stores is stored
   * together as it ends. Null, with nothing stored, where `look` saw nothing to decide on, others were quicker, or a unit of work is
   * under way: `run` must do it then.
   */
  abstract attempt<Seen, T>(look: () => Promise<Seen | null>, decide: (seen: Seen) => T): Promise<T | null>;
}
