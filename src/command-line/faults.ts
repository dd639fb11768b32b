import { CommanderError } from 'commander';
import { InvalidData } from '../kernel/domain-error.js';
import { isPassing } from '../platform/persistence/database-errors.js';

/** A command was not written as it must be. The message is the end of the sentence that says so. */
export class UsageFault extends Error {}

/** What went wrong, as one sentence on one line. */
export function sentenceOf(error: unknown): string {
  const sentence = clauseOf(error)
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll(/\.(?= )/g, ';')
    .replace(/[.\s]+$/, '');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function clauseOf(error: unknown): string {
  if (error instanceof CommanderError) return usageOf(error);
  if (error instanceof InvalidData) return `Invalid data (${fieldsOf(error)})`;
  const { message, cause } = error as Error;
  // An error that bears its cause already tells it in our words.
  return cause === undefined && isPassing(error) ? `The database does not answer now (${message})` : message;
}

function usageOf({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'Name a command: --help lists them';
  return message.replace(/^error: /, '').replace('. Expected', ', expected');
}

function fieldsOf({ details }: InvalidData): string {
  return Object.entries(details)
    .map(([field, sentence]) => `${field}: ${sentence}`)
    .join('; ');
}
