// npm start: the server, built first if need be, in this very process, so that signals go straight to it.
import { buildIfNeeded } from './build-if-needed.mjs';

try {
  await buildIfNeeded();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
await import('../dist/src/main.js');
