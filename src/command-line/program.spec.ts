import { describe, expect, it } from '@jest/globals';
import type { SyncCalendarCommand } from '../calendars/use-cases/sync-calendar.js';
import type { Check, OpenInstallation } from './installation.js';
import { runCommandLine } from './program.js';

/** An installation that knows how often it was opened and closed, and what is printed beside it. */
class Terminal {
  out = '';
  err = '';
  opened = 0;
  closed = 0;
  checks: Check[] = [];

  constructor(
    private readonly given: Partial<OpenInstallation> = {},
    private readonly isWatched = false,
  ) {}

  run(...args: string[]): Promise<0 | 1> {
    return runCommandLine(args, {
      version: '1.2.3',
      installation: { open: async () => this.open(), examine: async () => this.checks },
      readInput: async () => '',
      writeOut: (text) => (this.out += text),
      writeErr: (text) => (this.err += text),
      isWatched: this.isWatched,
    });
  }

  private open(): OpenInstallation {
    this.opened += 1;
    return {
      migrated: [],
      defaultPlan: 'BUSINESS',
      get: () => {
        throw new Error('There is nothing to get');
      },
      seed: async () => ({ value: { made: true }, text: 'A demo owner was made.' }),
      close: async () => {
        this.closed += 1;
      },
      ...this.given,
    };
  }
}

describe('the command line', () => {
  it('prints text for people', async () => {
    const terminal = new Terminal();

    expect(await terminal.run('seed')).toBe(0);
    expect(terminal).toMatchObject({ out: 'A demo owner was made.\n', err: '' });
  });

  it.each([[['seed', '--json']], [['--json', 'seed']]])(
    'prints exactly one JSON value for programs: %j',
    async (args) => {
      const terminal = new Terminal();

      expect(await terminal.run(...args)).toBe(0);
      expect(terminal).toMatchObject({ out: '{"made":true}\n', err: '' });
    },
  );

  // prettier-ignore
  it.each([
    [[], 'Name a command: --help lists them.'],
    [['users'], 'Name a command: --help lists them.'],
    [['user'], "Unknown command 'user' (Did you mean users?)."],
    [['users', 'remove'], "Unknown command 'remove'."],
    [['users', 'list', '--all'], "Unknown option '--all'."],
    [['users', 'list', 'me'], "Too many arguments for 'list', expected 0 arguments but got 1."],
    [['users', 'create', '--email', 'a@example.com', '--username', 'a'], "Required option '--name <name>' not specified."],
    [['users', 'update'], "Missing required argument 'email'."],
    [['keys', 'create', '--user', 'a@example.com', '--name'], "Option '--name <name>' argument missing."],
    [['keys', 'create', '--user', 'a@example.com', '--name', 'A', '--expires', 'soon'], '--expires must be a time with Z or an offset, such as 2027-01-31T12:00:00Z.'],
    [['users', 'update', 'a@example.com', '--plan-expires', 'soon'], '--plan-expires must be a time with Z or an offset, such as 2027-01-31T12:00:00Z.'],
    [['bookings', 'reschedule', '1', '--start', 'tomorrow'], '--start must be a time with Z or an offset, such as 2027-01-31T12:00:00Z.'],
    [['listen', '--user', 'a@example.com', '--forward-to', 'localhost:4000'], '--forward-to must be an http or https URL such as http://localhost:4000/hook.'],
    [['listen', '--user', 'a@example.com', '--forward-to', 'http://localhost', '--events', 'booking.made'], '--events must be among booking.created, booking.cancelled, booking.rescheduled, payment.received, contact.created.'],
    [['listen', '--user', 'a@example.com', '--forward-to', 'http://localhost', '--secret', 'whsec_c2hvcnQ='], '--secret must be whsec_ and the base64 of 24 to 64 bytes.'],
    [['calendars', 'add', 'caldav', '--user', 'a@example.com', '--url', 'https://dav.example.com', '--username', 'a'], 'The password is read from standard input: add --password-stdin, and write it there.'],
    [['calendars', 'add', 'ics', '--user', 'a@example.com', '--url', 'http://'], '--url must be an address such as https://dav.example.com.'],
    [['calendars', 'set', '1', '--on-change', 'cancel'], '--on-change must be nothing or follow.'],
    [['calendars', 'set', '1'], "Required option '--on-change <what>' not specified."],
    [['bookings', 'cancel'], "Missing required argument 'id'."],
    [['event-types', 'update', '1', '--file', '/no/such.json'], 'The file /no/such.json does not exist.'],
  ])('says in one sentence what is wrong with %j, and opens nothing', async (args, sentence) => {
    const terminal = new Terminal();

    expect(await terminal.run(...args, '--json')).toBe(1);
    expect(terminal).toMatchObject({ out: '', err: `${sentence}\n`, opened: 0 });
  });

  it('closes what it opened even if the work fails', async () => {
    const seed = () => Promise.reject(new Error('the disk is full'));
    const terminal = new Terminal({ seed });

    expect(await terminal.run('seed')).toBe(1);
    expect(terminal).toMatchObject({ out: '', err: 'The disk is full.\n', opened: 1, closed: 1 });
  });

  it.each([['--help'], ['help'], ['-h']])('helps on %s', async (word) => {
    const terminal = new Terminal();

    expect(await terminal.run(word)).toBe(0);
    expect(terminal.out).toContain('event-types');
    expect(terminal.err).toBe('');
  });

  it('tells its version', async () => {
    const terminal = new Terminal();

    expect(await terminal.run('--version')).toBe(0);
    expect(terminal.out).toBe('1.2.3\n');
  });
});

