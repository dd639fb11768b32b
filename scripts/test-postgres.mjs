import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const keeper = fileURLToPath(new URL('test-postgres-keeper.mjs', import.meta.url));

/** Starts an empty PostgreSQL for tests and resolves with its `url` and `stop`, which removes it. Needs the build in dist/. */
export async function startTestPostgres() {
  // Out of the terminal's process group: what is typed there ends the tests first, and then this.
  const kept = spawn(process.execPath, [keeper], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(kept, 'exit');
  const failure = exit.then(() => {
    throw new Error("The tests' PostgreSQL did not start.");
  });
  const [url] = await Promise.race([once(createInterface({ input: kept.stdout }), 'line'), failure]);
  failure.catch(() => undefined); // it ends some day
  return {
    url,
    async stop() {
      kept.stdin.end();
      await exit;
    },
  };
}
