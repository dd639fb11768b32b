import { DomainError, InvalidData } from '../../kernel/domain-error.js';
import type { Clock } from '../../kernel/clock.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { Authorization } from '../domain/authorization.js';
import { AuthorizationUnknown, isCalendarFault } from '../domain/errors.js';
import type { Authorizations, SignIn } from '../ports.js';
import type { ConnectCalendar } from './connect-calendar.js';

export interface CompleteAuthorizationCommand {
  /** What came back with the answer; null if nothing did. */
  readonly state: string | null;
  /** The query with which the provider sent the owner back. */
  readonly query: string;
}

export interface CompletedAuthorization {
  readonly ownerId: string;
  /** The account's e-mail address. */
  readonly account: string;
}

/** An owner comes back from his provider: his account is connected, and whoever waits for that is told. */
export class CompleteAuthorization {
  constructor(
    private readonly signIn: SignIn,
    private readonly authorizations: Authorizations,
    private readonly connectCalendar: ConnectCalendar,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Acts once for each authorization. Throws `AuthorizationUnknown`, `AuthorizationDenied`, `InvalidData` for calendars that are not
   * there, or a `CalendarFault`; then nothing is connected, and another authorization is needed.
   */
  async execute({ state, query }: CompleteAuthorizationCommand): Promise<CompletedAuthorization> {
    const at = this.clock.now();
    const used = state === null ? null : await this.unitOfWork.run(() => this.authorizations.use(state, at));
    if (state === null || !used) throw new AuthorizationUnknown();

    const { authorization, verifier } = used;
    try {
      const account = await this.connect(authorization, query, { state, verifier });
      return { ownerId: authorization.ownerId, account };
    } catch (error) {
      const fault = sentenceOf(error);
      await this.unitOfWork.run(() => this.authorizations.finish(authorization.id, { fault }));
      throw error;
    }
  }

  private async connect(
    { id, ownerId, provider, choice }: Authorization,
    query: string,
    secrets: { state: string; verifier: string },
  ): Promise<string> {
    const { account, credentials } = await this.signIn.complete(provider, query, secrets);
    await this.connectCalendar.execute({
      ...{ ownerId, provider, account, credentials, ...choice },
      storedWith: (connectionId) => this.authorizations.finish(id, { connectionId }),
    });
    return account;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof InvalidData) return Object.values(error.details).join('; ');
  if (error instanceof DomainError || isCalendarFault(error)) return error.message;
  return 'Something unforeseen went wrong, which the log of LinkTime tells of';
}
