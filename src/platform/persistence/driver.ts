import type { Writable } from 'node:stream';
import type { Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';

/** The driver's pool. TypeORM's query runner would lend a connection too, at the price of a few statements. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

/** Where what is sent on a connection goes; while it is corked, that is kept and then goes in one piece. */
export function streamOf(client: PoolClient): Writable {
  return (client as unknown as { connection: { stream: Writable } }).connection.stream;
}
