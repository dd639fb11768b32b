import { Command, CommanderError } from 'commander';
import type { Answer } from './answer.js';
import { addBookings } from './bookings.js';
import { addCalendars } from './calendars.js';
import { Desk } from './desk.js';
import { addEmails } from './emails.js';
import { addEventTypes } from './event-types.js';
import { addEvents } from './events.js';
import { sentenceOf } from './faults.js';
import type { Installation } from './installation.js';
import { addKeys } from './keys.js';
import { addListen } from './listen.js';
import { addUpkeep } from './upkeep.js';
import { addUsers } from './users.js';
import { addWebhooks } from './webhooks.js';

export interface Surroundings {
  readonly version: string;
  readonly installation: Installation;
  /** Standard input to its end. */
  readInput(): Promise<string>;
  writeOut(text: string): void;
  writeErr(text: string): void;
  /** Whether people watch standard error while the command is at work. */
  readonly isWatched: boolean;
}

/**
 * Runs one command and returns the exit status: 0, or 1 with one sentence on standard error. Under `--json` exactly one JSON
 * value goes to standard output; only a command that goes on until it is interrupted prints one value a line.
 */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<0 | 1> {
  const print = ({ value, text }: Answer) =>
    surroundings.writeOut(`${program.opts().json ? JSON.stringify(value) : text}\n`);
  const progress = new ProgressLine(surroundings);
  const desk = new Desk(
    surroundings.installation,
    () => surroundings.readInput(),
    print,
    (text) => progress.show(text),
    (text) => surroundings.writeErr(`${text}\n`),
  );
  const program = makeProgram(desk, surroundings);
  try {
    await program.parseAsync(args, { from: 'user' });
    const answer = desk.answer!;
    progress.clear();
    print(answer);
    if (answer.fault === undefined) return 0;
    throw new Error(answer.fault);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help or the version was asked for
    progress.clear();
    surroundings.writeErr(`${sentenceOf(error)}\n`);
    return 1;
  }
}

/** One line of a terminal that is written over and over, and gone in the end. Where nobody watches nothing is written. */
class ProgressLine {
  private isShown = false;

  constructor(private readonly surroundings: Pick<Surroundings, 'isWatched' | 'writeErr'>) {}

  show(text: string): void {
    if (!this.surroundings.isWatched) return;
    this.isShown = true;
    this.surroundings.writeErr(`\r\x1b[K${text}`);
  }

  clear(): void {
    if (this.isShown) this.surroundings.writeErr('\r\x1b[K');
    this.isShown = false;
  }
}

function makeProgram(desk: Desk, { version, writeOut }: Surroundings): Command {
  const program = new Command('linktime')
    .description('Looks after an installation of LinkTime, while its server runs or not.')
    .version(version)
    .option('--json', 'print one JSON value instead of text')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut, writeErr: () => undefined }) // faults are told as one sentence, in one place
    .exitOverride();
  addUsers(program, desk);
  addKeys(program, desk);
  addEventTypes(program, desk);
  addBookings(program, desk);
  addWebhooks(program, desk);
  addEmails(program, desk);
  addEvents(program, desk);
  addListen(program, desk);
  addCalendars(program, desk);
  addUpkeep(program, desk);
  return program;
}
