import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import {
  CalendarConnection,
  isSignInProvider,
  type CalendarChoice,
  type CalendarProvider,
} from '../domain/connection.js';
import type { RemoteCalendar } from '../domain/remote-event.js';
import type { BusyCache, Connections, Credentials, OwnerCalendars } from '../ports.js';
import { heldAccount } from './held-account.js';

export interface ConnectCalendarCommand extends CalendarChoice {
  readonly ownerId: string;
  readonly provider: CalendarProvider;
  readonly credentials: Credentials;
  /** How people know the account; no secret. */
  readonly account: string;
  /** Done in the unit of work that stores the connection. */
  readonly storedWith?: (connectionId: string) => Promise<void>;
}

/**
 * An owner's account is connected, once it has been opened: nothing is stored of one that cannot be. One that its provider knows by an
 * e-mail address is connected once for each owner: opened again, it goes on as the connection that it was.
 */
export class ConnectCalendar {
  constructor(
    private readonly ownerCalendars: OwnerCalendars,
    private readonly connections: Connections,
    private readonly busyCache: BusyCache,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Returns the connection's id. Throws as `OwnerCalendar` does, and `InvalidData` for calendars that are not there. */
  async execute(command: ConnectCalendarCommand): Promise<string> {
    const ownerCalendar = await this.ownerCalendars.of(command.provider);
    const account = heldAccount(this.ids.next(), command.credentials);
    const remote = await ownerCalendar.calendars(account);
    return this.unitOfWork.run(async () => {
      const id = await this.store(
        account.connectionId,
        { ...command, credentials: account.current() },
        remote,
      );
      await command.storedWith?.(id);
      return id;
    });
  }

  private async store(
    id: string,
    { ownerId, provider, account, credentials, ...choice }: ConnectCalendarCommand,
    remote: readonly RemoteCalendar[],
  ): Promise<string> {
    const make = [remote, choice, () => this.ids.next(), this.clock.now()] as const;
    const former = isSignInProvider(provider)
      ? await this.connections.ofAccount(ownerId, provider, account)
      : null;
    if (!former) {
      const connection = CalendarConnection.connect({ id, ownerId, provider, account }, ...make);
      await this.connections.add(connection, credentials);
      return id;
    }
    former.reconnect(...make);
    await this.connections.reopen(former, credentials);
    for (const { id, isRead } of former.state.calendars) if (!isRead) await this.busyCache.forget(id);
    return former.state.id;
  }
}
