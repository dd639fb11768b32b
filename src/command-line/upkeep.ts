import type { Command } from 'commander';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import type { Check } from './installation.js';
import { BookingCounts, type WrongBookingCount } from '../scheduling/reads/booking-counts.js';

export function addUpkeep(program: Command, desk: Desk): void {
  program
    .command('seed')
    .description('make a demo owner with event types, contacts, bookings and an API key')
    .action(() => desk.work((open) => open.seed()));

  program
    .command('doctor')
    .description('look for what is wrong with this installation, and say how to mend it')
    .action(async () => {
      desk.answer = diagnosis(await desk.installation.examine());
    });

  program
    .command('migrate')
    .description('bring the database up to date')
    .action(() => desk.work(async ({ migrated }) => migration(migrated)));

  program
    .command('recount')
    .description('count the bookings of all owners anew, should the doctor find the kept counts wrong')
    .action(() => desk.work(async (open) => recount(await open.get(BookingCounts).recount())));
}

function recount(wrong: readonly WrongBookingCount[]): Answer {
  const lines = wrong.map(
    ({ ownerId, status, kept, counted }) => `${ownerId} ${status}: ${kept} is now ${counted}`,
  );
  const text = wrong.length === 0 ? 'All counts were right.' : ['Put right:', ...lines].join('\n  ');
  return { value: { corrected: wrong }, text };
}

function migration(applied: readonly string[]): Answer {
  const text = applied.length === 0 ? 'The database was up to date.' : ['Applied:', ...applied].join('\n  ');
  return { value: { applied }, text };
}

function diagnosis(checks: readonly Check[]): Answer {
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.flatMap(({ check, ok, found, cure }) => [
    `${ok ? 'ok   ' : 'FAULT'}  ${check.padEnd(width)}  ${found}`,
    ...(cure === null ? [] : [`${' '.repeat(width + 9)}${cure}`]),
  ]);
  const faulty = checks.filter(({ ok }) => !ok).map(({ check }) => check);
  return {
    value: checks,
    text: lines.join('\n'),
    ...(faulty.length > 0 && { fault: `Not as it should be: ${faulty.join(', ')}` }),
  };
}
