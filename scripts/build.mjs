// npm run build
import { build } from './build-if-needed.mjs';

await build().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
