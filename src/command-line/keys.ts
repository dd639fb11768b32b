import type { Command } from 'commander';
import { ApiKeyNotFound } from '../identity/domain/errors.js';
import { UserReads, type KeyView } from '../identity/reads/user-reads.js';
import { IssueKey } from '../identity/use-cases/issue-key.js';
import { RevokeKey } from '../identity/use-cases/revoke-key.js';
import { formatInstant } from '../kernel/instant-text.js';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import { sheet, table } from './layout.js';
import { userNamed } from './named-user.js';
import { instantOf } from './values.js';

interface CreateOptions {
  readonly user: string;
  readonly name: string;
  readonly expires?: string;
}

export function addKeys(program: Command, desk: Desk): void {
  const keys = program.command('keys').description('API keys of a user');

  keys
    .command('create')
    .description('issue an API key; it is shown this once')
    .requiredOption('--user <email>', 'whom it acts for')
    .requiredOption('--name <name>', 'what it is for')
    .option('--expires <time>', 'when it ends, such as 2027-01-31T12:00:00Z (default: never)')
    .action(async ({ user, name, expires }: CreateOptions) => {
      const expiresAt = expires === undefined ? null : instantOf('--expires', expires);
      await desk.work(async (open) => {
        const issued = await open.get(IssueKey).execute({ userEmail: user, name, expiresAt });
        const key = { ...issued, expiresAt: issued.expiresAt && formatInstant(issued.expiresAt) };
        return { value: key, text: `${sheet(key)}\n\nKeep the key now: it cannot be shown again.` };
      });
    });

  keys
    .command('list')
    .description("show a user's keys, without the keys themselves")
    .requiredOption('--user <email>', 'whose keys')
    .action(({ user }: { user: string }) =>
      desk.work(async (open) => {
        const owner = await userNamed(open, user);
        return listed(await open.get(UserReads).keys(owner.id));
      }),
    );

  keys
    .command('revoke')
    .description('accept a key no longer, for good')
    .argument('<id>', 'of the key, as "keys list" shows it')
    .action((keyId: string) =>
      desk.work(async (open) => {
        await open.get(RevokeKey).execute({ keyId });
        const key = await open.get(UserReads).key(keyId);
        if (!key) throw new ApiKeyNotFound();
        return { value: key, text: sheet(key) };
      }),
    );
}

function listed(keys: KeyView[]): Answer {
  const text =
    keys.length === 0
      ? 'No keys yet: issue one with "keys create".'
      : table(keys, ['id', 'name', 'prefix', 'createdAt', 'expiresAt', 'revokedAt', 'lastUsedAt']);
  return { value: keys, text };
}
