import { Command, CommanderError } from 'commander';
import { addBookings } from './bookings.js';
import { Desk } from './desk.js';
import { addEventTypes } from './event-types.js';
import { sentenceOf } from './faults.js';
import type { Installation } from './installation.js';
import { addKeys } from './keys.js';
import { addUpkeep } from './upkeep.js';
import { addUsers } from './users.js';

export interface Surroundings {
  readonly version: string;
  readonly installation: Installation;
  /** Standard input to its end. */
  readInput(): Promise<string>;
  writeOut(text: string): void;
  writeErr(text: string): void;
}

/**
 * Runs one command and returns the exit status: 0, or 1 with one sentence on standard error. Under `--json` exactly one JSON
 * value goes to standard output.
 */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<0 | 1> {
  const desk = new Desk(surroundings.installation, () => surroundings.readInput());
  const program = makeProgram(desk, surroundings);
  try {
    await program.parseAsync(args, { from: 'user' });
    const { value, text, fault } = desk.answer!;
    surroundings.writeOut(`${program.opts().json ? JSON.stringify(value) : text}\n`);
    if (fault === undefined) return 0;
    throw new Error(fault);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help or the version was asked for
    surroundings.writeErr(`${sentenceOf(error)}\n`);
    return 1;
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
  addUpkeep(program, desk);
  return program;
}
