import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { surroundings } from './postgres-cluster.js';
import type { PostgresUser } from './postgres-user.js';
import { findPostmaster, lastPort, pidFileOf, type Postmaster } from './postmaster.js';

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log', // no errors: they bear what people wrote, and whoever sent the statement is told of them
  log_checkpoints: 'off',
  client_connection_check_interval: '1s', // the statement of a killed process ends with it, and lets go of its locks
};

const LARGEST_LOG_BYTES = 10_000_000;
const SHUT_DOWN_WITHIN_MS = 30_000;

// It was killed, or a killed one's remains are still there and go away by themselves, or its port was taken in the meantime.
const PASSING = /^killed by|still in use|already exists|could not create any TCP\/IP sockets/;

/** A server ended before it took connections. */
export class ServerEnded extends Error {
  /** Whether it may well start a moment later. */
  readonly passing: boolean;

  constructor(reason: string, logFile: string) {
    super(`The embedded PostgreSQL did not start: ${reason} (there may be more in ${logFile}).`);
    this.passing = PASSING.test(reason);
  }
}

export interface ServerPlan {
  /** Absolute path of `postgres`. */
  readonly program: string;
  readonly clusterDir: string;
  readonly logFile: string;
  readonly user: PostgresUser;
}

/**
 * Starts a server on a cluster that has none, on a free port of 127.0.0.1, and resolves when it takes connections. It lives on
 * without this process, and what is typed at this one's terminal does not reach it. Throws `ServerEnded`.
 */
export async function launchServer(plan: ServerPlan): Promise<Postmaster> {
  const port = await freePort(await lastPort(plan.clusterDir));
  await rm(pidFileOf(plan.clusterDir), { force: true });

  const log = await open(plan.logFile, 'a', 0o600);
  try {
    if ((await log.stat()).size > LARGEST_LOG_BYTES) await log.truncate();
    const { size } = await log.stat();
    return await untilReady(spawnServer(plan, port, log.fd), plan, size);
  } finally {
    await log.close();
  }
}

/** Asks a server to shut down now, transactions under way rolled back, and waits until it is gone, for at most 30 s. */
export async function shutDownServer({ pid }: Postmaster, clusterDir: string): Promise<void> {
  const deadline = Date.now() + SHUT_DOWN_WITHIN_MS;
  process.kill(pid, 'SIGINT');
  while ((await findPostmaster(clusterDir))?.pid === pid && Date.now() < deadline) await delay(5);
}

function spawnServer({ program, clusterDir, user }: ServerPlan, port: number, log: number): ChildProcess {
  const { file, args, options } = user.command(program, [
    ...['-D', clusterDir, '-p', String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const stdio: ['ignore', number, number] = ['ignore', log, log];
  const server = spawn(file, args, { ...options, cwd: '/', env: surroundings, detached: true, stdio });
  server.unref();
  return server;
}

async function untilReady(server: ChildProcess, plan: ServerPlan, logged: number): Promise<Postmaster> {
  if (server.pid === undefined) {
    const [error] = (await once(server, 'error')) as [Error];
    throw new ServerEnded(error.message, plan.logFile);
  }
  while (server.exitCode === null && server.signalCode === null) {
    const postmaster = await findPostmaster(plan.clusterDir);
    if (postmaster?.ready && postmaster.pid === server.pid) return postmaster;
    await delay(5);
  }
  const reason = server.signalCode ? `killed by ${server.signalCode}` : await lastWords(plan.logFile, logged);
  throw new ServerEnded(reason, plan.logFile);
}

/** Why a server ended, from what it wrote into the log after that many bytes. */
async function lastWords(logFile: string, logged: number): Promise<string> {
  const lines = (await readFile(logFile)).subarray(logged).toString().split('\n');
  const line = lines.findLast((text) => /(FATAL|PANIC):/.test(text)) ?? lines.findLast((text) => text !== '');
  return line?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? 'it gave no reason';
}

/** A port that nobody listens on: the one wished for, if it is free. */
async function freePort(wish: number | null): Promise<number> {
  const probe = createServer().listen(wish ?? 0, '127.0.0.1');
  try {
    await once(probe, 'listening');
    return (probe.address() as AddressInfo).port;
  } catch {
    return freePort(null);
  } finally {
    probe.close();
  }
}
