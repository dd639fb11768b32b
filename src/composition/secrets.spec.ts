import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSecrets } from './secrets.js';

describe('the secrets of an installation', () => {
  let dataDir: string;
  let file: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'linktime-'));
    file = join(dataDir, 'secrets.json');
  });

  afterEach(() => rm(dataDir, { recursive: true }));

  it('are made once, of 256 random bits, for the eyes of the owner', async () => {
    const made = await openSecrets(dataDir);
    expect(made.databasePassword).toMatch(/^[\w-]{43}$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await openSecrets(dataDir)).toEqual(made);
  });

  it('are the same for all who start at once', async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, () => openSecrets(dataDir)));
    expect(new Set(opened.map(({ databasePassword }) => databasePassword)).size).toBe(1);
  });

  it('keep what is there when one is added', async () => {
    await writeFile(file, '{ "ofANewerRelease": "kept" }');
    const { databasePassword, sealingKey } = await openSecrets(dataDir);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      ofANewerRelease: 'kept',
      databasePassword,
      sealingKey,
    });
  });

  it('are never made anew over a file that cannot be read', async () => {
    await writeFile(file, '{ "databasePassw');
    await expect(openSecrets(dataDir)).rejects.toThrow('restore the file from a backup');
    expect(await readFile(file, 'utf8')).toBe('{ "databasePassw');
  });
});
