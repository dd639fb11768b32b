import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import {
  makeDataSource,
  migrate,
  type DataSourceOptions,
} from '../../src/platform/persistence/data-source.js';
import { root } from './paths.js';

export interface TestDatabase {
  /** For another process to connect to. */
  readonly url: string;
  /** Connected, with the options of production. */
  readonly dataSource: DataSource;
  /** Closes the data source and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

const ONE_AT_A_TIME = 0x11_4b_7e_57;

/** A database of the caller's own with the schema and no rows. The tests' server is in TEST_DATABASE_SERVER_URL. */
export async function testDatabase(
  options: Pick<DataSourceOptions, 'rows'> & Partial<Pick<DataSourceOptions, 'poolSize'>> = {},
): Promise<TestDatabase> {
  const name = `linktime_${randomUUID().replaceAll('-', '')}`;
  await onServer(async (server) => {
    const template = await migratedTemplate(server);
    await server.query(`create database ${name} template ${template}`);
  });
  const url = urlOf(name);
  const dataSource = makeDataSource({ poolSize: 10, ...options, url });
  await dataSource.initialize();
  return {
    url,
    dataSource,
    async drop() {
      if (dataSource.isInitialized) await dataSource.destroy();
      await onServer((server) => server.query(`drop database ${name} with (force)`));
    },
  };
}

/** The database that all others are copies of, made by whoever comes first. Changed migrations make another. */
async function migratedTemplate(server: pg.Client): Promise<string> {
  const name = `linktime_template_${fingerprintOf('migrations')}`;
  await server.query('select pg_advisory_lock($1)', [ONE_AT_A_TIME]);
  try {
    const { rowCount } = await server.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) {
      const draft = `${name}_draft`;
      await server.query(`drop database if exists ${draft} with (force)`);
      await server.query(`create database ${draft}`);
      await migrate(urlOf(draft));
      await server.query(`alter database ${draft} rename to ${name}`);
    }
  } finally {
    await server.query('select pg_advisory_unlock($1)', [ONE_AT_A_TIME]);
  }
  return name;
}

function fingerprintOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(join(root, folder)).sort())
    hash.update(readFileSync(join(root, folder, file)));
  return hash.digest('hex').slice(0, 12);
}

async function onServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: serverUrl() });
  await server.connect();
  try {
    return await work(server);
  } finally {
    await server.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env['TEST_DATABASE_SERVER_URL'];
  if (url) return url;
  throw new Error('This test needs a database: use "npm test -- PATTERN", or see "npm run test:database".');
}
