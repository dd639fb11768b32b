import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { CalendarConnectionNotFound } from '../domain/errors.js';
import type { Connections } from '../ports.js';

export interface DisconnectCalendarCommand {
  readonly connectionId: string;
}

/** An owner's account counts no more: what was read of it is forgotten, and its credentials with it. */
export class DisconnectCalendar {
  constructor(
    private readonly connections: Connections,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async execute({ connectionId }: DisconnectCalendarCommand): Promise<void> {
    const isGone = await this.unitOfWork.run(() => this.connections.remove(connectionId));
    if (!isGone) throw new CalendarConnectionNotFound();
  }
}
