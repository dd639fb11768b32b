import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { CalendarConnection, type CalendarProvider } from '../domain/connection.js';
import type { Connections, Credentials, OwnerCalendars } from '../ports.js';

export interface ConnectCalendarCommand {
  readonly ownerId: string;
  readonly provider: CalendarProvider;
  readonly credentials: Credentials;
  /** How people know the account; no secret. */
  readonly account: string;
  /** The names of the calendars that keep the owner busy; null for all that the account has now. */
  readonly read: readonly string[] | null;
  /** The name of the calendar that bookings are to be put into; null for none. */
  readonly write: string | null;
}

/** An owner's account is connected, once it has been opened: nothing is stored of one that cannot be. */
export class ConnectCalendar {
  constructor(
    private readonly ownerCalendars: OwnerCalendars,
    private readonly connections: Connections,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Returns the connection's id. Throws as `OwnerCalendar` does, and `InvalidData` for calendars that are not there. */
  async execute(command: ConnectCalendarCommand): Promise<string> {
    const { ownerId, provider, account, read, write } = command;
    const id = this.ids.next();
    let { credentials } = command;
    const ownerCalendar = await this.ownerCalendars.of(provider);
    const remote = await ownerCalendar.calendars({
      connectionId: id,
      credentials,
      renewed: async (fresh) => void (credentials = fresh),
      reread: async () => credentials,
    });
    const connection = CalendarConnection.connect(
      { id, ownerId, provider, account },
      remote,
      { read, write },
      () => this.ids.next(),
      this.clock.now(),
    );
    await this.unitOfWork.run(() => this.connections.add(connection, credentials));
    return id;
  }
}
