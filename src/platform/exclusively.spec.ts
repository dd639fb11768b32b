import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exclusively } from './exclusively.js';
import { birthOf } from './processes.js';

describe('exclusive work', () => {
  let directory: string;

  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'linktime-')), 'lock');
  });

  afterEach(() => rm(join(directory, '..'), { recursive: true }));

  it('is done by one at a time, and by all in the end', async () => {
    let under = 0;
    const seen: number[] = [];
    const work = async (): Promise<void> => {
      seen.push(++under);
      for (let i = 0; i < 20; i += 1) await turn();
      under -= 1;
    };
    await Promise.all(Array.from({ length: 12 }, () => exclusively(directory, work)));
    expect(seen).toEqual(Array(12).fill(1));
    expect(await readdir(directory)).toEqual([]);
  });

  it('gives way to the next when it fails', async () => {
    await expect(exclusively(directory, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await exclusively(directory, () => Promise.resolve('done'))).toBe('done');
  });

  it('does not wait for the dead', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await leaveTicket(`${pid}-1-killed`);
    await leaveTicket(`${process.pid}-1-had-this-number-before`);
    expect(await exclusively(directory, () => Promise.resolve('done'))).toBe('done');
  });

  it('does not wait for one who has held on for two minutes', async () => {
    const ticket = await leaveTicket(`${process.pid}-${await birthOf(process.pid)}-hanging`);
    const longAgo = Date.now() / 1_000 - 121;
    await utimes(ticket, longAgo, longAgo);
    expect(await exclusively(directory, () => Promise.resolve('done'))).toBe('done');
  });

  async function leaveTicket(name: string): Promise<string> {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, name), '');
    return join(directory, name);
  }
});
