import type { Instant } from '@js-joda/core';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { EmailLog, Hosts } from '../ports.js';
import { ownerNotice } from './owner-notice.js';

export interface TellOfStaleCalendarCommand {
  readonly connectionId: string;
  readonly ownerId: string;
  /** How people know the account. */
  readonly account: string;
  /** When it was last read; null if it never was. */
  readonly syncedAt: Instant | null;
  readonly lastError: string;
  readonly at: Instant;
}

/** An owner is told that nothing is offered any more, since one of his calendars has been unreadable for too long. */
export class TellOfStaleCalendar {
  constructor(
    private readonly hosts: Hosts,
    private readonly emailLog: EmailLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: Ids,
  ) {}

  async execute(command: TellOfStaleCalendarCommand): Promise<void> {
    const { connectionId, ownerId, account, syncedAt, lastError, at } = command;
    await this.unitOfWork.run(async () => {
      const host = await this.hosts.find(ownerId);
      if (!host) return;
      const since = syncedAt && formatInstant(syncedAt);
      const notice = ownerNotice(
        { type: 'CALENDAR_STALE', connection: { id: connectionId, account }, since, lastError },
        host,
        { id: this.ids.next(), eventId: `calendar-stale:${connectionId}:${since ?? 'never read'}`, at },
      );
      await this.emailLog.queue([notice]);
    });
  }
}
