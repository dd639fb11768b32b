import type { Command } from 'commander';
import { findTimeZone } from '../kernel/time-zone.js';
import { EventTypeNotFound } from '../scheduling/domain/errors.js';
import { EventTypeReads, type EventTypeView } from '../scheduling/reads/event-type-reads.js';
import { DefineEventType } from '../scheduling/use-cases/define-event-type.js';
import { RedefineEventType } from '../scheduling/use-cases/redefine-event-type.js';
import type { Answer } from './answer.js';
import type { Desk } from './desk.js';
import type { OpenInstallation } from './installation.js';
import { sheet, table } from './layout.js';
import { userNamed } from './named-user.js';
import { jsonOf } from './values.js';

const ALL = { page: 1, limit: 1_000_000 };
const FILE = 'its definition as JSON, with the names the API shows; - is standard input';

export function addEventTypes(program: Command, desk: Desk): void {
  const eventTypes = program.command('event-types').description('what a user offers to be booked');

  eventTypes
    .command('create')
    .description('add an event type, last in the order')
    .requiredOption('--user <email>', 'whose it is')
    .requiredOption('--file <file>', FILE)
    .action(async ({ user, file }: { user: string; file: string }) => {
      const definition = await jsonOf(file, desk.readInput);
      await desk.work(async (open) => {
        const { id: ownerId, timezone } = await userNamed(open, user);
        const ownerZone = findTimeZone(timezone)!;
        const { state } = await open.get(DefineEventType).execute({ ownerId, ownerZone, definition });
        return shown(open, ownerId, state.id);
      });
    });

  eventTypes
    .command('update')
    .description('change an event type; what the file leaves out stays as it is')
    .argument('<id>', 'of the event type')
    .requiredOption('--file <file>', FILE)
    .action(async (eventTypeId: string, { file }: { file: string }) => {
      const definition = await jsonOf(file, desk.readInput);
      await desk.work(async (open) => {
        const ownerId = await open.get(EventTypeReads).ownerOf(eventTypeId);
        if (ownerId === null) throw new EventTypeNotFound();
        await open.get(RedefineEventType).execute({ eventTypeId, ownerId, definition });
        return shown(open, ownerId, eventTypeId);
      });
    });

  eventTypes
    .command('list')
    .description("show a user's event types, inactive ones too")
    .requiredOption('--user <email>', 'whose they are')
    .action(({ user }: { user: string }) =>
      desk.work(async (open) => {
        const { id } = await userNamed(open, user);
        const { data } = await open.get(EventTypeReads).list(id, ALL, true);
        return listed(data);
      }),
    );
}

async function shown(open: OpenInstallation, ownerId: string, id: string): Promise<Answer> {
  const eventType = await open.get(EventTypeReads).detail(ownerId, id);
  if (!eventType) throw new EventTypeNotFound();
  return { value: eventType, text: sheet(eventType) };
}

function listed(eventTypes: EventTypeView[]): Answer {
  const text =
    eventTypes.length === 0
      ? 'No event types yet: add one with "event-types create".'
      : table(eventTypes, ['id', 'slug', 'name', 'durationMinutes', 'price', 'currency', 'isActive']);
  return { value: eventTypes, text };
}