describe('migrate', () => {
  it('names what was applied', async () => {
    const terminal = new Terminal({ migrated: ['Foundation1', 'Holds2'] });

    await terminal.run('migrate', '--json');
    await terminal.run('migrate');

    expect(terminal.out).toBe('{"applied":["Foundation1","Holds2"]}\nApplied:\n  Foundation1\n  Holds2\n');
  });

  it('says so if there was nothing to do', async () => {
    const terminal = new Terminal();

    await terminal.run('migrate');

    expect(terminal.out).toBe('The database was up to date.\n');
  });
});

describe('doctor', () => {
  const fine = { check: 'database', ok: true, found: 'PostgreSQL 18.4', cure: null };
  const faulty = { check: 'redis', ok: false, found: 'connect ECONNREFUSED', cure: 'Start Redis.' };

  it('is content if nothing is wrong', async () => {
    const terminal = new Terminal();
    terminal.checks = [fine];

    expect(await terminal.run('doctor')).toBe(0);
    expect(terminal).toMatchObject({ out: 'ok     database  PostgreSQL 18.4\n', err: '', opened: 0 });
  });

  it('shows what it found and says how to mend it', async () => {
    const terminal = new Terminal();
    terminal.checks = [fine, faulty];

    expect(await terminal.run('doctor')).toBe(1);
    expect(terminal.out.split('\n')).toEqual([
      'ok     database  PostgreSQL 18.4',
      'FAULT  redis     connect ECONNREFUSED',
      '                 Start Redis.',
      '',
    ]);
    expect(terminal.err).toBe('Not as it should be: redis.\n');
  });

  it('prints its findings as JSON, faults included', async () => {
    const terminal = new Terminal();
    terminal.checks = [fine, faulty];

    expect(await terminal.run('doctor', '--json')).toBe(1);
    expect(JSON.parse(terminal.out)).toEqual([fine, faulty]);
  });

  it('shows whoever watches how far a sync has come, on one line that is gone in the end', async () => {
    const connection = { id: '1', account: 'ann at dav.example.com', lastError: null };
    const useCase = {
      async execute({ onProgress }: SyncCalendarCommand) {
        onProgress?.({ calendar: 'Work', events: 200, total: 10_000 });
        onProgress?.({ calendar: 'Feed', events: 7, total: null });
      },
      connection: async () => connection,
    };
    const get = <T>() => useCase as T;
    const watched = new Terminal({ get }, true);
    const unwatched = new Terminal({ get });
    for (const terminal of [watched, unwatched])
      expect(await terminal.run('calendars', 'sync', '1', '--json')).toBe(0);

    expect(watched.err).toBe('\r\x1b[KWork: 200 of 10000 events\r\x1b[KFeed: 7 events\r\x1b[K');
    expect(unwatched.err).toBe('');
    for (const { out } of [watched, unwatched]) expect(JSON.parse(out)).toEqual(connection);
  });
});
