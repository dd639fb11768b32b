import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { isSignInProvider } from '../domain/connection.js';
import { CalendarConnectionNotFound, isCalendarFault } from '../domain/errors.js';
import type {
  CalendarAccount,
  Connections,
  Credentials,
  OwnerCalendars,
  RemovedConnection,
  SignIn,
  Watch,
  Watches,
} from '../ports.js';
import { heldAccount } from './held-account.js';

export interface DisconnectCalendarCommand {
  readonly connectionId: string;
}

/**
 * An owner's account counts no more: what was read of it is forgotten, and its credentials with it. After that the provider is asked
 * to tell nothing more and to take back what opened the account; whether it does so or not, the account is disconnected.
 */
export class DisconnectCalendar {
  constructor(
    private readonly ownerCalendars: OwnerCalendars,
    private readonly signIn: SignIn,
    private readonly connections: Connections,
    private readonly watches: Watches,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async execute({ connectionId }: DisconnectCalendarCommand): Promise<void> {
    const credentials = await this.credentialsOf(connectionId);
    const { watches, removed } = await this.unitOfWork.run(async () => ({
      watches: await this.watches.of(connectionId),
      removed: await this.connections.remove(connectionId),
    }));
    if (!removed) throw new CalendarConnectionNotFound();
    if (!credentials) return;

    const account = heldAccount(connectionId, credentials);
    await unlessFault(() => this.unwatch(removed, account, watches));
    await unlessFault(() => this.revoke(removed, account.current()));
  }

  /** Null if they are not to be had any more. */
  private async credentialsOf(connectionId: string): Promise<Credentials | null> {
    try {
      return (await this.connections.account(connectionId)).credentials;
    } catch (error) {
      if (isCalendarFault(error)) return null;
      throw error;
    }
  }

  private async unwatch(
    { provider }: RemovedConnection,
    account: CalendarAccount,
    watches: readonly Watch[],
  ): Promise<void> {
    if (watches.length === 0) return;
    const ownerCalendar = await this.ownerCalendars.of(provider);
    await Promise.all(watches.map((watch) => unlessFault(() => ownerCalendar.unwatch(account, watch))));
  }

  // Some providers take back all that was ever given for an account, and so what another owner's connection needs.
  private async revoke({ provider, account }: RemovedConnection, credentials: Credentials): Promise<void> {
    if (!isSignInProvider(provider)) return;
    const isShared = await this.unitOfWork.run(() => this.connections.hasAccount(provider, account));
    if (!isShared) await this.signIn.revoke(provider, credentials);
  }
}

async function unlessFault(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCalendarFault(error)) throw error;
  }
}
