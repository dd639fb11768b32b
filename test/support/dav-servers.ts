import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { temporaryFolder } from './temporary-folder.js';

const STARTED_WITHIN_MS = 20_000;

/** A CalDAV server of the test's own, on a free port and with an empty folder. */
export interface DavServer {
  readonly url: string;
  /** Lays files into a calendar, by its path, which takes a small part of the time that writing them one by one does. */
  lay(calendar: string, files: ReadonlyMap<string, string>): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** A program that serves CalDAV, as the variable tells or as it is on the PATH. */
export interface DavProgram {
  readonly variable: string;
  readonly name: string;
  arguments(port: number, folder: string): string[] | Promise<string[]>;
  /** Where it keeps a calendar. */
  folderOf(calendar: string, folder: string): string;
  /** Lets it know of files that were laid there. */
  noticed(folder: string): Promise<unknown>;
}

export async function startDavServer(program: DavProgram): Promise<DavServer> {
  const folder = await temporaryFolder();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await freePort();
    const child = await start(program, port, await program.arguments(port, folder.path));
    if (!child) continue;
    return {
      url: `http://127.0.0.1:${port}`,
      async lay(calendar, files) {
        const place = program.folderOf(calendar, folder.path);
        for (const [name, text] of files) await writeFile(join(place, name), text);
        await program.noticed(place);
      },
      async stop() {
        if (!isGone(child)) {
          child.kill('SIGKILL');
          await once(child, 'exit');
        }
        await folder.remove();
      },
    };
  }
  throw new Error(`${program.name} did not start on any of five free ports`);
}

/** Null if it ended before it answered, as it does when another took the port in the meantime. */
async function start(
  { variable, name }: DavProgram,
  port: number,
  args: string[],
): Promise<ChildProcess | null> {
  const child = spawn(process.env[variable] ?? name, args, { stdio: 'ignore' });
  let missing = false;
  child.on('error', () => (missing = true));

  const giveUpAt = Date.now() + STARTED_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    if (missing) throw new Error(`This test needs ${name}: install it, or set ${variable} to its path.`);
    if (isGone(child)) return null;
    if (await answers(port)) return child;
    await delay(50);
  }
  child.kill('SIGKILL');
  return null;
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).then(
    () => true,
    () => false,
  );
}
