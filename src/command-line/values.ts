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

/** The whole number that an option names, `least` to `most`, both included. */
export function wholeNumberOf(option: string, text: string, least: number, most: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageFault(`${option} must be a whole number from ${least} to ${most}`);
}

const MINUTES = { m: 1, h: 60, d: 1_440 };

/** The minutes that an option names one after another, such as `24h,1h`, `2d` or `45m` (or plain `45`); none for `none`. */
export function minutesOf(option: string, text: string): number[] {
  if (text.trim().toLowerCase() === 'none') return [];
  return text.split(',').map((part) => {
    const [, count, unit = 'm'] = /^(\d{1,5})([mhd]?)$/.exec(part.trim().toLowerCase()) ?? [];
    if (count === undefined) throw new UsageFault(`${option} must be times such as 24h,1h,45m, or none`);
    return Number(count) * MINUTES[(unit || 'm') as keyof typeof MINUTES];
  });
}

/** What an option says in one or several lines, at most `max` code points of it; null if it says nothing. */
export function linesOf(option: string, said: string, max: number): string | null {
  const text = tidyText(said);
  const fault = faultOfText(text, max, 'several lines');
  if (fault) throw new UsageFault(`${option} ${fault}`);
  return text === '' ? null : text;
}

/** `echo` and editors end what they write with a line end that is no part of a password. */
export function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
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
