import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startDavServer, type DavServer } from './dav-servers.js';

export const RADICALE_USER = { username: 'owner', password: 'pässword 1' };

/** Does something there as its user by another program would; the path is below `/owner/`. */
export async function askRadicale(
  { url }: Pick<DavServer, 'url'>,
  method: string,
  path: string,
  body?: string,
): Promise<string> {
  const { username, password } = RADICALE_USER;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${url}/owner/${path}`, { method, body, headers: { authorization } });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return answer.text();
}

/** Radicale with one user, whose calendars are under `/owner/`. RADICALE tells where the program is. */
export function startRadicale(): Promise<DavServer> {
  return startDavServer({
    variable: 'RADICALE',
    name: 'radicale',
    async arguments(port, folder) {
      const users = join(folder, 'users');
      await writeFile(users, `${RADICALE_USER.username}:${RADICALE_USER.password}\n`);
      const options = {
        'server-hosts': `127.0.0.1:${port}`,
        'auth-type': 'htpasswd',
        'auth-htpasswd-filename': users,
        'auth-htpasswd-encryption': 'plain',
        'auth-delay': '0',
        'rights-type': 'owner_only',
        'storage-filesystem-folder': join(folder, 'collections'),
        'web-type': 'none',
      };
      const set = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
      return ['--config', '', ...set];
    },
    folderOf: (calendar, folder) => join(folder, 'collections', 'collection-root', calendar),
    noticed: async () => undefined,
  });
}
