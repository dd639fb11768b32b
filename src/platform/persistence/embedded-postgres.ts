import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { prepareDataDir } from '../data-dir.js';
import { exclusively } from '../exclusively.js';
import { databaseErrorCode, isPassing } from './database-errors.js';
import { giveTo, isCluster, makeCluster } from './postgres-cluster.js';
import { findPostgresPrograms } from './postgres-programs.js';
import { launchServer, ServerEnded, shutDownServer } from './postgres-server.js';
import { choosePostgresUser } from './postgres-user.js';
import { findPostmaster, type Postmaster } from './postmaster.js';

const SUPERUSER = 'linktime';
const DATABASE = 'linktime';

/** The name under which everybody who uses the server keeps one connection to it. */
const PRESENCE = 'linktime-presence';

// SQLSTATE
const NO_SUCH_DATABASE = '3D000';
const WRONG_PASSWORD = '28P01';

const PATIENCE_MS = 30_000;
const FAREWELL_MS = 300;
const RECOVERY_PAUSE_MS = 5_000;

export interface EmbeddedPostgresOptions {
  /** Absolute path; the cluster is in `postgres` below it, and what the server says in `postgres.log`. */
  readonly dataDir: string;
  /** Of the superuser `linktime`; the cluster keeps the one it was made with. */
  readonly password: string;
  readonly log?: (line: string) => void;
}

/**
 * A private PostgreSQL on a data directory, shared by all processes that use the directory: the first starts it, the others
 * attach, and the last to stop shuts it down. It outlives processes that are killed, and a killed one is started again.
 */
export class EmbeddedPostgres {
  private readonly clusterDir: string;
  private readonly logFile: string;
  private readonly turn: string;
  private presence: pg.Client | null = null;
  private starting: Promise<unknown> = Promise.resolve();
  private recovery: Promise<unknown> = Promise.resolve();
  private stopping = new AbortController();

  constructor(private readonly options: EmbeddedPostgresOptions) {
    this.clusterDir = join(options.dataDir, 'postgres');
    this.logFile = join(options.dataDir, 'postgres.log');
    this.turn = join(options.dataDir, 'postgres.lock');
  }

  /**
   * Starts the server on the data directory, or attaches to the one that runs there, and makes the cluster and the database
   * `linktime` on the first start. Throws one sentence with the cure.
   */
  async start(): Promise<{ url: string }> {
    if (this.stopping.signal.aborted) this.stopping = new AbortController();
    const entry = this.enter();
    this.starting = entry;
    const { port } = await entry;
    const password = encodeURIComponent(this.options.password);
    return { url: `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}?sslmode=disable` };
  }

  /** Shuts the server down, unless somebody else is still using it; a start under way ends first. Close the pools before. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([this.starting, this.recovery]);
    await this.leave();
  }

  private async enter(): Promise<pg.Client> {
    await prepareDataDir(this.options.dataDir);
    return exclusively(this.turn, async () => (this.presence ??= await this.attach()));
  }

  private async leave(): Promise<void> {
    const { presence } = this;
    if (!presence) return;
    this.presence = null;
    holdProcess(presence, true);
    await presence.end();
    await exclusively(this.turn, async () => {
      const server = await findPostmaster(this.clusterDir);
      if (server && !(await this.isInUse(server.port))) await shutDownServer(server, this.clusterDir);
    });
  }

  // A server that was killed starts again on the port it had, so that pools find it where they left it.
  private async recover(lost: pg.Client): Promise<void> {
    if (this.presence !== lost) return;
    this.presence = null;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        this.log('The embedded PostgreSQL went away; starting it again.');
        const { port } = await this.enter();
        if (port !== lost.port) this.log('The embedded PostgreSQL lost its port: start LinkTime anew.');
        return;
      } catch (error) {
        this.log((error as Error).message);
        await delay(RECOVERY_PAUSE_MS, undefined, { ref: false, signal }).catch(() => undefined);
      }
    }
  }

  /** Starts the server if none runs, and connects to it, as soon as what a killed or leaving one left behind is gone. */
  private async attach(): Promise<pg.Client> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        const server = (await findPostmaster(this.clusterDir)) ?? (await this.launch());
        return await this.bePresent(server.port);
      } catch (error) {
        if (databaseErrorCode(error) === WRONG_PASSWORD) throw this.wrongPassword();
        const mayPass = error instanceof ServerEnded ? error.passing : isPassing(error);
        if (!mayPass || Date.now() > deadline || this.stopping.signal.aborted) throw error;
        await delay(50);
      }
    }
  }

  private async launch(): Promise<Postmaster> {
    const { clusterDir, logFile } = this;
    const { initdb, postgres } = await findPostgresPrograms();
    const user = await choosePostgresUser(postgres, clusterDir);
    if (await isCluster(clusterDir)) await giveTo(user, clusterDir);
    else await makeCluster(initdb, clusterDir, { name: SUPERUSER, password: this.options.password }, user);
    return launchServer({ program: postgres, clusterDir, logFile, user });
  }

  private async bePresent(port: number): Promise<pg.Client> {
    const presence = await this.connect(port, DATABASE, PRESENCE).catch(async (error: unknown) => {
      if (databaseErrorCode(error) !== NO_SUCH_DATABASE) throw error;
      await this.makeDatabase(port);
      return this.connect(port, DATABASE, PRESENCE);
    });
    presence.once('end', () => (this.recovery = this.recover(presence)));
    holdProcess(presence, false);
    return presence;
  }

  private async makeDatabase(port: number): Promise<void> {
    const client = await this.connect(port, 'postgres');
    await client.query(`create database ${DATABASE}`).finally(() => client.end());
  }

  /** Whether anybody else is connected. Connections of ours that are just being closed get a moment to be gone. */
  private async isInUse(port: number): Promise<boolean> {
    const client = await this.connect(port, DATABASE).catch(() => null);
    if (!client) return false;
    const deadline = Date.now() + FAREWELL_MS;
    try {
      for (;;) {
        const { rows } = await client.query<{ name: string }>(
          `select application_name as name from pg_stat_activity
           where backend_type = 'client backend' and pid <> pg_backend_pid()`,
        );
        if (rows.length === 0) return false;
        if (rows.some(({ name }) => name === PRESENCE) || Date.now() > deadline) return true;
        await delay(20);
      }
    } finally {
      await client.end();
    }
  }

  private async connect(port: number, database: string, name = 'linktime'): Promise<pg.Client> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      database,
      user: SUPERUSER,
      password: this.options.password,
      application_name: name,
      ssl: false,
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => undefined); // the connection was lost: its 'end' follows
    await client.connect();
    return client;
  }

  private wrongPassword(): Error {
    return new Error(
      `The database in ${this.clusterDir} was made with another password than the one in secrets.json: ` +
        'restore the secrets.json that belongs to it, or choose another DATA_DIR.',
    );
  }

  private log(line: string): void {
    this.options.log?.(line);
  }
}

/** Whether the connection alone keeps this process from ending. */
function holdProcess(connection: pg.Client, holds: boolean): void {
  const { ref, unref } = connection as pg.Client & Record<'ref' | 'unref', () => void>;
  (holds ? ref : unref).call(connection);
}
