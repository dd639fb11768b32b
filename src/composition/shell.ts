import { resolve } from 'node:path';
import type { Profile } from './profile.js';

/** A line for bash that runs the command line tool on this installation. Settings but `DATA_DIR` are taken from its environment. */
export function cliLine({ dataDir }: Pick<Profile, 'dataDir'>, ...words: string[]): string {
  const setting = dataDir === resolve('data') ? '' : `DATA_DIR=${quoted(dataDir)} `;
  return `${setting}npm run --silent cli -- ${words.map(quoted).join(' ')}`;
}

/** A line for bash that asks the API. */
export function curlLine(url: string, { key, body }: { key?: string; body?: unknown } = {}): string {
  const headers = [
    ...(key === undefined ? [] : [`Authorization: Bearer ${key}`]),
    ...(body === undefined ? [] : ['Content-Type: application/json']),
  ];
  return [
    'curl',
    ...headers.flatMap((header) => ['-H', quoted(header)]),
    ...(body === undefined ? [] : ['-d', quoted(JSON.stringify(body))]),
    quoted(url),
  ].join(' ');
}

/** A word as bash takes it literally. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
