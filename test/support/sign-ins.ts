import { once } from 'node:events';
import type { Owner } from './owners.js';
import { startCli, type RunningProcess, type Settings } from './server.js';
import type { SignInServer } from './sign-in-server.js';

/** What of LinkTime's settings lets its owners sign in at that server, whose API is elsewhere. */
export function signInSettings(provider: string, server: SignInServer, apiUrl: string): Settings {
  return {
    [`${provider}_CLIENT_ID`]: 'linktime',
    [`${provider}_CLIENT_SECRET`]: 'client-secret',
    [`${provider}_ISSUER_URL`]: server.url,
    [`${provider}_API_URL`]: apiUrl,
    CALENDAR_ALLOW_PRIVATE: 'true',
    // As behind a reverse proxy; browsers of the tests know where that leads.
    BASE_URL: 'https://time.example.com',
  };
}

/** `calendars add` of a provider that owners sign in at, waiting for that. */
export class WaitingTool {
  private constructor(
    private readonly running: RunningProcess,
    /** Where to sign in. */
    readonly address: string,
  ) {}

  static async start(
    provider: string,
    owner: Pick<Owner, 'email'>,
    settings: Settings,
    ...options: string[]
  ): Promise<WaitingTool> {
    const args = ['calendars', 'add', provider.toLowerCase(), '--user', owner.email, '--json', ...options];
    const running = await startCli(args, settings, /^https?:\S+\n/m);
    return new WaitingTool(running, /^https?:\S+$/m.exec(running.logs())![0]);
  }

  /** All that it has written, on either stream. */
  get written(): string {
    return this.running.logs();
  }

  /** Its exit status and the last line that it wrote. */
  async end(): Promise<{ code: number | null; last: string }> {
    const { process } = this.running;
    if (process.exitCode === null && process.signalCode === null) await once(process, 'close');
    return { code: process.exitCode, last: this.written.trimEnd().split('\n').at(-1)! };
  }

  async interrupt(): Promise<{ code: number | null; last: string }> {
    this.running.process.kill('SIGINT');
    return this.end();
  }

  kill(): Promise<void> {
    return this.running.kill();
  }
}

/** What a browser shows that signs in at that address and is sent back to LinkTime. */
export async function signInAt(
  address: string,
  server: SignInServer,
  linktime: { readonly url: string },
): Promise<Response> {
  return comeBack(await server.follow(address), linktime);
}

/** What a browser shows that comes back to LinkTime at that address. */
export function comeBack({ pathname, search }: URL, linktime: { readonly url: string }): Promise<Response> {
  return fetch(`${linktime.url}${pathname}${search}`, { redirect: 'manual' });
}
