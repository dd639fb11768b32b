import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { root } from './paths.js';

/** Environment variables for LinkTime; nothing else of the tests' own environment reaches it but the bare necessities. */
export type Settings = Readonly<Record<string, string>>;

export interface RunningProcess {
  readonly process: ChildProcess;
  /** All it has written so far, on either stream. */
  logs(): string;
  /** Sends the signal (default SIGKILL) and waits until the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Asks it to stop and resolves with its exit code; throws if it has not stopped within 20 seconds. */
  stop(): Promise<number | null>;
}

export interface RunningServer extends RunningProcess {
  /** Such as `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
}

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The build that is tried: dist/, or where LINKTIME_DIST says. */
const dist = resolve(root, process.env['LINKTIME_DIST'] ?? 'dist');

const START_WITHIN_MS = 25_000;
const STOP_WITHIN_MS = 20_000;

/** Starts the API as built, on a free port, and resolves when it listens. Throws with all it wrote if it does not. */
export async function startServer(settings: Settings): Promise<RunningServer> {
  const running = start('main.js', { HOST: '127.0.0.1', PORT: '0', ...settings });
  const [, url] = await sign(running, /LinkTime is listening on (http:\/\/[\w.:[\]-]+)/);
  return { ...running, url: url! };
}

/** Starts the worker as built and resolves when it works. Throws with all it wrote if it does not. */
export async function startWorker(settings: Settings): Promise<RunningProcess> {
  const running = start('worker.js', settings);
  await sign(running, /LinkTime worker is at work/);
  return running;
}

/** Runs the command line tool as built, with `stdin` as its input, and waits for its end. */
export async function runCli(args: readonly string[], settings: Settings, stdin = ''): Promise<Answer> {
  const cli = launch('cli.js', settings, args);
  const answer = { stdout: '', stderr: '' };
  cli.stdout!.setEncoding('utf8').on('data', (text: string) => (answer.stdout += text));
  cli.stderr!.setEncoding('utf8').on('data', (text: string) => (answer.stderr += text));
  cli.stdin!.on('error', () => undefined); // it need not read its input
  cli.stdin!.end(stdin);
  const [code] = (await once(cli, 'close')) as [number | null];
  return { code, ...answer };
}

/** Runs the tool on a terminal and returns all that a person sees there, line ends and control characters included. */
export async function runCliOnTerminal(args: readonly string[], settings: Settings): Promise<string> {
  const command = [process.execPath, join(dist, 'src/cli.js'), ...args].map((part) => `'${part}'`).join(' ');
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { env: environmentOf(settings) });
  let seen = '';
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => (seen += text));
  terminal.stdin.on('error', () => undefined); // its end ends the terminal, so it is left open
  await once(terminal, 'close');
  return seen;
}

/** Starts a command that goes on until it is interrupted, and resolves once it has written what is looked for. */
export async function startCli(
  args: readonly string[],
  settings: Settings,
  pattern: RegExp,
): Promise<RunningProcess> {
  const running = start('cli.js', settings, args);
  await sign(running, pattern);
  return running;
}

function start(program: string, settings: Settings, args: readonly string[] = []): RunningProcess {
  const child = launch(program, settings, args);
  child.stdin!.end();
  let written = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => (written += text));
  }
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal);
    await exit(child);
  };
  return {
    process: child,
    logs: () => written,
    kill,
    async stop() {
      child.kill('SIGTERM');
      if (await within(STOP_WITHIN_MS, exit(child))) return child.exitCode;
      await kill();
      throw new Error(`${program} did not stop.\n${written}`);
    },
  };
}

function launch(program: string, settings: Settings, args: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, [join(dist, 'src', program), ...args], { env: environmentOf(settings) });
}

function environmentOf(settings: Settings): Settings {
  const { PATH = '', HOME = '', TZ = 'UTC' } = process.env;
  return { PATH, HOME, TZ, ...settings };
}

/** Waits until the process has written what is looked for. */
async function sign(running: RunningProcess, pattern: RegExp): Promise<RegExpExecArray> {
  const { process: child, logs, kill } = running;
  const found = new Promise<RegExpExecArray>((resolve) => {
    const look = () => {
      const match = pattern.exec(logs());
      if (match) resolve(match);
    };
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', look);
  });
  const match = await within(START_WITHIN_MS, Promise.race([found, once(child, 'close').then(() => null)]));
  if (match) return match;
  await kill();
  throw new Error(`${child.spawnargs.at(-1)} did not start.\n${logs()}`);
}

async function exit(child: ChildProcess): Promise<true> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return true;
}

/** What the promise resolves with, or null if that takes longer. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
