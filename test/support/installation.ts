import type { DataSource } from 'typeorm';
import { openSecrets } from '../../src/composition/secrets.js';
import { makeDataSource, migrate } from '../../src/platform/persistence/data-source.js';
import { EmbeddedPostgres } from '../../src/platform/persistence/embedded-postgres.js';
import { Client } from './client.js';
import { testDatabase } from './database.js';
import { ownerRows, Owners } from './owners.js';
import { startRedis } from './redis.js';
import {
  startServer,
  startWorker,
  type RunningProcess,
  type RunningServer,
  type Settings,
} from './server.js';
import { temporaryFolder } from './temporary-folder.js';

/** Limits are the subject of one suite and would be in the way of all others. */
export const withoutLimits: Settings = {
  LIMIT_API_KEY_PER_MINUTE: '0',
  LIMIT_PREAUTH_PER_MINUTE: '0',
  LIMIT_PUBLIC_BOOKING_PER_MINUTE: '0',
};

/** A LinkTime of the test's own, with as many processes as it asks for. */
export class Installation {
  private readonly starts: Promise<RunningProcess>[] = [];

  private constructor(
    readonly settings: Settings,
    readonly dataSource: DataSource,
    private readonly letGo: () => Promise<void>,
    readonly owners = new Owners(dataSource),
  ) {}

  /** On a database and a Redis of its own; nothing runs yet. */
  static async production(settings: Settings = withoutLimits): Promise<Installation> {
    const [database, redis, folder] = await Promise.all([
      testDatabase({ rows: ownerRows }),
      startRedis(),
      temporaryFolder(),
    ]);
    const services = { DATABASE_URL: database.url, REDIS_URL: redis.url, DATA_DIR: folder.path };
    return new Installation({ ...services, ...settings }, database.dataSource, async () => {
      await Promise.all([database.drop(), redis.stop(), folder.remove()]);
    });
  }

  /** On nothing but a folder, whose PostgreSQL the test shares with the server. */
  static async embedded(settings: Settings = withoutLimits): Promise<Installation> {
    const { path: dataDir, remove } = await temporaryFolder();
    const { databasePassword } = await openSecrets(dataDir);
    const postgres = new EmbeddedPostgres({ dataDir, password: databasePassword });
    const { url } = await postgres.start();
    await migrate(url);
    const dataSource = await makeDataSource({ url, poolSize: 4, rows: ownerRows }).initialize();
    return new Installation({ DATA_DIR: dataDir, DEMO: 'false', ...settings }, dataSource, async () => {
      await dataSource.destroy();
      await postgres.stop();
      await remove();
    });
  }

  startApi(settings: Settings = {}): Promise<RunningServer> {
    return this.noted(startServer({ ...this.settings, ...settings }));
  }

  startWorker(): Promise<RunningProcess> {
    return this.noted(startWorker(this.settings));
  }

  /** A process that serves the API, and who asks it. */
  async startClient(settings: Settings = {}): Promise<Client> {
    return new Client((await this.startApi(settings)).url);
  }

  query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters);
  }

  /** Lets a booking have been made for another time, past or to come. */
  async moveBooking(id: string, startTime: string): Promise<void> {
    await this.query(
      `update bookings set starts_at = $2::timestamptz, ends_at = $2::timestamptz + (ends_at - starts_at),
         blocked = tstzrange($2::timestamptz, $2::timestamptz + (ends_at - starts_at))
       where id = $1`,
      [id, startTime],
    );
  }

  /** Where its secrets and, embedded, its database are kept. */
  get dataDir(): string {
    return this.settings['DATA_DIR']!;
  }

  /** Ends all that was started, or is still starting. */
  async close(): Promise<void> {
    const started = await Promise.allSettled(this.starts);
    await Promise.all(started.map((start) => (start.status === 'fulfilled' ? start.value.kill() : null)));
    await this.letGo();
  }

  private noted<Process extends RunningProcess>(start: Promise<Process>): Promise<Process> {
    this.starts.push(start);
    return start;
  }
}
