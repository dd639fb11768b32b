import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Instant } from '@js-joda/core';
import { instantOf, jsonOf, linesOf, minutesOf, wholeNumberOf } from './values.js';

const nothing = async () => '';

describe('a time', () => {
  it('carries Z or an offset', () => {
    expect(instantOf('--expires', '2027-01-31T12:00:00+01:00')).toEqual(
      Instant.parse('2027-01-31T11:00:00Z'),
    );
    expect(() => instantOf('--expires', '2027-01-31T12:00:00')).toThrow('--expires must be a time with Z');
    expect(() => instantOf('--expires', 'tomorrow')).toThrow('--expires must be a time with Z');
  });
});

describe('a number', () => {
  it('is a whole one between its bounds', () => {
    expect(wholeNumberOf('--limit', '1', 1, 100)).toBe(1);
    expect(wholeNumberOf('--limit', '100', 1, 100)).toBe(100);
    for (const text of ['0', '101', '1.5', '-1', '1e2', 'ten', '']) {
      expect(() => wholeNumberOf('--limit', text, 1, 100)).toThrow(
        '--limit must be a whole number from 1 to 100',
      );
    }
  });
});

describe('times before meetings', () => {
  it('are minutes, hours or days', () => {
    expect(minutesOf('--reminders', '24h, 1H,45m,2d,5')).toEqual([1_440, 60, 45, 2_880, 5]);
    expect(minutesOf('--reminders', 'none')).toEqual([]);
  });

  it('are nothing else', () => {
    for (const text of ['', 'soon', '1w', '1h,', '1.5h', '-5']) {
      expect(() => minutesOf('--reminders', text)).toThrow(
        '--reminders must be times such as 24h,1h,45m, or none',
      );
    }
  });
});

describe('a text', () => {
  it('is tidied, and may be of several lines', () => {
    expect(linesOf('--reason', ' Ill,\nsorry ', 20)).toBe('Ill,\nsorry');
    expect(linesOf('--reason', '  ', 20)).toBeNull();
  });

  it('has its length and nothing that cannot be shown', () => {
    expect(() => linesOf('--reason', 'x'.repeat(21), 20)).toThrow('--reason must be at most 20 characters');
    expect(() => linesOf('--reason', 'a\u0000b', 20)).toThrow('--reason must not contain control characters');
  });
});

describe('a file of JSON', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'linktime-values-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function fileOf(text: string): Promise<string> {
    const file = join(folder, 'definition.json');
    await writeFile(file, text);
    return file;
  }

  it('is read as it stands, whatever editor wrote it', async () => {
    expect(await jsonOf(await fileOf('\uFEFF{ "name": "Intro call" }'), nothing)).toEqual({
      name: 'Intro call',
    });
  });

  it('may come by standard input', async () => {
    expect(await jsonOf('-', async () => '[1]')).toEqual([1]);
    await expect(jsonOf('-', nothing)).rejects.toThrow('Standard input is not JSON');
  });

  it('is refused by name if it is missing, unreadable or no JSON', async () => {
    const missing = join(folder, 'missing.json');
    await expect(jsonOf(missing, nothing)).rejects.toThrow(`The file ${missing} does not exist`);
    await expect(jsonOf(folder, nothing)).rejects.toThrow(`The file ${folder} cannot be read (EISDIR)`);
    const broken = await fileOf('{ "name": ');
    await expect(jsonOf(broken, nothing)).rejects.toThrow(`The file ${broken} is not JSON`);
  });
});
