import { readFile } from 'node:fs/promises';
import type { Instant } from '@js-joda/core';
import { parseInstant } from '../kernel/instant-text.js';
import { faultOfText, tidyText } from '../kernel/text.js';
import { UsageFault } from './faults.js';

/** The instant that an option names. */
export function instantOf(option: string, text: string): Instant {
  const instant = parseInstant(text);
  if (instant) return instant;
  throw new UsageFault(`${option} must be a time with Z or an offset, such as 2027-01-31T12:00:00Z`);
}

/** What an option says in one or several lines, at most `max` code points of it; null if it says nothing. */
export function linesOf(option: string, said: string, max: number): string | null {
  const text = tidyText(said);
  const fault = faultOfText(text, max, 'several lines');
  if (fault) throw new UsageFault(`${option} ${fault}`);
  return text === '' ? null : text;
}

/** The parsed JSON of a file; `-` is standard input. */
export async function jsonOf(file: string, readInput: () => Promise<string>): Promise<unknown> {
  const name = file === '-' ? 'Standard input' : `The file ${file}`;
  const text = file === '-' ? await readInput() : await textOf(file, name);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')); // some editors begin a file with a byte order mark
  } catch (error) {
    throw new UsageFault(`${name} is not JSON (${(error as Error).message})`);
  }
}

async function textOf(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageFault(code === 'ENOENT' ? `${name} does not exist` : `${name} cannot be read (${code})`);
  }
}
