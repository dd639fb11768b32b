// npm run test:database: the tests' PostgreSQL by itself, for Jest in watch mode or in an editor.
import { buildIfNeeded } from './build-if-needed.mjs';
import { startTestPostgres } from './test-postgres.mjs';

await buildIfNeeded();
const { url, stop } = await startTestPostgres();
console.log(
  `export TEST_DATABASE_SERVER_URL='${url}'\nNow run Jest in another shell. Ctrl-C ends the database.`,
);
const alive = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    await stop();
    clearInterval(alive);
  });
}
