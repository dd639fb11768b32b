import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { makeCluster } from '../../src/platform/persistence/postgres-cluster.js';
import { findPostgresPrograms } from '../../src/platform/persistence/postgres-programs.js';
import { choosePostgresUser } from '../../src/platform/persistence/postgres-user.js';
import { freePort } from './free-port.js';
import { temporaryFolder } from './temporary-folder.js';

const STARTED_WITHIN_MS = 60_000;

// What is committed survives the server's end. It would not survive the machine's, which no test ends.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  fsync: 'off',
  synchronous_commit: 'on',
};

/** A PostgreSQL of the test's own, to be killed: on a port that stays the same over restarts. */
export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Starts it again, with all that was committed. */
  restart(): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

export async function startPostgres(more: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const folder = await temporaryFolder();
  await chmod(folder.path, 0o755); // PostgreSQL may run as another user
  const clusterDir = join(folder.path, 'cluster');
  const { initdb, postgres } = await findPostgresPrograms();
  const user = await choosePostgresUser(postgres, clusterDir);
  const password = randomUUID();
  await makeCluster(initdb, clusterDir, { name: 'postgres', password }, user);

  const port = await freePort();
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const { file, args, options } = user.command(postgres, [
    ...['-D', clusterDir, '-p', String(port)],
    ...Object.entries({ ...settings, ...more }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const launch = () => spawn(file, args, { ...options, cwd: '/', stdio: 'ignore' });
  let child = launch();
  await ready(url, () => (child = isGone(child) ? launch() : child));

  const end = async (signal: NodeJS.Signals) => {
    if (isGone(child)) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return {
    url,
    port,
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGKILL');
      child = launch();
      await ready(url, () => (child = isGone(child) ? launch() : child));
    },
    async stop() {
      await end('SIGINT'); // a fast shutdown: whoever is connected is thrown out
      await folder.remove();
    },
  };
}

/** Waits until it takes connections. While processes of a killed one still let go of its memory, it ends and is started again. */
async function ready(url: string, keepUp: () => void): Promise<void> {
  const giveUpAt = Date.now() + STARTED_WITHIN_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      keepUp();
      await delay(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
