import type { Command } from 'commander';
import { EventNotOwed } from '../delivery/domain/errors.js';
import { OwedEventReads, type OwedEventView } from '../delivery/reads/owed-event-reads.js';
import { OutboxTurns } from '../platform/persistence/outbox.js';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import { UsageFault } from './faults.js';
import type { OpenInstallation } from './installation.js';
import { sheet, table } from './layout.js';
import { wholeNumberOf } from './values.js';

const MOST_LISTED = 1_000;

export function addEvents(program: Command, desk: Desk): void {
  const events = program.command('events').description('what has happened and is still to be acted on');

  events
    .command('owed')
    .description('show events whose work is not done yet, those that failed first')
    .option('--limit <number>', `how many at most, up to ${MOST_LISTED}`, '50')
    .action(async ({ limit: text }: { limit: string }) => {
      const limit = wholeNumberOf('--limit', text, 1, MOST_LISTED);
      await desk.work(async (open) => listed(await open.get(OwedEventReads).list(limit)));
    });

  events
    .command('retry')
    .description('try an event that failed at once again, or all that failed')
    .argument('[id]', 'of the event, as "events owed" shows it')
    .option('--all', 'all whose last attempt failed')
    .action(async (id: string | undefined, { all }: { all?: true }) => {
      if ((id === undefined) === (all === undefined))
        throw new UsageFault('Name the id of one event, or --all');
      await desk.work((open) => (id === undefined ? retryAll(open) : retryOne(open, id)));
    });
}

async function retryOne(open: OpenInstallation, id: string): Promise<Answer> {
  const event = await open.get(OwedEventReads).event(id);
  if (!event || !(await open.get(OutboxTurns).retry(id))) throw new EventNotOwed();
  return {
    value: event,
    text: `${sheet(event)}\n\nIt is tried again: "events owed" shows it if that fails.`,
  };
}

async function retryAll(open: OpenInstallation): Promise<Answer> {
  const retried = await open.get(OutboxTurns).retryFailed();
  const text = retried === 1 ? '1 event is tried again.' : `${retried} events are tried again.`;
  return { value: { retried }, text };
}

function listed(events: OwedEventView[]): Answer {
  const text =
    events.length === 0
      ? 'No events are owed.'
      : table(events, ['id', 'event', 'user', 'occurredAt', 'attempts', 'nextAttemptAt', 'lastError']);
  return { value: events, text };
}
