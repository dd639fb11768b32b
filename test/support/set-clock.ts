import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './server.js';
import { temporaryFolder } from './temporary-folder.js';

/**
 * A clock for processes of a test's own that can be set while they run, by Debian's faketime. Their timers go on as ever, as those of
 * a machine do whose clock is set.
 */
export class SetClock {
  private constructor(
    /** The environment of processes that go by it. */
    readonly settings: Settings,
    private readonly file: string,
    readonly remove: () => Promise<void>,
  ) {}

  /** `offset` is such as `+1h` or `-1h`. */
  static async at(offset: string): Promise<SetClock> {
    const { path, remove } = await temporaryFolder();
    const file = join(path, 'offset');
    const faketime = process.env['FAKETIME'] ?? 'faketime';
    const library = execFileSync(faketime, ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], {
      encoding: 'utf8',
    });
    const settings = {
      LD_PRELOAD: library.trim(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    const clock = new SetClock(settings, file, remove);
    clock.set(offset);
    return clock;
  }

  /** Is so for its processes when it returns. */
  set(offset: string): void {
    writeFileSync(`${this.file}.new`, offset);
    renameSync(`${this.file}.new`, this.file);
  }
}
