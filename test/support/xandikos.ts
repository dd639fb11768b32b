import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startDavServer, type DavServer } from './dav-servers.js';

const run = promisify(execFile);

/** Xandikos with the calendars of `/owner/`, open to everybody: it asks for no password. XANDIKOS tells where the program is. */
export function startXandikos(): Promise<DavServer> {
  return startDavServer({
    variable: 'XANDIKOS',
    name: 'xandikos',
    arguments: (port, folder) => [
      ...['-d', folder, '--defaults', '--current-user-principal', '/owner/'],
      ...['-l', '127.0.0.1', '-p', `${port}`],
    ],
    folderOf: (calendar, folder) => join(folder, calendar),
    async noticed(folder) {
      const git = (...args: string[]) =>
        run('git', ['-C', folder, '-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args]);
      await git('add', '--all');
      await git('commit', '--quiet', '--message', 'Laid by a test');
    },
  });
}
