// Writes openapi/openapi.json (3.1) and openapi/openapi-3.0.json from the built controllers; with --check, says whether the
// committed files are still true and changes nothing.
import { readFile, writeFile } from 'node:fs/promises';
import { describe } from '../dist/src/composition/describe.js';

const { current, older } = await describe();
const files = { 'openapi/openapi.json': current, 'openapi/openapi-3.0.json': older };
const stale = [];
for (const [file, document] of Object.entries(files)) {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (!process.argv.includes('--check')) await writeFile(file, text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) stale.push(file);
}
if (stale.length > 0) {
  console.error(
    `${stale.join(' and ')} no longer say what the API does: run \`npm run openapi\` and commit the change.`,
  );
  process.exit(1);
}
process.exit(0);
