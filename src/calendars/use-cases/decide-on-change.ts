import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { OnChange } from '../domain/connection.js';
import { CalendarConnectionNotFound } from '../domain/errors.js';
import type { Connections } from '../ports.js';

export interface DecideOnChangeCommand {
  readonly connectionId: string;
  readonly onChange: OnChange;
}

/** An owner decides what it does to bookings that he changes their events in a calendar. */
export class DecideOnChange {
  constructor(
    private readonly connections: Connections,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Throws `CalendarConnectionNotFound`, and `InvalidData` where no calendar takes bookings. */
  async execute({ connectionId, onChange }: DecideOnChangeCommand): Promise<void> {
    await this.unitOfWork.run(async () => {
      const connection = await this.connections.find(connectionId);
      if (!connection) throw new CalendarConnectionNotFound();
      connection.decide(onChange, this.clock.now());
      await this.connections.save(connection);
    });
  }
}
