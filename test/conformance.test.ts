import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeVectors, vectorsFolder, writeVectors } from './conformance/make-vectors.mjs';
import { readVectors } from './conformance/vectors.mjs';
import { Installation } from './support/installation.js';
import type { Owner } from './support/owners.js';
import { root } from './support/paths.js';
import { dateInDays } from './support/bookings.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';

// How many slots of random calendars are booked; `npm run nightly` books more.
const slots = Number(process.env['CONFORMANCE_SLOTS'] ?? 40);
const runner = join(root, 'test/conformance/run.mjs');

describe('The conformance suite', () => {
  let linktime: Installation;
  let url: string;
  let owner: Owner;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeVectors(makeVectors(dateInDays(1)), folder.path);
    linktime = await Installation.embedded();
    ({ url } = await linktime.startApi());
    owner = await linktime.owners.add();
  });
  afterAll(async () => {
    await linktime.close();
    await folder.remove();
  });

  it('has the vectors that its own slow computation gives for their dates', async () => {
    const committed = await readVectors(vectorsFolder);
    expect(committed).toEqual(makeVectors(committed[0]!.after));
  });

  it(
    'is passed: what is offered is what the vectors of these months say, and can be booked, nothing else can, and nothing twice',
    async () => {
      const seed = String(Math.floor(Math.random() * 1_000_000));
      const run = (...args: string[]) =>
        promisify(execFile)(process.execPath, [runner, ...args], {
          maxBuffer: 64 * 1024 * 1024,
          env: {
            BASE_URL: url,
            API_KEY: owner.key,
            VECTORS: folder.path,
            SEED: seed,
            CONFORMANCE_SLOTS: String(slots),
          },
        });
      const definitions = JSON.parse((await run('definitions')).stdout) as Record<string, unknown>[];
      for (const definition of definitions) await linktime.owners.offer(owner, definition);

      const failure = await run().then(
        () => null,
        ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
      );
      expect(failure).toBeNull();
    },
    60_000 + slots * 2_000,
  );
});
