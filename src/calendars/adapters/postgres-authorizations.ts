import { createHash } from 'node:crypto';
import type { Instant } from '@js-joda/core';
import { formatInstant } from '../../kernel/instant-text.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Session } from '../../platform/persistence/session.js';
import { SealBroken, type SealedText } from '../../platform/sealed-text.js';
import type { Authorization, AuthorizationOutcome } from '../domain/authorization.js';
import type { CalendarChoice, SignInProvider } from '../domain/connection.js';
import { Authorizations, type SignInSecrets } from '../ports.js';

interface AuthorizationRow {
  id: string;
  owner_id: string;
  provider: SignInProvider;
  choice: CalendarChoice;
  verifier: Buffer;
  expires_at: string;
}

export class PostgresAuthorizations extends Authorizations {
  constructor(
    private readonly session: Session,
    private readonly sealedText: SealedText,
  ) {
    super();
  }

  /** Those that expired a day ago are forgotten meanwhile. */
  async begin(
    { id, ownerId, provider, choice, expiresAt }: Authorization,
    { state, verifier }: SignInSecrets,
  ): Promise<void> {
    const sealed = await this.sealedText.seal(verifier, id);
    await this.session.query(
      `delete from calendar_authorizations where expires_at < now() - interval '1 day'`,
    );
    await this.session.query(
      `insert into calendar_authorizations (id, owner_id, provider, choice, state_hash, verifier, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, ownerId, provider, JSON.stringify(choice), hashOf(state), sealed, formatInstant(expiresAt)],
    );
  }

  async use(state: string, at: Instant): Promise<{ authorization: Authorization; verifier: string } | null> {
    const [row] = await this.session.query<AuthorizationRow>(
      `with used as (
         select id, verifier from calendar_authorizations
         where state_hash = $1 and verifier is not null and expires_at > $2 for update)
       update calendar_authorizations a set verifier = null from used where a.id = used.id
       returning a.id, a.owner_id, a.provider, a.choice, used.verifier, a.expires_at`,
      [hashOf(state), formatInstant(at)],
    );
    const verifier = row && (await this.unsealed(row));
    return verifier ? { authorization: authorizationOf(row), verifier } : null;
  }

  async finish(id: string, outcome: AuthorizationOutcome): Promise<void> {
    const { connectionId, fault } = { connectionId: null, fault: null, ...outcome };
    await this.session.query(
      'update calendar_authorizations set connection_id = $2, fault = $3 where id = $1',
      [id, connectionId, fault],
    );
  }

  /** Null if it was sealed under another key: then it cannot be completed any more. */
  private async unsealed({ id, verifier }: AuthorizationRow): Promise<string | null> {
    try {
      return await this.sealedText.open(verifier, id);
    } catch (error) {
      if (error instanceof SealBroken) return null;
      throw error;
    }
  }
}

function hashOf(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}

function authorizationOf(row: AuthorizationRow): Authorization {
  return {
    id: row.id,
    ownerId: row.owner_id,
    provider: row.provider,
    choice: row.choice,
    expiresAt: instantOf(row.expires_at),
  };
}
