import type { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { beginAuthorization } from '../domain/authorization.js';
import type { CalendarChoice, SignInProvider } from '../domain/connection.js';
import type { Authorizations, SignIn } from '../ports.js';

export interface BeginAuthorizationCommand {
  readonly ownerId: string;
  readonly provider: SignInProvider;
  readonly choice: CalendarChoice;
}

export interface BegunAuthorization {
  readonly id: string;
  /** Where the owner signs in. */
  readonly address: string;
  readonly expiresAt: Instant;
}

/** An owner sets out to let us into his account: he signs in at its provider, who sends him back with an answer. */
export class BeginAuthorization {
  constructor(
    private readonly signIn: SignIn,
    private readonly authorizations: Authorizations,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Throws `SignInNotConfigured`, or a `CalendarFault` if the provider cannot be asked. */
  async execute(command: BeginAuthorizationCommand): Promise<BegunAuthorization> {
    const secrets = { state: this.ids.secret(), verifier: this.ids.secret() };
    const address = await this.signIn.address(command.provider, secrets);
    const authorization = beginAuthorization({ id: this.ids.next(), ...command }, this.clock.now());
    await this.unitOfWork.run(() => this.authorizations.begin(authorization, secrets));
    return { id: authorization.id, address, expiresAt: authorization.expiresAt };
  }
}
