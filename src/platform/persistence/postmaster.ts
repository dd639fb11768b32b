import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { birthOf, commandOf } from '../processes.js';

/** PostgreSQL's server process on a cluster. */
export interface Postmaster {
  readonly pid: number;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Whether it takes connections. */
  readonly ready: boolean;
}

/** The server that runs on a cluster; null if none does, whatever a killed one has left behind. */
export async function findPostmaster(clusterDir: string): Promise<Postmaster | null> {
  const lines = await readPidFile(clusterDir);
  const pid = Number(lines[0]);
  if (!(pid > 0) || (await birthOf(pid)) === null || !(await isServing(pid, clusterDir))) return null;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** The port of the server that runs or, killed, last ran on a cluster; null if it ended well. */
export async function lastPort(clusterDir: string): Promise<number | null> {
  return Number((await readPidFile(clusterDir))[3]) || null;
}

export function pidFileOf(clusterDir: string): string {
  return join(clusterDir, 'postmaster.pid');
}

// "PostgreSQL internals", storage file layout: process, directory, start, port, socket directory, address, memory, state.
async function readPidFile(clusterDir: string): Promise<string[]> {
  try {
    return (await readFile(pidFileOf(clusterDir), 'utf8')).split('\n');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new Error(
      `The database in ${clusterDir} cannot be read (${code}): start LinkTime as the user who made it, or choose another DATA_DIR.`,
      { cause: error },
    );
  }
}

// After a restart of the machine or its container, the process of that number may be anything.
async function isServing(pid: number, clusterDir: string): Promise<boolean> {
  const command = await commandOf(pid);
  if (command === null) return true;
  const served = command[command.indexOf('-D') + 1];
  return served !== undefined && (await identityOf(served)) === (await identityOf(clusterDir));
}

async function identityOf(directory: string): Promise<string | null> {
  const found = await stat(directory).catch(() => null);
  return found && `${found.dev}:${found.ino}`;
}
