import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type {
  CalendarChoice,
  CalendarProvider,
  OnChange,
  SignInProvider,
} from '../calendars/domain/connection.js';
import { CalendarConnectionNotFound } from '../calendars/domain/errors.js';
import { CalendarReads, type CalendarConnectionView } from '../calendars/reads/calendar-reads.js';
import { BeginAuthorization } from '../calendars/use-cases/begin-authorization.js';
import { ConnectCalendar, type ConnectCalendarCommand } from '../calendars/use-cases/connect-calendar.js';
import { DecideOnChange } from '../calendars/use-cases/decide-on-change.js';
import { DisconnectCalendar } from '../calendars/use-cases/disconnect-calendar.js';
import { RetryMirroring } from '../calendars/use-cases/retry-mirroring.js';
import { SyncCalendar, type SyncProgress } from '../calendars/use-cases/sync-calendar.js';
import { parseUrl } from '../kernel/url.js';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import { UsageFault } from './faults.js';
import { addFeeds } from './feeds.js';
import type { OpenInstallation } from './installation.js';
import { sheet, table } from './layout.js';
import { userNamed } from './named-user.js';
import { withoutLineEnd } from './values.js';

interface CaldavOptions {
  readonly user: string;
  readonly url: string;
  readonly username: string;
  readonly passwordStdin?: boolean;
  readonly read?: string;
  readonly write?: string;
  readonly onChange?: string;
}

interface IcsOptions {
  readonly user: string;
  readonly url: string;
}

interface SignInOptions {
  readonly user: string;
  readonly read?: string;
  readonly write?: string;
  readonly onChange?: string;
}

const LOOK_EVERY_MS = 500;

export function addCalendars(program: Command, desk: Desk): void {
  const calendars = program.command('calendars').description("owners' calendars elsewhere");
  addAccounts(calendars.command('add').description("connect an owner's calendars"), desk);
  addFeeds(calendars, desk);

  calendars
    .command('list')
    .description("show a user's connected calendars, and how well they can be read")
    .requiredOption('--user <email>', 'whose calendars')
    .action(({ user }: { user: string }) =>
      desk.work(async (open) =>
        listed(await open.get(CalendarReads).connections((await userNamed(open, user)).id)),
      ),
    );

  calendars
    .command('set')
    .description('change what a connection does')
    .argument('<id>', 'of the connection')
    .requiredOption(...ON_CHANGE)
    .action(async (connectionId: string, { onChange: text }: { onChange: string }) => {
      const onChange = onChangeOf(text);
      await desk.work(async (open) => {
        await open.get(DecideOnChange).execute({ connectionId, onChange });
        const connection = await connectionOf(open, connectionId);
        return { value: connection, text: sheet(connection) };
      });
    });

  calendars
    .command('sync')
    .description('read a connection now, rather than when its turn comes')
    .argument('<id>', 'of the connection, as "calendars list" shows it')
    .action((connectionId: string) =>
      desk.work(async (open) => {
        const onProgress = (progress: SyncProgress) => desk.showProgress(progressText(progress));
        await open.get(SyncCalendar).execute({ connectionId, isAsked: true, onProgress });
        return synced(await connectionOf(open, connectionId));
      }),
    );

  calendars
    .command('retry')
    .description('put bookings into the calendars of a connection now that could not be put there before')
    .argument('<id>', 'of the connection')
    .action((connectionId: string) =>
      desk.work(async (open) => {
        const retried = await open.get(RetryMirroring).execute({ connectionId });
        const text = retried === 1 ? '1 booking is tried again.' : `${retried} bookings are tried again.`;
        return { value: { retried }, text };
      }),
    );

  calendars
    .command('remove')
    .description('forget a connection, its password, and what was read by it')
    .argument('<id>', 'of the connection')
    .action((connectionId: string) =>
      desk.work(async (open) => {
        const connection = await connectionOf(open, connectionId);
        await open.get(DisconnectCalendar).execute({ connectionId });
        return { value: connection, text: `Removed ${connection.account}.` };
      }),
    );
}

function addAccounts(add: Command, desk: Desk): void {
  add
    .command('caldav')
    .description('connect an account of a CalDAV server, such as Fastmail, iCloud, Nextcloud or Radicale')
    .requiredOption('--user <email>', 'whose account')
    .requiredOption('--url <url>', 'any address of the server, or its name')
    .requiredOption('--username <name>', 'the name to sign in with')
    .option('--password-stdin', 'read the password from standard input; best is one made for LinkTime alone')
    .option('--read <names>', 'the calendars that keep the owner busy, with commas between (default: all)')
    .option('--write <name>', 'the calendar that bookings are to be put into')
    .option(...ON_CHANGE)
    .action(async ({ user, url, username, passwordStdin, ...choice }: CaldavOptions) => {
      if (!passwordStdin)
        throw new UsageFault(
          'The password is read from standard input: add --password-stdin, and write it there',
        );
      const password = withoutLineEnd(await desk.readInput());
      await connect(desk, user, {
        provider: 'CALDAV',
        account: `${username} at ${hostOf(url)}`,
        credentials: { url, username, password },
        ...choiceOf(choice),
      });
    });

  addSignIn(add, desk, 'GOOGLE', 'Google');
  addSignIn(add, desk, 'MICROSOFT', 'Microsoft 365 or Outlook.com');

  add
    .command('ics')
    .description('subscribe to a calendar that is published at an address, as iCalendar text')
    .requiredOption('--user <email>', 'whose calendar')
    .requiredOption('--url <url>', 'where it is; webcal: will do')
    .action(({ user, url }: IcsOptions) =>
      connect(desk, user, {
        provider: 'ICS' satisfies CalendarProvider,
        account: hostOf(url), // no more of the address: that may be a secret
        credentials: { url },
        read: null,
        write: null,
      }),
    );
}

