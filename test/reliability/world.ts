import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import { makeDataSource, migrate } from '../../src/platform/persistence/data-source.js';
import { withoutLimits } from '../support/installation.js';
import { ownerRows, Owners, type Owner } from '../support/owners.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { startRedis, type RedisServer } from '../support/redis.js';
import {
  runCli,
  startServer,
  startWorker,
  type RunningProcess,
  type RunningServer,
  type Settings,
} from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { HookDrop } from './hook-drop.js';
import { MailDrop } from './mail-drop.js';

/**
 * A production installation in which everything can be killed: PostgreSQL, Redis, API and worker processes; and real servers that
 * receive what it owes the world. Processes reach PostgreSQL and Redis through proxies.
 */
export class World {
  /** How many connections to PostgreSQL the test itself keeps at most, past the proxy. */
  static readonly POOL_SIZE = 4;

  /** The API processes that answer now. */
  readonly apis: RunningServer[] = [];
  readonly workers: RunningProcess[] = [];
  /** What killed processes had written. */
  private readonly pastLogs: string[] = [];
  private closed = false;

  private constructor(
    readonly postgres: PostgresServer,
    readonly redis: RedisServer,
    readonly toPostgres: TcpProxy,
    readonly toRedis: TcpProxy,
    readonly hooks: HookDrop,
    readonly mails: MailDrop,
    readonly dataSource: DataSource,
    readonly settings: Settings,
    private readonly removeFolder: () => Promise<void>,
    readonly owners = new Owners(dataSource),
  ) {}

  static async open({
    redisArgs = [] as string[],
    postgresSettings = {} as Readonly<Record<string, string>>,
    settings = {} as Settings,
  } = {}): Promise<World> {
    const [postgres, redis, hooks, mails, folder] = await Promise.all([
      startPostgres(postgresSettings),
      startRedis(...redisArgs),
      HookDrop.open(),
      MailDrop.open(),
      temporaryFolder(),
    ]);
    const [toPostgres, toRedis] = await Promise.all([
      TcpProxy.before(postgres.port),
      TcpProxy.before(redis.port),
    ]);
    const dataSource = makeDataSource({
      url: postgres.url,
      poolSize: World.POOL_SIZE,
      rows: ownerRows,
      patient: true,
    });
    const world = new World(
      ...([postgres, redis, toPostgres, toRedis, hooks, mails, dataSource] as const),
      {
        DATABASE_URL: postgres.url.replace(`:${postgres.port}/`, `:${toPostgres.port}/`),
        REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
        SMTP_URL: mails.url,
        DATA_DIR: folder.path,
        WEBHOOK_ALLOW_PRIVATE: 'true',
        ...withoutLimits,
        ...settings,
      },
      folder.remove,
    );
    try {
      await migrate(postgres.url);
      await dataSource.initialize();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  async startApi(settings: Settings = {}): Promise<RunningServer> {
    const api = await this.started(startServer({ ...this.settings, ...settings }));
    this.apis.push(api);
    return api;
  }

  async startWorker(settings: Settings = {}): Promise<RunningProcess> {
    const worker = await this.started(startWorker({ ...this.settings, ...settings }));
    this.workers.push(worker);
    return worker;
  }

  /** Kills the process that has run longest and starts another in its place, which may take a few tries while servers are away. */
  async replace(kind: 'api' | 'worker'): Promise<void> {
    const running: RunningProcess[] = kind === 'api' ? this.apis : this.workers;
    const old = running.shift();
    if (old) {
      await old.kill();
      this.pastLogs.push(old.logs());
    }
    while (!this.closed) {
      try {
        await (kind === 'api' ? this.startApi() : this.startWorker());
        return;
      } catch {
        await delay(200);
      }
    }
  }

  /** Gives a process out of hand, for whoever kills it. */
  forget(kind: 'api' | 'worker'): RunningProcess | null {
    const gone = (kind === 'api' ? this.apis : this.workers).shift() ?? null;
    if (gone) this.pastLogs.push(gone.logs());
    return gone;
  }

  /** Lets what was rung for, and is under way nowhere, be rung for again at once, which otherwise takes up to 20 s. */
  async endTurns(): Promise<void> {
    await this.makeDue('outbox', 'next_attempt_at = now()', 'handled_at is null');
    await this.makeDue('webhook_deliveries', 'busy_until = now()', `status = 'PENDING' and not under_way`);
    await this.makeDue('email_logs', 'busy_until = now()', `status = 'QUEUED' and not under_way`);
  }

  /** Lets the leases of the dead run out at once, which otherwise takes up to a minute. */
  async endLeases(): Promise<void> {
    await this.makeDue('outbox', 'next_attempt_at = now()', 'handled_at is null');
    await this.makeDue(
      'webhook_deliveries',
      'busy_until = now(), next_attempt_at = now()',
      `status = 'PENDING'`,
    );
    await this.makeDue('email_logs', 'busy_until = now(), next_attempt_at = now()', `status = 'QUEUED'`);
  }

  /** What somebody is at work on this moment is left alone. */
  private async makeDue(table: string, change: string, owed: string): Promise<void> {
    await this.query(
      `update ${table} set ${change} where id in (select id from ${table} where ${owed} for update skip locked)`,
    );
  }

  /** An endpoint that receives all of the owner's events at that path of the hook drop. */
  async addEndpoint(owner: Owner, path: string): Promise<{ id: string; secret: string }> {
    const events = 'booking.created,booking.cancelled,booking.rescheduled,contact.created';
    const { code, stdout, stderr } = await runCli(
      [
        'webhooks',
        'create',
        '--user',
        owner.email,
        '--url',
        `${this.hooks.url}${path}`,
        '--events',
        events,
        '--json',
      ],
      this.settings,
    );
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as { id: string; secret: string };
  }

  /** Says something to Redis itself, past its proxy. */
  async tellRedis(command: string, ...args: string[]): Promise<void> {
    const admin = new Redis(this.redis.url);
    await admin.call(command, ...args).finally(() => admin.disconnect());
  }

  /** Wipes Redis and ends it, as a crash does to one that keeps nothing. */
  async loseRedis(): Promise<void> {
    await this.tellRedis('flushall');
    await this.redis.kill('SIGKILL');
  }

  /** Starts what is not running, so that all can be done that is owed. */
  async settle(): Promise<void> {
    if (this.apis.length === 0) await this.startApi();
    if (this.workers.length === 0) await this.startWorker();
  }

  query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters);
  }

  /** All that its processes wrote, killed ones included. */
  logs(): string {
    return [...this.pastLogs, ...[...this.apis, ...this.workers].map((each) => each.logs())].join('\n');
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.apis, ...this.workers].map((each) => each.kill()));
    await this.dataSource.destroy().catch(() => undefined);
    await Promise.all([
      this.toPostgres.close(),
      this.toRedis.close(),
      this.hooks.close(),
      this.mails.close(),
    ]);
    await Promise.all([this.postgres.stop(), this.redis.stop()]);
    await this.removeFolder();
  }

  private async started<Process extends RunningProcess>(start: Promise<Process>): Promise<Process> {
    const running = await start;
    if (this.closed) await running.kill();
    return running;
  }
}
