import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { CalendarConnectionNotFound } from '../domain/errors.js';
import type { Connections, MirroredBookings } from '../ports.js';

export interface RetryMirroringCommand {
  readonly connectionId: string;
}

/** Bookings that a connection's calendars could not be made to show are tried again now. */
export class RetryMirroring {
  constructor(
    private readonly connections: Connections,
    private readonly mirroredBookings: MirroredBookings,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Returns how many these are. Throws `CalendarConnectionNotFound`. */
  async execute({ connectionId }: RetryMirroringCommand): Promise<number> {
    return this.unitOfWork.run(async () => {
      if (!(await this.connections.has(connectionId))) throw new CalendarConnectionNotFound();
      return this.mirroredBookings.retry(connectionId);
    });
  }
}