function addSignIn(add: Command, desk: Desk, provider: SignInProvider, name: string): void {
  add
    .command(provider.toLowerCase())
    .description(
      `connect an account of ${name}: prints an address to sign in at, and waits until that is done`,
    )
    .requiredOption('--user <email>', 'whose account')
    .option('--read <names>', 'the calendars that keep the owner busy, with commas between (default: all)')
    .option('--write <name>', 'the calendar that bookings are to be put into')
    .option(...ON_CHANGE)
    .action(({ user, ...choice }: SignInOptions) =>
      desk.workUntilInterrupted(async (open, interrupted) => {
        const { id: ownerId } = await userNamed(open, user);
        const wish = { ownerId, provider, choice: choiceOf(choice) };
        const { id, address } = await open.get(BeginAuthorization).execute(wish);
        desk.prompt(`Open this address in a browser and sign in, within ten minutes:\n\n${address}\n`);
        desk.showProgress('Waiting for the sign-in; Ctrl-C ends it');
        return connectedAnswer(await connectionOf(open, await signedIn(open, id, interrupted)));
      }),
    );
}

/** The connection that comes of an authorization, once there is one. Throws one sentence if none comes of it. */
async function signedIn(open: OpenInstallation, id: string, interrupted: AbortSignal): Promise<string> {
  for (;;) {
    const authorization = await open.get(CalendarReads).authorization(id);
    if (authorization?.connectionId) return authorization.connectionId;
    if (authorization?.fault) throw new Error(authorization.fault);
    if (!authorization || authorization.state === 'EXPIRED')
      throw new Error('Nobody has signed in within ten minutes: begin anew');
    await delay(LOOK_EVERY_MS, null, { signal: interrupted }).catch(() => interrupted.throwIfAborted());
  }
}

function choiceOf({ read, write, onChange }: Omit<SignInOptions, 'user'>): CalendarChoice {
  return {
    read: read?.split(',').map((name) => name.trim()) ?? null,
    write: write ?? null,
    onChange: onChange === undefined ? undefined : onChangeOf(onChange),
  };
}

function connect(desk: Desk, user: string, command: Omit<ConnectCalendarCommand, 'ownerId'>): Promise<void> {
  return desk.work(async (open) => {
    const { id: ownerId } = await userNamed(open, user);
    const id = await open.get(ConnectCalendar).execute({ ...command, ownerId });
    return connectedAnswer(await connectionOf(open, id));
  });
}

function connectedAnswer(connection: CalendarConnectionView): Answer {
  const hint = 'It is read for the first time when LinkTime runs; until then no time is offered.';
  const text = `${sheet(connection)}\n\n${hint}\n"calendars sync ${connection.id}" reads it now.`;
  return { value: connection, text };
}

/** The option by which an owner decides about bookings whose events he changes. */
const ON_CHANGE = [
  '--on-change <what>',
  'what becomes of a booking whose event is moved or deleted in the calendar: nothing, or follow',
] as const;

function onChangeOf(text: string): OnChange {
  const onChange = text.toUpperCase();
  if (onChange === 'NOTHING' || onChange === 'FOLLOW') return onChange;
  throw new UsageFault('--on-change must be nothing or follow');
}

/** The host that an address names, with or without a scheme before it. */
function hostOf(url: string): string {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(url.trim()) ? url.trim() : `https://${url.trim()}`;
  const parsed = parseUrl(address.replace(/^webcals?:/i, 'https:'));
  if (!parsed) throw new UsageFault('--url must be an address such as https://dav.example.com');
  return parsed.host;
}

async function connectionOf(open: OpenInstallation, id: string): Promise<CalendarConnectionView> {
  const connection = await open.get(CalendarReads).connection(id);
  if (!connection) throw new CalendarConnectionNotFound();
  return connection;
}

function progressText({ calendar, events, total }: SyncProgress): string {
  return `${calendar}: ${events}${total === null ? '' : ` of ${total}`} events`;
}

function synced(connection: CalendarConnectionView): Answer {
  const answer = { value: connection, text: sheet(connection) };
  return connection.lastError === null ? answer : { ...answer, fault: connection.lastError };
}

function listed(connections: CalendarConnectionView[]): Answer {
  const rows = connections.map(({ calendars, ...connection }) => ({
    ...connection,
    read: calendars.filter(({ read }) => read).map(({ name }) => name),
    write: calendars.find(({ write }) => write)?.name ?? null,
  }));
  const text =
    rows.length === 0
      ? 'No calendars yet: connect one with "calendars add".'
      : table(rows, [
          'id',
          'provider',
          'account',
          'state',
          'isStale',
          'syncedAt',
          'nextSyncAt',
          'read',
          'write',
          'onChange',
          'bookings',
          'lastError',
          'notFollowed',
        ]);
  return { value: connections, text };
}
