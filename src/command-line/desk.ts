import { unless } from '../platform/within.js';
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
    /** Prints what a command that goes on has to tell meanwhile. */
    readonly tell: (news: Answer) => void,
    /** Shows people how far a long command has come, in place of what was shown before. */
    readonly showProgress: (text: string) => void,
    /** Says what people have to do now, beside the answer. */
    readonly prompt: (text: string) => void,
  ) {}

  /** Works on the opened installation and closes it again, whatever happens, SIGINT and SIGTERM included. */
  work(task: (open: OpenInstallation) => Promise<Answer>): Promise<void> {
    return this.workUntilInterrupted((open, interrupted) => unless(interrupted, () => task(open)));
  }

  /** The same for a task that goes on until SIGINT or SIGTERM, and comes to an end by itself when the signal is given. */
  async workUntilInterrupted(
    task: (open: OpenInstallation, interrupted: AbortSignal) => Promise<Answer>,
  ): Promise<void> {
    const interruption = new AbortController();
    const interrupt = () => interruption.abort(new Error('The command was interrupted'));
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    const open = await this.installation.open();
    try {
      this.answer = await task(open, interruption.signal);
    } finally {
      await open.close();
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  }
}
