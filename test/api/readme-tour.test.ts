import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from '../support/paths.js';
import { startServer, type RunningServer } from '../support/server.js';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

const [, tour = ''] = /```bash tour\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];

describe("The README's tour", () => {
  let folder: TemporaryFolder;
  let server: RunningServer;
  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startServer({ DATA_DIR: folder.path });
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  it('works line by line on a fresh installation, with the key that it printed', async () => {
    const [key] = /lt_live_\w+/.exec(server.logs())!;
    const script = tour
      .replace(/^BASE=.*$/m, `BASE=${server.url}`)
      .replaceAll(/^curl (.*)$/gm, 'curl $1; echo');
    const { stdout } = await promisify(execFile)('bash', ['-eu', '-o', 'pipefail', '-c', script], {
      env: { PATH: process.env['PATH'], KEY: key },
    });
    const answers = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .filter((line) => !line.startsWith('{"data":[{"date"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

    expect(answers).toMatchObject([
      { email: expect.any(String), plan: 'BUSINESS' },
      { data: expect.any(Array), pagination: { page: 1 } },
      { inviteeName: 'Emmy Noether', status: 'CONFIRMED', contact: { email: 'emmy@example.com' } },
      { data: [{ name: 'Emmy Noether', meetingCount: 1 }] },
      { reason: 'booking', bookingId: expect.any(String) },
      { success: true },
      { error: 'Invalid request data', details: { name: expect.any(String), email: 'Invalid email format' } },
    ]);
  });
});
