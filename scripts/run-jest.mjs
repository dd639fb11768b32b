import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const program = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
const secondsToExit = 20;

/**
 * Runs Jest and counts: `{ passed, failed, skipped, ok }`. A suite that cannot be loaded counts as failed, and so does a test
 * that leaves something running, which Jest alone would only mention or wait for without end.
 */
export async function runJest(args, env, signal) {
  const folder = await mkdtemp(join(tmpdir(), 'linktime-jest-'));
  const file = join(folder, 'results.json');
  try {
    const { code, leak } = await run([...args, '--json', `--outputFile=${file}`], env, signal, file);
    signal.throwIfAborted();
    const counts = count(await readResults(file));
    return { ...counts, failed: counts.failed + (leak ? 1 : 0), ok: code === 0 && !leak };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function run(args, env, signal, file) {
  const jest = spawn(process.execPath, [...program, ...args], { env, stdio: ['inherit', 'inherit', 'pipe'] });
  const interrupt = () => jest.kill('SIGTERM');
  signal.addEventListener('abort', interrupt);
  const ended = new AbortController();
  let leak = false;
  jest.stderr.on('data', (chunk) => {
    process.stderr.write(chunk);
    leak ||= chunk.includes('failed to exit gracefully');
  });
  const watching = watch(file, ended.signal).then(() => {
    console.error(`Jest still runs ${secondsToExit} s after its last test: look with --detectOpenHandles.`);
    leak = true;
    jest.kill('SIGKILL');
  });
  const code = await new Promise((resolve) => jest.on('close', resolve));
  ended.abort();
  await watching.catch(() => undefined);
  signal.removeEventListener('abort', interrupt);
  return { code, leak };
}

/** Waits until the results have been there for too long. Rejects when Jest has ended. */
async function watch(file, signal) {
  while (!(await stat(file).catch(() => null))) await delay(500, undefined, { signal });
  await delay(secondsToExit * 1_000, undefined, { signal });
}

async function readResults(file) {
  const text = await readFile(file, 'utf8').catch(() => null); // there is none if Jest found no test
  return text === null ? {} : JSON.parse(text);
}

function count(results) {
  const sum = (...names) => names.reduce((total, name) => total + (results[name] ?? 0), 0);
  return {
    passed: sum('numPassedTests'),
    failed: sum('numFailedTests', 'numRuntimeErrorTestSuites'),
    skipped: sum('numPendingTests', 'numTodoTests'),
  };
}
