import { createHash } from 'node:crypto';
import type { Instant } from '@js-joda/core';
import type { Authorization, AuthorizationOutcome } from '../../src/calendars/domain/authorization.js';
import { AuthorizationDenied } from '../../src/calendars/domain/errors.js';
import {
  Authorizations,
  PushDoor,
  SignIn,
  Watches,
  type Credentials,
  type DueWatch,
  type OpenedAccount,
  type SignInSecrets,
  type Watch,
} from '../../src/calendars/ports.js';
import type { InMemoryConnections } from './in-memory-calendars.js';
import type { Restorable } from './in-memory-unit-of-work.js';

/** A provider who gives whoever comes back with the right secrets a new token for his account. */
export class InMemorySignIn extends SignIn {
  account = 'ann@example.com';
  /** What every question is answered with instead. */
  fault: Error | null = null;
  /** What was given back. */
  readonly revoked: Credentials[] = [];
  private given = 0;

  async address(_provider: string, { state, verifier }: SignInSecrets): Promise<string> {
    if (this.fault) throw this.fault;
    return `https://sign-in.example.com/?state=${state}&challenge=${hashOf(verifier)}`;
  }

  /** With which the owner comes back from that address, who allows what is asked. */
  static answerTo(address: string): { state: string; query: string } {
    const { searchParams } = new URL(address);
    const state = searchParams.get('state')!;
    const code = searchParams.get('challenge')!;
    return { state, query: new URLSearchParams({ state, code }).toString() };
  }

  async complete(
    _provider: string,
    query: string,
    { state, verifier }: SignInSecrets,
  ): Promise<OpenedAccount> {
    if (this.fault) throw this.fault;
    const answer = new URLSearchParams(query);
    if (answer.has('error')) throw new AuthorizationDenied();
    if (answer.get('state') !== state || answer.get('code') !== hashOf(verifier))
      throw new Error('It was another who began this');
    this.given += 1;
    return { account: this.account, credentials: { password: `token ${this.given}` } };
  }

  async revoke(_provider: string, credentials: Credentials): Promise<void> {
    if (this.fault) throw this.fault;
    this.revoked.push(credentials);
  }
}

interface KeptAuthorization {
  readonly authorization: Authorization;
  readonly secrets: SignInSecrets;
  readonly isUsed: boolean;
  readonly outcome: AuthorizationOutcome | null;
}

export class InMemoryAuthorizations extends Authorizations implements Restorable {
  private kept: readonly KeptAuthorization[] = [];

  /** What became of one; null if nothing has yet. */
  outcomeOf(id: string): AuthorizationOutcome | null {
    return this.kept.find(({ authorization }) => authorization.id === id)?.outcome ?? null;
  }

  async begin(authorization: Authorization, secrets: SignInSecrets): Promise<void> {
    this.kept = [...this.kept, { authorization, secrets, isUsed: false, outcome: null }];
  }

  async use(state: string, at: Instant): Promise<{ authorization: Authorization; verifier: string } | null> {
    const found = this.kept.find(({ secrets }) => secrets.state === state);
    if (!found || found.isUsed || !found.authorization.expiresAt.isAfter(at)) return null;
    this.kept = this.kept.map((each) => (each === found ? { ...each, isUsed: true } : each));
    return { authorization: found.authorization, verifier: found.secrets.verifier };
  }

  async finish(id: string, outcome: AuthorizationOutcome): Promise<void> {
    this.kept = this.kept.map((each) => (each.authorization.id === id ? { ...each, outcome } : each));
  }

  snapshot(): () => void {
    const { kept } = this;
    return () => void (this.kept = kept);
  }
}

export class InMemoryWatches extends Watches {
  private readonly kept = new Map<string, { watch: Watch | null; dueAt: Instant }>();

  constructor(private readonly connections: InMemoryConnections) {
    super();
  }

  async due(connectionId: string, at: Instant): Promise<DueWatch[]> {
    const state = this.connections.stateOf(connectionId);
    if (!state?.syncedAt || state.failures > 0) return [];
    return state.calendars
      .filter(({ id, isRead }) => isRead && !this.kept.get(id)?.dueAt.isAfter(at))
      .map(({ id: calendarId, remoteId }) => ({
        ...{ provider: state.provider, calendarId, remoteId },
        former: this.kept.get(calendarId)?.watch ?? null,
      }));
  }

  async keep(calendarId: string, watch: Watch | null, dueAt: Instant): Promise<boolean> {
    if (!this.connections.all.some(({ calendars }) => calendars.some(({ id }) => id === calendarId)))
      return false;
    this.kept.set(calendarId, { watch, dueAt });
    return true;
  }

  async of(connectionId: string): Promise<Watch[]> {
    const calendars = this.connections.stateOf(connectionId)?.calendars ?? [];
    return calendars.map(({ id }) => this.kept.get(id)?.watch ?? null).filter((watch) => watch !== null);
  }
}

/** At example.com. The secret of each connection tells its name. */
export class OpenPushDoor extends PushDoor {
  isReachable = true;

  addressOf(connectionId: string): string | null {
    return this.isReachable ? `https://example.com/push/${connectionId}` : null;
  }

  async secretOf(connectionId: string): Promise<string> {
    return `secret of ${connectionId}`;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
