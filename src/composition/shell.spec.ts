import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cliLine, curlLine, quoted } from './shell.js';

describe('a line for bash', () => {
  it.each(['plain', 'two words', "Ada's", '$HOME `id` "x" \\ !', "'", '{"a":"b\'c"}', 'ü — 🚀'])(
    'gives the word %j as it is',
    (word) => {
      expect(execFileSync('bash', ['-c', `printf %s ${quoted(word)}`], { encoding: 'utf8' })).toBe(word);
    },
  );

  it('asks the API as whom a key names', () => {
    expect(curlLine('http://localhost:3000/api/v1/me', { key: 'lt_live_1' })).toBe(
      "curl -H 'Authorization: Bearer lt_live_1' http://localhost:3000/api/v1/me",
    );
  });

  it('sends JSON', () => {
    expect(curlLine('http://localhost:3000/api/bookings', { body: { inviteeName: 'Ada' } })).toBe(
      `curl -H 'Content-Type: application/json' -d '{"inviteeName":"Ada"}' http://localhost:3000/api/bookings`,
    );
  });

  it('runs the command line tool on this data directory', () => {
    expect(cliLine({ dataDir: resolve('data') }, 'users', 'list')).toBe('npm run --silent cli -- users list');
    expect(cliLine({ dataDir: '/srv/my data' }, 'users', 'list')).toBe(
      "DATA_DIR='/srv/my data' npm run --silent cli -- users list",
    );
  });
});
