import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { isCalendarFault } from '../domain/errors.js';
import { nextAttempt, renewalOf } from '../domain/watch-schedule.js';
import type { Connections, DueWatch, OwnerCalendars, PushDoor, Watch, Watches } from '../ports.js';

export interface WatchCalendarsCommand {
  readonly connectionId: string;
}

/**
 * Providers are asked to tell of changes in the calendars that are read, and asked again before their promise ends. That only makes
 * news come sooner: where it cannot be had, calendars are read in turns all the same.
 */
export class WatchCalendars {
  constructor(
    private readonly ownerCalendars: OwnerCalendars,
    private readonly connections: Connections,
    private readonly watches: Watches,
    private readonly pushDoor: PushDoor,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ connectionId }: WatchCalendarsCommand): Promise<void> {
    const address = this.pushDoor.addressOf(connectionId);
    if (address === null) return;
    const due = await this.unitOfWork.run(() => this.watches.due(connectionId, this.clock.now()));
    if (due.length === 0) return;

    const secret = await this.pushDoor.secretOf(connectionId);
    for (const each of due) await this.watch(connectionId, each, { address, secret });
  }

  private async watch(
    connectionId: string,
    { provider, calendarId, remoteId, former }: DueWatch,
    told: { address: string; secret: string },
  ): Promise<void> {
    try {
      const ownerCalendar = await this.ownerCalendars.of(provider);
      const account = await this.connections.account(connectionId);
      const watch = await ownerCalendar.watch(account, remoteId, { ...told, former });
      const isKept = await this.keep(calendarId, watch, watch);
      if (watch && !isKept) await ownerCalendar.unwatch(account, watch);
    } catch (error) {
      if (!isCalendarFault(error)) throw error;
      await this.keep(calendarId, former, null);
    }
  }

  /** Keeps what there is, to be looked at again as is right for what was made; false if the calendar is gone. */
  private keep(calendarId: string, watch: Watch | null, made: Watch | null): Promise<boolean> {
    const at = this.clock.now();
    const dueAt = made ? renewalOf(made.expiresAt, at) : nextAttempt(at);
    return this.unitOfWork.run(() => this.watches.keep(calendarId, watch, dueAt));
  }
}
