import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** What a pool and a single connection have in common. */
type Asked = Pick<Pool, 'query'>;

/**
 * Reading outside any unit of work: straight through the driver's pool, each statement on its own. TypeORM's own `query` costs a
 * query runner and a broadcast a call, as much as all the rest of a small request.
 */
export class Sql {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The rows of a statement that every connection prepares once, under that name; for statements whose best plan is the same
   * whatever the parameters. Two statements must not share a name.
   */
  async prepared<Row>(name: string, text: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.pool.query({ name, text, values: parameters })).rows as Row[];
  }

  /** The rows of a statement planned anew for these parameters. */
  async query<Row>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, parameters)).rows as Row[];
  }

  private get pool(): Asked {
    return (this.dataSource.driver as unknown as { master: Asked }).master;
  }
}
