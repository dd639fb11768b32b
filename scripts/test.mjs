// npm test [-- arguments of Jest]: everything under TZ=UTC, then the core once more in a zone of +12:45 with summer time, where
// whatever leans on the machine's own zone shows. Builds, installs and starts what tests need, and stops it whatever happens.
import { buildIfNeeded } from './build-if-needed.mjs';
import { runJest } from './run-jest.mjs';
import { startTestPostgres } from './test-postgres.mjs';
import { findTools } from './test-tools.mjs';

const args = process.argv.slice(2);
const core = ['kernel', '*/domain', '*/use-cases'].map((room) => `--testMatch=**/src/${room}/**/*.spec.ts`);

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => interruption.abort(new Error('The tests were interrupted.')));
}

let postgres = null;
try {
  const env = { ...process.env, ...findTools() };
  await buildIfNeeded();
  interruption.signal.throwIfAborted();
  if (!env.TEST_DATABASE_SERVER_URL) {
    postgres = await startTestPostgres();
    env.TEST_DATABASE_SERVER_URL = postgres.url;
  }
  interruption.signal.throwIfAborted();
  const runs = [
    await runJest(args, { ...env, TZ: 'UTC' }, interruption.signal),
    await runJest(
      [...args, ...core, '--passWithNoTests'],
      { ...env, TZ: 'Pacific/Chatham' },
      interruption.signal,
    ),
  ];
  conclude(runs);
} catch (error) {
  console.error(error.message, error.cause ?? '');
  process.exitCode = 1;
} finally {
  await postgres?.stop();
}

function conclude(runs) {
  const sum = (what) => runs.reduce((total, run) => total + run[what], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  if (!runs.every(({ ok }) => ok)) process.exitCode = 1;
}
