import type { Answer } from './answer.js';
import type { Installation, OpenInstallation } from './installation.js';

/** Where one command does its work. */
export class Desk {
  /** What came of it. */
  answer: Answer | null = null;

  constructor(
    readonly installation: Installation,
    /** Standard input to its end. */
    readonly readInput: () => Promise<string>,
  ) {}

  /** Works on the opened installation and closes it again, whatever happens, SIGINT and SIGTERM included. */
  async work(task: (open: OpenInstallation) => Promise<Answer>): Promise<void> {
    const interruption = new AbortController();
    const interrupt = () => interruption.abort(new Error('The command was interrupted'));
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    const open = await this.installation.open();
    try {
      this.answer = await unless(interruption.signal, () => task(open));
    } finally {
      await open.close();
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  }
}

/** What the work comes to; rejects with the signal's reason as soon as it is given. */
async function unless<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return Promise.race([
    work(),
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  ]);
}
