import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { temporaryFolder } from './temporary-folder.js';

const STARTED_WITHIN_MS = 10_000;

/** A redis-server of the test's own, on a port that stays the same over restarts. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Sends the signal, and waits for the server to be gone if it is one that ends it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, killed or not, with what it had kept on disk (nothing, unless the arguments say so). */
  restart(): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

/**
 * Starts the redis-server that REDIS_SERVER tells of, or the one on the PATH. `args` are further arguments of its command
 * line, such as `--appendonly yes`.
 */
export async function startRedis(...args: string[]): Promise<RedisServer> {
  const folder = await temporaryFolder();
  const { port, child: first } = await startOnFreePort(folder.path, args);
  let child = first;

  const kill = async (signal: NodeJS.Signals) => {
    if (isGone(child)) return;
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await once(child, 'exit');
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async restart() {
      await kill('SIGKILL');
      const next = await start(port, folder.path, args);
      if (!next) throw new Error(`redis-server did not start again on port ${port}`);
      child = next;
    },
    async stop() {
      await kill('SIGKILL');
      await folder.remove();
    },
  };
}

async function startOnFreePort(
  directory: string,
  args: string[],
): Promise<{ port: number; child: ChildProcess }> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await freePort();
    const child = await start(port, directory, args);
    if (child) return { port, child };
  }
  throw new Error('redis-server did not start on any of five free ports');
}

/** Null if it ended before it answered, as it does when another took the port in the meantime. */
async function start(port: number, directory: string, args: string[]): Promise<ChildProcess | null> {
  const child = spawn(
    process.env['REDIS_SERVER'] ?? 'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, '--save', '', ...args],
    { stdio: 'ignore' },
  );
  let missing = false;
  child.on('error', () => (missing = true));

  const giveUpAt = Date.now() + STARTED_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    if (missing)
      throw new Error('This test needs redis-server: install it, or set REDIS_SERVER to its path.');
    if (isGone(child)) return null;
    if (await answers(port)) return child;
    await delay(20);
  }
  child.kill('SIGKILL');
  return null;
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => {
      socket.destroy();
      resolve(reply.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
