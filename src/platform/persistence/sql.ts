import type { DataSource } from 'typeorm';
import { poolOf } from './driver.js';
import { SharedConnections } from './shared-connections.js';

/**
 * Reading outside any unit of work: straight through the driver's pool, each statement on its own. TypeORM's own `query` costs a
 * query runner and a broadcast a call, as much as all the rest of a small request.
 */
export class Sql {
  private connections: SharedConnections | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /**
   * The rows of a statement that every connection prepares once, under that name; for statements whose best plan is the same
   * whatever the parameters. Two statements must not share a name.
   */
  async prepared<Row>(name: string, text: string, parameters: unknown[]): Promise<Row[]> {
    this.connections ??= new SharedConnections(poolOf(this.dataSource));
    return this.connections.rows(name, text, parameters);
  }

  /** The rows of a statement planned anew for these parameters. */
  async query<Row>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await poolOf(this.dataSource).query(text, parameters)).rows as Row[];
  }
}
