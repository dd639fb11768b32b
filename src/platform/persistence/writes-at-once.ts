import pg from 'pg';

/** A statement that every connection prepares once, under its name, and whose rows nobody needs. */
export interface Write {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
  /** Throws what its failure means; left out where that says it itself. */
  readonly faultOf?: ((error: unknown) => never) | undefined;
}

/** A statement that writes any number of items at once, of one unit of work or of many. Two must not share a name. */
export interface Writer<Item> {
  readonly name: string;
  readonly text: string;
  /** The parameters with which it writes these, in this order. */
  readonly valuesOf: (items: readonly Item[]) => unknown[];
  /** Throws what its failure means; left out where that says it itself. */
  readonly faultOf?: (error: unknown) => never;
}

export function writeOf<Item>(
  { name, text, valuesOf, faultOf }: Writer<Item>,
  items: readonly Item[],
): Write {
  return { name, text, values: valuesOf(items), faultOf };
}

/** What the driver's own queries do that is not in its types. */
interface DriversQuery {
  prepare(connection: unknown): void;
  handleError(error: Error, connection: unknown): void;
}

/** The driver's connection, which remembers by name what was sent to be prepared, until PostgreSQL has said that it is. */
interface DriversConnection extends pg.Connection {
  readonly submittedNamedStatements: Record<string, string>;
}

/**
 * Statements that are one transaction without saying so: sent together, each is run after the one before it in a snapshot of its own,
 * and all are committed when the last is done (PostgreSQL's protocol, "Pipelining"). That takes one answer, and neither `begin` nor
 * `commit`. It reaches into what `pg` 8.23 keeps to itself; a spec holds it to what a transaction does.
 */
export class WritesAtOnce extends pg.Query {
  private done = 0;

  constructor(
    private readonly writes: readonly Write[],
    callback: (error: Error | undefined) => void,
  ) {
    super({ name: writes[0]!.name, text: writes[0]!.text }, callback);
  }

  /** What the failure of the one that failed means. */
  faultOf(error: Error): unknown {
    try {
      return this.current.faultOf?.(error) ?? error;
    } catch (fault) {
      return fault;
    }
  }

  override readonly submit = (connection: pg.Connection) => {
    connection.stream.cork();
    const unsynced: unknown = Object.assign(Object.create(connection), { describe: ignore, sync: ignore });
    for (const { name, text, values } of this.writes) {
      (new pg.Query({ name, text, values }) as unknown as DriversQuery).prepare(unsynced);
    }
    connection.sync();
    connection.stream.uncork();
  };

  handleDataRow(): void {}

  handleCommandComplete(): void {
    this.done += 1;
    // By these the driver notes what has been prepared.
    if (this.done < this.writes.length)
      Object.assign(this, { name: this.current.name, text: this.current.text });
  }

  handleError(error: Error, connection: DriversConnection): void {
    for (const { name } of this.writes.slice(this.done)) delete connection.submittedNamedStatements[name];
    (pg.Query.prototype as unknown as DriversQuery).handleError.call(this, error, connection);
  }

  /** The one that is under way, or that failed. */
  private get current(): Write {
    return this.writes[this.done]!;
  }
}

function ignore(): void {}
