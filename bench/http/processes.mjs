// The processes of a measurement, each in its own: a durable PostgreSQL, Redis, the two servers, the client.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = resolve(root, process.env.LINKTIME_DIST ?? 'dist');

/** A module of the build that is measured. */
export const built = (path) => import(pathToFileURL(join(dist, path)).href);

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '1GB',
  max_wal_size: '4GB',
  jit: 'off',
  timezone: 'UTC',
};

export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'linktime-bench-'));
  await chmod(path, 0o755); // PostgreSQL may run as another user
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** PostgreSQL as durable as it comes: fsync and synchronous_commit are on. Resolves with its `url`, `version` and `stop`. */
export async function startPostgres(folder) {
  const persistence = 'src/platform/persistence';
  const { findPostgresPrograms } = await built(`${persistence}/postgres-programs.js`);
  const { choosePostgresUser } = await built(`${persistence}/postgres-user.js`);
  const { isCluster, makeCluster } = await built(`${persistence}/postgres-cluster.js`);

  await mkdir(folder, { recursive: true });
  const cluster = join(folder, 'cluster');
  const { initdb, postgres } = await findPostgresPrograms();
  const user = await choosePostgresUser(postgres, cluster);
  const isNew = !(await isCluster(cluster));
  if (isNew) await makeCluster(initdb, cluster, { name: 'postgres', password: 'bench' }, user);

  const port = await freePort();
  const { file, args, options } = user.command(postgres, [
    ...['-D', cluster, '-p', String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const server = spawn(file, args, { ...options, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  const log = [];
  server.stderr.on('data', (chunk) => log.push(chunk));
  const url = `postgres://postgres:bench@127.0.0.1:${port}/postgres`;
  const version = await untilReady(server, url, log);
  return { url, version, isNew, stop: () => end(server, 'SIGINT') };
}

async function untilReady(server, url, log) {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      const { rows } = await client.query('show server_version');
      return rows[0].server_version;
    } catch (error) {
      if (server.exitCode !== null)
        throw new Error(`PostgreSQL did not start. ${log.join('')}`, { cause: error });
      await delay(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Redis as `docker-compose.yml` runs it: appendonly. Resolves with its `url` and `stop`. */
export async function startRedis(folder) {
  const { findTools } = await import('../../scripts/test-tools.mjs');
  const port = await freePort();
  const program = process.env.REDIS_SERVER ?? findTools().REDIS_SERVER;
  const server = spawn(program, [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes'],
  ]);
  server.stdout.on('data', () => undefined);
  await new Promise((ready, fail) => {
    server.once('exit', () => fail(new Error('redis-server did not start')));
    server.stdout.on('data', (chunk) => String(chunk).includes('Ready to accept') && ready());
  });
  return { url: `redis://127.0.0.1:${port}`, stop: () => end(server, 'SIGTERM') };
}

/** LinkTime's API process as built, once it listens. */
export function startLinkTime(env) {
  return startServer(join(dist, 'src/main.js'), env);
}

/** LinkTime's worker process as built, once it works. */
export function startWorker(env) {
  return startServer(join(dist, 'src/worker.js'), env, /LinkTime worker is at work/);
}

export function startBareServer(env) {
  return startServer(join(here, 'bare-server.mjs'), env);
}

/**
 * A server with a meter in it, once it has written its `sign`: `meter()` tells processor time in microseconds and resident memory in
 * bytes.
 */
async function startServer(program, env, sign = /listening on (http:\S+)/) {
  const log = join(env.DATA_DIR, `${basename(program)}.${randomUUID()}.log`);
  const output = await open(log, 'w');
  const { PATH = '', HOME = '' } = process.env;
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [...(process.env.BENCH_NODE_ARGS?.split(' ') ?? []), '--import', join(here, 'meter.mjs'), program],
    {
      env: { PATH, HOME, TZ: 'UTC', ...env },
      stdio: ['ignore', output.fd, 'inherit', 'ipc'],
    },
  );
  await output.close();
  const [, url = null] = await untilWritten(sign, child, log);
  const startMs = performance.now() - begun;
  return { url, startMs, meter: () => ask(child, 'meter'), stop: () => end(child, 'SIGTERM') };
}

/** The client: `load(task)` puts its load on a server and resolves with what came of it. */
export async function startClient() {
  const { ask: load, stop } = startHelper(join(here, 'client.mjs'));
  return { load, stop };
}

/** A program that answers questions: `ask(question)` resolves with the answer to the one question under way. */
export function startHelper(program) {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return { ask: (question) => ask(child, question), stop: () => end(child, 'SIGTERM') };
}

/** Servers write into files, as where they are at home: to read a pipe would cost the machine what it is measured for. */
async function untilWritten(sign, child, log) {
  for (;;) {
    const written = await readFile(log, 'utf8');
    const match = sign.exec(written);
    if (match) return match;
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.at(-1)} did not start.\n${written}`);
    await delay(5);
  }
}

async function ask(child, question) {
  child.send(question);
  const [answer] = await once(child, 'message');
  if (answer.error) throw new Error(answer.error);
  return answer;
}

async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

function freePort() {
  return new Promise((found, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}
