import { readFile } from 'node:fs/promises';

/**
 * What tells a living process from a later one that was given the same number: the time of its start, in clock ticks since
 * the machine's, where the system tells (Linux). null if there is no such process, or only its remains.
 */
export async function birthOf(pid: number): Promise<string | null> {
  if (!isKnown(pid)) return null;
  if (process.platform !== 'linux') return 'unknown';
  // proc(5): the name, second, may hold blanks and brackets; after it come the state, third, and the start, 22nd.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' ? null : (rest[18] ?? null);
}

/** The words a process was started with; null where the system does not tell. */
export async function commandOf(pid: number): Promise<string[] | null> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return words?.split('\0') ?? null;
}

function isKnown(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
