// npm run --silent cli -- COMMAND: the command line tool, built first if need be. Standard output is the command's alone.
import { buildIfNeeded } from './build-if-needed.mjs';

try {
  await buildIfNeeded();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
await import('../dist/src/cli.js');
