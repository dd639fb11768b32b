import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../../migrations/index.js';

const TIMESTAMPTZ = 1184;

export interface DataSourceOptions {
  readonly url: string;
  readonly poolSize: number;
  /** The row classes of all modules, for TypeORM to know of. */
  readonly rows?: (new () => object)[];
  /** Without any time limit. */
  readonly patient?: boolean;
}

/**
 * The pool of connections. No statement runs longer than 5 s, waits longer than 3 s for a lock, or waits longer than 5 s for
 * a connection: a request that cannot be served is answered, not kept.
 */
export function makeDataSource(options: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    entities: options.rows ?? [],
    migrations,
    installExtensions: false,
    applicationName: 'linktime',
    poolSize: options.poolSize,
    connectTimeoutMS: 5_000,
    poolErrorHandler: () => undefined, // an idle connection was lost; the next request opens another
    extra: {
      Client: ListenedClient,
      options: `-c timezone=UTC ${options.patient ? '' : `${IMPATIENT} ${BY_INDEX}`}`,
      query_timeout: options.patient ? undefined : 5_500, // a server that fell silent never keeps its own time limits
      keepAlive: true,
      pipeline: true, // statements of one transaction need not wait for each other's answers
      types: { getTypeParser },
    },
  });
}

/**
 * A connection that may be lost at any moment. Whoever waits for an answer on it is told, and the pool when it comes back; but between the
 * pool and its borrower nobody would listen, and an error event that nobody hears ends the process.
 */
class ListenedClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

const IMPATIENT =
  '-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=15000';

// A plan that is made and kept while a table is nearly empty, be it of a prepared statement or of a foreign key, would go on to read all
// of it when it has grown.
const BY_INDEX = '-c enable_seqscan=off';

/**
 * Brings the schema up to date, one process at a time, and returns the names of the migrations that ran. Index builds on large
 * tables may take long: no time limits here.
 */
export async function migrate(url: string): Promise<string[]> {
  const dataSource = makeDataSource({ url, poolSize: 2, patient: true });
  await dataSource.initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return (await dataSource.runMigrations({ transaction: 'each' })).map(({ name }) => name);
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release().catch(() => undefined);
    await dataSource.destroy();
  }
}

const MIGRATION_LOCK = 0x11_4b_71_3e;

// Instants leave the driver in the very text that the API shows: reads pass them through, and no Date is made.
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  return oid === TIMESTAMPTZ && format !== 'binary'
    ? utcText
    : pg.types.getTypeParser(oid as never, format as never);
}

/** `2026-02-15 10:00:00.12+00` → `2026-02-15T10:00:00.120Z`; the session's zone is always UTC. */
export function utcText(text: string): string {
  const fraction = text.slice(19, text.indexOf('+', 19));
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.slice(1, 4).padEnd(3, '0')}Z`;
}
