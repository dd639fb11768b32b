import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findPostmaster } from '../../src/platform/persistence/postmaster.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { root } from '../support/paths.js';
import { startRedis, type RedisServer } from '../support/redis.js';
import { runCli, startServer, type Answer, type Settings } from '../support/server.js';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';

const MINUTES = 60_000;

/** An installation as its operator has it: settings, and nothing that runs yet. */
interface Place {
  readonly settings: Settings;
  cli(...args: string[]): Promise<Answer>;
  /** What the command prints under `--json`. Throws unless that is all it prints. */
  json<T = Record<string, unknown>>(args: string[], stdin?: string): Promise<T>;
}

function placeOf(settings: Settings): Place {
  return {
    settings,
    cli: (...args) => runCli(args, settings),
    async json<T>(args: string[], stdin?: string) {
      const { code, stdout, stderr } = await runCli([...args, '--json'], settings, stdin);
      if (code !== 0 || stderr !== '') throw new Error(`${args.join(' ')} → ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
  };
}

let folder: TemporaryFolder;
let database: TestDatabase;
let redis: RedisServer;
let embedded: Place;
let production: Place;
beforeAll(async () => {
  folder = await temporaryFolder();
  database = await testDatabase();
  redis = await startRedis('--appendonly', 'yes');
  embedded = placeOf({ DATA_DIR: join(folder.path, 'embedded'), DEMO: 'false' });
  production = placeOf({
    DATA_DIR: join(folder.path, 'production'),
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    BASE_URL: 'https://time.example.com',
  });
});
afterAll(async () => {
  await redis?.stop();
  await database?.drop();
  await folder.remove();
});

const owner = (username: string) => [
  ...['users', 'create', '--email', `${username}@example.com`],
  ...['--name', 'Ada Lovelace', '--username', username],
];
const newKey = (username: string) => ['keys', 'create', '--user', `${username}@example.com`, '--name', 'CI'];

describe.each([
  ['embedded', () => embedded],
  ['production', () => production],
])('the command line tool on an %s installation', (profile, place) => {
  it(
    'makes users and keys that the API knows, whether the server runs or not, and a key revoked is refused within a second',
    async () => {
      const { json, settings } = place();
      const user = await json(owner('ada'));
      const first = await json<{ key: string }>(newKey('ada'));
      const server = await startServer(settings);
      const me = (key: string) =>
        fetch(`${server.url}/api/v1/me`, { headers: { Authorization: `Bearer ${key}` } });

      try {
        const told = await me(first.key);
        expect(told.status).toBe(200);
        expect(await told.json()).toMatchObject({ id: user['id'], username: 'ada', plan: 'BUSINESS' });

        const second = await json<{ id: string; key: string }>(newKey('ada'));
        expect((await me(second.key)).status).toBe(200);

        expect(await json(['keys', 'revoke', second.id])).toMatchObject({
          id: second.id,
          revokedAt: expect.any(String),
        });
        await eventually(async () => (await me(second.key)).status === 401, 1_000);
        expect((await me(first.key)).status).toBe(200);
      } finally {
        await server.stop();
      }
    },
    2 * MINUTES,
  );

  it(
    'finds nothing wrong',
    async () => {
      const { json } = place();
      await json(['migrate']);
      const checks = await json<{ check: string; ok: boolean }[]>(['doctor']);

      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
      expect(checks.map(({ check }) => check)).toEqual([
        'base URL',
        'zone data',
        'data directory',
        'disk',
        'secrets',
        'database',
        'migrations',
        'clock',
        'outbox',
        'booking counts',
        'calendars',
        ...(profile === 'production' ? ['redis', 'redis memory', 'redis persistence'] : []),
        'mail',
      ]);
    },
    MINUTES,
  );
});

describe('the command line tool', () => {
  it(
    'leaves no embedded database running that nobody else uses',
    async () => {
      const dataDir = join(folder.path, 'alone');
      const { json } = placeOf({ DATA_DIR: dataDir });

      expect(await json(['migrate'])).toEqual({
        applied: expect.arrayContaining([expect.stringMatching(/^Foundation\d+$/)]),
      });
      expect(await findPostmaster(join(dataDir, 'postgres'))).toBeNull();
      expect(await json(['migrate'])).toEqual({ applied: [] });
    },
    MINUTES,
  );

  it(
    'prints the user as kept, and the key this once',
    async () => {
      const { json } = production;
      const user = await json([...owner('grace'), '--plan', 'pro', '--timezone', 'europe/london']);
      const key = await json(newKey('grace'));
      const [listed] = await json<object[]>(['keys', 'list', '--user', 'grace@example.com']);

      expect(user).toEqual({
        id: expect.any(String),
        email: 'grace@example.com',
        name: 'Ada Lovelace',
        username: 'grace',
        plan: 'PRO',
        effectivePlan: 'PRO',
        timezone: 'Europe/London',
        planExpiresAt: null,
        reminderMinutes: [1_440, 60],
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      });
      expect(key).toEqual({
        id: expect.any(String),
        name: 'CI',
        key: expect.stringMatching(/^lt_live_\w{49}$/),
        prefix: (key['key'] as string).slice(0, 12),
        expiresAt: null,
      });
      expect(listed).toEqual({
        id: key['id'],
        name: 'CI',
        prefix: key['prefix'],
        createdAt: expect.any(String),
        expiresAt: null,
        revokedAt: null,
        lastUsedAt: null,
      });
    },
    MINUTES,
  );

  it(
    'changes users',
    async () => {
      const { json } = production;
      await json(owner('hedy'));
      const update = (...args: string[]) => json(['users', 'update', 'HEDY@example.com', ...args]);

      expect(
        await update('--plan', 'PRO', '--plan-expires', '2020-01-01T00:00:00Z', '--name', 'Hedy'),
      ).toMatchObject({
        name: 'Hedy',
        plan: 'PRO',
        effectivePlan: 'FREE',
        planExpiresAt: '2020-01-01T00:00:00.000Z',
      });
      expect(await update('--plan-expires', 'never', '--timezone', 'asia/kolkata')).toMatchObject({
        effectivePlan: 'PRO',
        planExpiresAt: null,
        timezone: 'Asia/Kolkata',
      });
      expect(await update('--reminders', '45m,2d')).toMatchObject({ reminderMinutes: [2_880, 45] });
      expect(await update('--reminders', 'none')).toMatchObject({ reminderMinutes: [] });
      expect(await json(['users', 'list'])).toContainEqual(
        expect.objectContaining({ email: 'hedy@example.com', name: 'Hedy' }),
      );
    },
    MINUTES,
  );

  it(
    'takes a password by standard input only',
    async () => {
      const { json } = production;
      const { stderr } = await runCli(
        [...owner('joan'), '--password-stdin'],
        production.settings,
        'secret7\n',
      );
      expect(stderr).toBe('Invalid data (password: password must be 8 to 200 characters).\n');

      await json([...owner('joan'), '--password-stdin'], 'secret-8\n');
      const [row] = await database.dataSource.query<[{ hash: string }]>(
        `select password_hash as hash from users where username = 'joan'`,
      );
      expect(row.hash).toMatch(/^\$argon2id\$/);
    },
    MINUTES,
  );

  it(
    'defines event types by files and standard input, and lists inactive ones too',
    async () => {
      const { json } = production;
      await json([...owner('alan'), '--timezone', 'Europe/London']);
      const file = join(folder.path, 'terms.json');
      const user = ['--user', 'alan@example.com'];

      const definition = { name: 'Intro call', slug: 'intro', durationMinutes: 30, bufferAfter: 10 };
      const made = await json(['event-types', 'create', ...user, '--file', '-'], JSON.stringify(definition));
      expect(made).toMatchObject({ ...definition, timezone: 'Europe/London', isActive: true, questions: [] });

      await writeFile(file, JSON.stringify({ isActive: false, durationMinutes: 45 }));
      const changed = await json(['event-types', 'update', made['id'] as string, '--file', file]);
      expect(changed).toMatchObject({
        id: made['id'],
        bufferAfter: 10,
        durationMinutes: 45,
        isActive: false,
      });

      expect(await json(['event-types', 'list', ...user])).toEqual([
        expect.objectContaining({ id: made['id'], slug: 'intro', isActive: false }),
      ]);
    },
    MINUTES,
  );

  it(
    'is readable without --json, also where there is nothing yet',
    async () => {
      const { cli } = placeOf({ DATA_DIR: join(folder.path, 'readable') });

      const empty = await cli('users', 'list');
      await cli(...owner('mary'));
      const list = await cli('users', 'list');

      expect(empty).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^No users yet: /) });
      expect(list).toMatchObject({ code: 0, stderr: '' });
      expect(list.stdout.split('\n')).toEqual([
        expect.stringMatching(/^email {13}name {10}username {2}plan/),
        expect.stringMatching(/^mary@example.com {2}Ada Lovelace {2}mary {6}BUSINESS/),
        '',
      ]);
    },
    MINUTES,
  );
});

describe('a fault', () => {
  // prettier-ignore
  const faults: [what: string, args: string[], sentence: string][] = [
    ['data that is wrong', ['users', 'create', '--email', 'nowhere', '--name', ' ', '--username', 'ok'], 'Invalid data (name: name is required; email: Invalid email format).'],
    ['a user that is not there', newKey('nobody'), 'User not found.'],
    ['a key that is not there', ['keys', 'revoke', 'nothing'], 'API key not found.'],
    ['an event type that is not there', ['event-types', 'update', 'nothing', '--file', '-'], 'Event type not found.'],
    ['an unknown command', ['users', 'remove'], "Unknown command 'remove'."],
    ['a missing file', ['event-types', 'create', '--user', 'a@example.com', '--file', '/no/such.json'], 'The file /no/such.json does not exist.'],
  ];

  it.each(faults)(
    'is one sentence and status 1: %s',
    async (_what, args, sentence) => {
      expect(await runCli([...args, '--json'], production.settings, '{}')).toEqual({
        code: 1,
        stdout: '',
        stderr: `${sentence}\n`,
      });
    },
    MINUTES,
  );

  it(
    'is told of what is taken already',
    async () => {
      await production.json(owner('edsger'));

      expect(await production.cli(...owner('edsger'))).toEqual({
        code: 1,
        stdout: '',
        stderr: 'A user with this email already exists.\n',
      });
    },
    MINUTES,
  );

  it(
    'is told of settings that are wrong, all of them at once',
    async () => {
      expect(await runCli(['users', 'list'], { PORT: 'x', DEMO: 'maybe' })).toEqual({
        code: 1,
        stdout: '',
        stderr: 'PORT must be a whole number from 0 to 65535; DEMO must be true or false.\n',
      });
    },
    MINUTES,
  );

  it(
    'is told of a database that is away, and the doctor finds it',
    async () => {
      const away = placeOf({ ...production.settings, DATABASE_URL: 'postgres://127.0.0.1:1/linktime' });

      expect(await away.cli('users', 'list', '--json')).toEqual({
        code: 1,
        stdout: '',
        stderr: 'The database cannot be used: connect ECONNREFUSED 127.0.0.1:1.\n',
      });
      const { code, stdout, stderr } = await away.cli('doctor', '--json');
      expect({ code, stderr }).toEqual({ code: 1, stderr: 'Not as it should be: database.\n' });
      expect(JSON.parse(stdout)).toContainEqual({
        check: 'database',
        ok: false,
        found: 'connect ECONNREFUSED 127.0.0.1:1',
        cure: 'Start PostgreSQL, or correct DATABASE_URL.',
      });
    },
    MINUTES,
  );

  it(
    'is found by the doctor in secrets that others may read',
    async () => {
      const dataDir = join(folder.path, 'open');
      const { json, cli } = placeOf({ DATA_DIR: dataDir });
      await json(['migrate']);
      await chmod(join(dataDir, 'secrets.json'), 0o644);

      expect(await cli('doctor')).toMatchObject({ code: 1, stderr: 'Not as it should be: secrets.\n' });
    },
    MINUTES,
  );

  it(
    'ends a command that is interrupted, as soon as the database lets go of it',
    async () => {
      const waiting = async () => {
        const rows = await database.dataSource.query<object[]>(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      };
      const blocker = database.dataSource.createQueryRunner();
      await blocker.startTransaction();
      await blocker.query('lock table users');
      const cli = spawn(process.execPath, [join(root, 'dist/src/cli.js'), 'users', 'list'], {
        env: { PATH: process.env['PATH'], ...production.settings },
      });
      let stderr = '';
      cli.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      try {
        await eventually(waiting);
        cli.kill('SIGINT');
        const [code] = (await once(cli, 'close')) as [number];

        expect({ code, stderr }).toEqual({ code: 1, stderr: 'The command was interrupted.\n' });
      } finally {
        await blocker.rollbackTransaction();
        await blocker.release();
      }
    },
    MINUTES,
  );
});
