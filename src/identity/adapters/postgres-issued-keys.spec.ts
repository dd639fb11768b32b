import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { issuedKeysContract } from '../../../test/contracts/issued-keys.contract.js';
import { identityDatabase, type IdentityDatabase } from '../../../test/support/identity-database.js';
import { CachedIssuedKeys } from './cached-issued-keys.js';
import { PostgresIssuedKeys } from './postgres-issued-keys.js';

const ignore = () => undefined;

issuedKeysContract('PostgreSQL', async () => {
  const database = await identityDatabase();
  const { users, apiKeys, unitOfWork, dataSource } = database;
  const issuedKeys = new PostgresIssuedKeys(dataSource, ignore);
  return { issuedKeys, users, apiKeys, unitOfWork, close: () => database.close() };
});

issuedKeysContract('PostgreSQL, remembered', async () => {
  const database = await identityDatabase();
  const { users, apiKeys, unitOfWork, dataSource } = database;
  const issuedKeys = new CachedIssuedKeys(new PostgresIssuedKeys(dataSource, ignore));
  issuedKeys.setListening(true);
  return { issuedKeys, users, apiKeys, unitOfWork, close: () => database.close() };
});

describe('when a key was last used', () => {
  let database: IdentityDatabase;
  beforeAll(async () => {
    database = await identityDatabase();
    await database.addUser('ada');
  });
  afterAll(() => database.close());

  it('is written down in passing', async () => {
    const { id } = await database.issueKey('ada');
    const process = aProcess();
    process.issuedKeys.noteUse(id);
    await process.quiet();

    expect(await lastUse(id)).not.toBeNull();
  });

  it('is written at most once a minute, however many processes take note', async () => {
    const { id } = await database.issueKey('ada');
    const lately = await usedAgo(id, '59 seconds');
    await noteInAnotherProcess(id);
    expect(await lastUse(id)).toBe(lately);

    const longAgo = await usedAgo(id, '61 seconds');
    await noteInAnotherProcess(id);
    expect(await lastUse(id)).not.toBe(longAgo);
  });

  it('is not even mentioned to the database by a process that has just done so', async () => {
    const { id } = await database.issueKey('ada');
    const process = aProcess();
    process.issuedKeys.noteUse(id);
    process.issuedKeys.noteUse(id);

    expect(process.statements).toHaveLength(1);
    await process.quiet();
  });

  it('is only reported when it cannot be written', async () => {
    const process = aProcess();
    process.issuedKeys.noteUse('no id');
    await process.quiet();

    expect(process.errors).toHaveLength(1);
  });

  /** Issued keys as one of several processes sees them, whose statements can be waited for. */
  function aProcess() {
    const statements: Promise<unknown>[] = [];
    const errors: unknown[] = [];
    const watched: Pick<DataSource, 'query'> = {
      query: (sql: string, parameters?: unknown[]) => {
        const statement = database.dataSource.query(sql, parameters);
        statements.push(statement);
        return statement;
      },
    };
    const issuedKeys = new PostgresIssuedKeys(watched, (error) => errors.push(error));
    return { issuedKeys, statements, errors, quiet: () => Promise.allSettled(statements) };
  }

  async function noteInAnotherProcess(id: string): Promise<void> {
    const process = aProcess();
    process.issuedKeys.noteUse(id);
    await process.quiet();
  }

  async function usedAgo(id: string, ago: string): Promise<string | null> {
    await database.dataSource.query('update api_keys set last_used_at = now() - $2::interval where id = $1', [
      id,
      ago,
    ]);
    return lastUse(id);
  }

  async function lastUse(id: string): Promise<string | null> {
    const [row] = await database.dataSource.query<[{ last_used_at: string | null }]>(
      'select last_used_at from api_keys where id = $1',
      [id],
    );
    return row.last_used_at;
  }
});
