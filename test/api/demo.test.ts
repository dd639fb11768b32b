import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '../support/database.js';
import { root } from '../support/paths.js';
import { startRedis } from '../support/redis.js';
import { runCli, startServer, type RunningServer, type Settings } from '../support/server.js';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

const MINUTES = 60_000;

/** The lines that are printed to be copied, as they are printed. */
function printedLines(server: RunningServer, program: string): string[] {
  const isOfProgram = new RegExp(`^  (?:\\w+=\\S+ )?${program} `);
  return server
    .logs()
    .split('\n')
    .filter((line) => isOfProgram.test(line));
}

async function inBash(line: string): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)('bash', ['-c', line], {
    cwd: root,
    env: { PATH: process.env['PATH'] },
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('the first start', () => {
  let folder: TemporaryFolder;
  let settings: Settings;
  let server: RunningServer;
  let key: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    settings = { DATA_DIR: folder.path };
    server = await startServer(settings);
    [key] = /lt_live_\w+/.exec(server.logs()) as unknown as [string];
  }, MINUTES);
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  async function get<T>(path: string): Promise<T> {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  }

  it('prints curl lines that work as printed: one shows free slots, one books', async () => {
    const [availability, booking, ...more] = printedLines(server, 'curl');

    expect(await inBash(availability!)).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ startTime: expect.any(String) })]),
      eventType: { slug: 'intro-call' },
    });
    expect(await inBash(booking!)).toMatchObject({
      status: 'CONFIRMED',
      inviteeName: 'Margaret Hamilton',
      eventType: { slug: 'intro-call' },
    });
    expect(more).toEqual([]);
  });

  it('has made a demo owner with things to look at', async () => {
    const me = await get('/me');
    const eventTypes = await get<{ data: { slug: string }[] }>('/event-types');
    const contacts = await get<{ pagination: { total: number } }>('/contacts');
    const cancelled = await get<{ data: object[] }>('/bookings?status=cancelled');
    const confirmed = await get<{ data: object[] }>('/bookings?status=confirmed');

    expect(me).toMatchObject({ email: 'demo@example.com', username: 'demo', effectivePlan: 'BUSINESS' });
    expect(eventTypes.data.map(({ slug }) => slug)).toEqual(['intro-call', 'consultation']);
    expect(contacts.pagination.total).toBeGreaterThanOrEqual(6);
    expect(cancelled.data).toEqual([
      expect.objectContaining({ cancelledBy: 'HOST', cancelReason: 'Sorry, something came up.' }),
    ]);
    expect(confirmed.data.length).toBeGreaterThanOrEqual(4);
  });

  it(
    'is the only one that makes the demo and shows its key; later ones say how to make another',
    async () => {
      const later = await startServer(settings);
      try {
        const [line, ...more] = printedLines(later, 'npm');

        expect(later.logs()).not.toContain('lt_live_');
        expect(more).toEqual([]);
        expect(await inBash(`${line} --json`)).toMatchObject({ name: 'Trial', key: expect.any(String) });
      } finally {
        await later.stop();
      }
    },
    2 * MINUTES,
  );

  it(
    'leaves nothing for "seed" to make',
    async () => {
      const { code, stdout, stderr } = await runCli(['seed', '--json'], settings);

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({
        made: false,
        user: { email: 'demo@example.com' },
        key: null,
        eventTypes: [
          { slug: 'intro-call' },
          { slug: 'consultation' },
          { slug: 'office-hours', isActive: false },
        ],
      });
    },
    MINUTES,
  );
});

describe('without a demo', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());

  it(
    'prints how to add a user and a key, in lines that work as printed',
    async () => {
      const server = await startServer({ DATA_DIR: folder.path, DEMO: 'false' });
      try {
        const [user, key] = printedLines(server, 'npm');

        expect(await inBash(`${user} --json`)).toMatchObject({ username: 'you' });
        expect(await inBash(`${key} --json`)).toMatchObject({ key: expect.stringMatching(/^lt_live_/) });
      } finally {
        await server.stop();
      }
    },
    2 * MINUTES,
  );

  it(
    '"seed" makes it on demand, with a key',
    async () => {
      const { stdout } = await runCli(['seed', '--json'], { DATA_DIR: folder.path, DEMO: 'false' });

      expect(JSON.parse(stdout)).toMatchObject({
        made: true,
        user: { email: 'demo@example.com' },
        key: { name: 'Demo', key: expect.stringMatching(/^lt_live_/), expiresAt: null },
      });
    },
    MINUTES,
  );
});

describe('two processes that start at once on a new database', () => {
  it(
    'make one demo between them, and both go on',
    async () => {
      const [database, redis, folder] = await Promise.all([testDatabase(), startRedis(), temporaryFolder()]);
      const settings = {
        ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, DATA_DIR: folder.path },
        DEMO: 'true',
      };
      const servers = await Promise.all([startServer(settings), startServer(settings)]);
      try {
        const users = await database.dataSource.query<object[]>('select email from users');
        const bookings = await database.dataSource.query<object[]>('select from bookings');

        expect(users).toEqual([{ email: 'demo@example.com' }]);
        expect(bookings).toHaveLength(5);
        expect(servers.filter((server) => server.logs().includes('lt_live_'))).toHaveLength(1);
        expect(servers.map((server) => server.logs()).join()).not.toContain('"level":"error"');
      } finally {
        await Promise.all(servers.map((server) => server.stop()));
        await Promise.all([database.drop(), redis.stop(), folder.remove()]);
      }
    },
    2 * MINUTES,
  );
});
