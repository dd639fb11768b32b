import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dateInDays } from './support/bookings.js';
import { Installation } from './support/installation.js';
import type { Owner } from './support/owners.js';
import { root } from './support/paths.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';

// How many slots of random calendars are booked; `npm run nightly` books more.
const slots = process.env['CONFORMANCE_SLOTS'] ?? '40';
const suite = join(root, 'test/conformance');

/** Runs a program of the suite by itself, as whoever tries another implementation does. */
function run(program: string, args: string[], settings: Record<string, string> = {}) {
  const options = { env: settings, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)(process.execPath, [join(suite, program), ...args], options);
}

/** File name → text. */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).sort();
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const);
  return new Map(await Promise.all(texts));
}

describe('The conformance suite', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());

  it('has the vectors that its own slow computation gives for their dates', async () => {
    const committed = await filesIn(join(suite, 'vectors'));
    const [first] = committed.values();
    const { after } = JSON.parse(first!) as { after: string };
    const again = join(folder.path, 'again');
    await run('make-vectors.mjs', [after, again]);

    expect(await filesIn(again)).toEqual(committed);
  });

  describe('on LinkTime', () => {
    let linktime: Installation;
    let url: string;
    let owner: Owner;
    beforeAll(async () => {
      linktime = await Installation.embedded();
      ({ url } = await linktime.startApi());
      owner = await linktime.owners.add();
    });
    afterAll(() => linktime.close());

    it(
      'passes: what is offered is what the vectors of these months say, and can be booked, nothing else can, and nothing twice',
      async () => {
        const soon = join(folder.path, 'soon');
        await run('make-vectors.mjs', [dateInDays(1), soon]);
        const settings = {
          BASE_URL: url,
          API_KEY: owner.key,
          VECTORS: soon,
          SEED: String(Math.floor(Math.random() * 1_000_000)),
          CONFORMANCE_SLOTS: slots,
        };
        const { stdout } = await run('run.mjs', ['definitions'], settings);
        for (const definition of JSON.parse(stdout) as Record<string, unknown>[]) {
          await linktime.owners.offer(owner, definition);
        }

        const fault = await run('run.mjs', [], settings).then(
          () => null,
          (failure: { stdout: string; stderr: string }) => `${failure.stdout}${failure.stderr}`,
        );
        expect(fault).toBeNull();
      },
      60_000 + Number(slots) * 3_000,
    );
  });
});
