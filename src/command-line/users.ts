import type { Command } from 'commander';
import { UserReads, type UserView } from '../identity/reads/user-reads.js';
import { CreateUser } from '../identity/use-cases/create-user.js';
import { UpdateUser } from '../identity/use-cases/update-user.js';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import type { OpenInstallation } from './installation.js';
import { sheet, table } from './layout.js';
import { userNamed } from './named-user.js';
import { instantOf, minutesOf, withoutLineEnd } from './values.js';

interface CreateOptions {
  readonly email: string;
  readonly name: string;
  readonly username: string;
  readonly plan?: string;
  readonly timezone: string;
  readonly reminders?: string;
  readonly passwordStdin?: boolean;
}

interface UpdateOptions {
  readonly plan?: string;
  readonly planExpires?: string;
  readonly name?: string;
  readonly timezone?: string;
  readonly reminders?: string;
}

const REMINDERS = 'how long before meetings people are reminded, such as 24h,1h, or none';

export function addUsers(program: Command, desk: Desk): void {
  const users = program.command('users').description('who offers meetings');

  users
    .command('create')
    .description('add a user')
    .requiredOption('--email <address>', 'their e-mail address')
    .requiredOption('--name <name>', 'what they are called')
    .requiredOption('--username <word>', 'their part of public addresses: letters, digits, hyphens')
    .option('--plan <plan>', 'FREE, PRO or BUSINESS (default: DEFAULT_PLAN)')
    .option('--timezone <zone>', 'their IANA time zone', 'UTC')
    .option('--reminders <times>', `${REMINDERS} (default: 24h,1h)`)
    .option('--password-stdin', 'read a password for signing in from standard input')
    .action(async ({ email, name, username, plan, timezone, reminders, passwordStdin }: CreateOptions) => {
      const times = remindersOf(reminders);
      const password = passwordStdin ? withoutLineEnd(await desk.readInput()) : null;
      await desk.work(async (open) => {
        await open.get(CreateUser).execute({
          email,
          name,
          username,
          timezone,
          plan: plan ?? open.defaultPlan,
          planExpiresAt: null,
          ...times,
          password,
        });
        return shown(open, email);
      });
    });

  users
    .command('update')
    .description('change a user')
    .argument('<email>', 'their e-mail address')
    .option('--plan <plan>', 'FREE, PRO or BUSINESS')
    .option('--plan-expires <time>', 'when the plan ends, such as 2027-01-31T12:00:00Z, or never')
    .option('--name <name>', 'what they are called')
    .option('--timezone <zone>', 'their IANA time zone')
    .option('--reminders <times>', REMINDERS)
    .action(async (userEmail: string, { planExpires, reminders, ...given }: UpdateOptions) => {
      const planEnd = planExpires === undefined ? null : { planExpiresAt: planEndOf(planExpires) };
      const patch = { ...given, ...planEnd, ...remindersOf(reminders) };
      await desk.work(async (open) => {
        await open.get(UpdateUser).execute({ userEmail, patch });
        return shown(open, userEmail);
      });
    });

  users
    .command('list')
    .description('show all users')
    .action(() => desk.work(async (open) => listed(await open.get(UserReads).list())));
}

function planEndOf(text: string) {
  return text.toLowerCase() === 'never' ? null : instantOf('--plan-expires', text);
}

function remindersOf(text: string | undefined): { reminderMinutes: number[] } | null {
  return text === undefined ? null : { reminderMinutes: minutesOf('--reminders', text) };
}

async function shown(open: OpenInstallation, email: string): Promise<Answer> {
  const user = await userNamed(open, email);
  return { value: user, text: sheet(user) };
}

function listed(users: UserView[]): Answer {
  const text =
    users.length === 0
      ? 'No users yet: add one with "users create", or a demo owner with "seed".'
      : table(users, [
          'email',
          'name',
          'username',
          'plan',
          'effectivePlan',
          'planExpiresAt',
          'timezone',
          'reminderMinutes',
        ]);
  return { value: users, text };
}
