// A PostgreSQL for tests, empty, in a temporary folder and of the same making as the embedded one. It writes its URL to standard
// output and lives as long as its standard input is open, so that it goes with whoever asked for it, however that one ends.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

// Fast rather than durable, and with room for the pools of many processes.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};
const secondsToStart = 60;

const abandoned = new Promise((resolve) => {
  process.stdin.resume().on('close', resolve);
  process.stdout.on('error', resolve);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
});

const folder = await mkdtemp(join(tmpdir(), 'linktime-postgres-'));
const log = [];
let server = null;
try {
  const password = randomUUID();
  const port = await freePort();
  server = await launch(folder, port, password);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await readiness(server, url);
  process.stdout.write(`${url}\n`);
  await abandoned;
} catch (error) {
  console.error(`${error.message}\n${log.join('')}`);
  process.exitCode = 1;
} finally {
  await end(server);
  await rm(folder, { recursive: true, force: true });
}

async function launch(folder, port, password) {
  const persistence = '../dist/src/platform/persistence';
  const { findPostgresPrograms } = await import(`${persistence}/postgres-programs.js`);
  const { choosePostgresUser } = await import(`${persistence}/postgres-user.js`);
  const { makeCluster } = await import(`${persistence}/postgres-cluster.js`);

  await chmod(folder, 0o755); // PostgreSQL may run as another user
  const cluster = join(folder, 'cluster');
  const { initdb, postgres } = await findPostgresPrograms();
  const user = await choosePostgresUser(postgres, cluster);
  await makeCluster(initdb, cluster, { name: 'postgres', password }, user);

  const { file, args, options } = user.command(postgres, [
    ...['-D', cluster, '-p', String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const started = spawn(file, args, { ...options, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  started.stderr.on('data', (chunk) => log.push(chunk));
  return started;
}

async function readiness(started, url) {
  const deadline = Date.now() + secondsToStart * 1_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return;
    } catch (error) {
      if (started.exitCode !== null || Date.now() > deadline) throw error;
      await delay(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function end(started) {
  if (!started || started.exitCode !== null || started.signalCode !== null) return;
  const exit = new Promise((resolve) => started.once('exit', resolve));
  started.kill('SIGINT'); // a fast shutdown: whoever is connected is thrown out
  await exit;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
