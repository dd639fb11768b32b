import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { birthOf } from './processes.js';

const FORGOTTEN_AFTER_MS = 120_000;

/**
 * Runs `work` while nobody else, in this process or another of this machine, runs theirs under the same directory. It waits
 * for its turn; whoever died or has held on for two minutes is passed over.
 */
export async function exclusively<T>(directory: string, work: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  const ticket = await waitForTurn(directory);
  try {
    return await work();
  } finally {
    await rm(join(directory, ticket), { force: true });
  }
}

// Each puts down a ticket of its own and then looks for others. Of two at once the later to look sees the earlier's, so at
// most one goes in; both may step back, and try again at different moments. There is no lock to break: a dead one's ticket is
// nobody's. No name is ever used twice, so what was seen to be void can be removed at any later time.
async function waitForTurn(directory: string): Promise<string> {
  const holder = `${process.pid}-${await birthOf(process.pid)}`;
  for (;;) {
    const ticket = `${holder}-${randomUUID()}`;
    if (await isFree(directory, ticket)) {
      await writeFile(join(directory, ticket), '', { flag: 'wx' });
      if (await isFree(directory, ticket)) return ticket;
      await rm(join(directory, ticket), { force: true });
    }
    await delay(5 + Math.random() * 20);
  }
}

async function isFree(directory: string, ticket: string): Promise<boolean> {
  for (const other of await readdir(directory)) {
    if (other === ticket) continue;
    if (await isHeld(directory, other)) return false;
    await rm(join(directory, other), { force: true });
  }
  return true;
}

async function isHeld(directory: string, ticket: string): Promise<boolean> {
  const [pid, birth] = ticket.split('-');
  if ((await birthOf(Number(pid))) !== birth) return false;
  const file = await stat(join(directory, ticket)).catch(() => null);
  return file !== null && Date.now() - file.mtimeMs < FORGOTTEN_AFTER_MS;
}
