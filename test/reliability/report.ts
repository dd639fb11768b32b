import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/paths.js';

const isLong = process.env['SOAK'] === 'long';

/** What holds for this run: `npm test` runs the short form, `npm run soak` the long one. */
export function length<Terms>(forms: { readonly short: Terms; readonly long: Terms }): Terms {
  return isLong ? forms.long : forms.short;
}

/** Prints a result with the seed that leads to it again; the long form's are kept in `bench/results/soak.json`, the latest of each test. */
export async function report(test: string, seed: number | null, result: object): Promise<void> {
  process.stdout.write(`${test}${seed === null ? '' : ` (SEED=${seed})`}: ${JSON.stringify(result)}\n`);
  if (!isLong) return;
  const folder = join(root, 'bench', 'results');
  const file = join(folder, 'soak.json');
  await mkdir(folder, { recursive: true });
  const known = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Record<string, unknown>,
    () => ({}),
  );
  const machine = `${cpus().length} x ${cpus()[0]!.model}, Node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  const all = { ...known, [test]: { date, machine, seed, ...result } };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
}
