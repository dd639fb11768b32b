import type { Clock } from '../../kernel/clock.js';
import { Conflict } from '../../kernel/domain-error.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { Session } from './session.js';

export class IdempotencyKeyReused extends Conflict {
  constructor() {
    super('This Idempotency-Key was already used with a different request');
  }
}

export class IdempotentRequestRunning extends Conflict {
  constructor() {
    super('A request with this Idempotency-Key is still in progress');
  }
}

export interface IdempotentRequest {
  /** Whose keys these are: an owner's id, or the public surface. */
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of what was asked: method, path and body. */
  readonly fingerprint: Buffer;
}

/**
 * Requests that may be sent twice and act once. The answer is stored in the transaction of the work itself: after a crash
 * either both are there or neither, and a failed answer keeps no key.
 */
export class Idempotency {
  constructor(
    private readonly session: Session,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Does the work, or returns the answer stored for the same request within the last 24 hours. Throws `IdempotencyKeyReused` for
   * another request under the same key, `IdempotentRequestRunning` while its twin is still at work.
   */
  async run(
    request: IdempotentRequest,
    work: () => Promise<unknown>,
  ): Promise<{ body: unknown; replayed: boolean }> {
    return this.unitOfWork.run(async () => {
      const [isAlone, stored] = await Promise.all([this.enter(request), this.find(request)]);
      if (stored !== null) return { body: JSON.parse(stored), replayed: true };
      if (!isAlone) throw new IdempotentRequestRunning();
      const body = await work();
      this.keep(request, body);
      return { body, replayed: false };
    });
  }

  /** Whether this is the only request at work under its key; what a twin has answered until now, a statement sent after it sees. */
  private async enter({ scope, key }: IdempotentRequest): Promise<boolean> {
    const [lock] = await this.session.prepared<{ entered: boolean }>(
      'enter under idempotency key',
      'select pg_try_advisory_xact_lock(hashtextextended($1, 1)) as entered',
      [`${scope}\n${key}`],
    );
    return lock!.entered;
  }

  private async find({ scope, key, fingerprint }: IdempotentRequest): Promise<string | null> {
    const [row] = await this.session.prepared<{ fingerprint: Buffer; body: string }>(
      'answer under idempotency key',
      `select fingerprint, body from idempotency_keys
       where scope = $1 and key = $2 and created_at > $3::timestamptz - interval '24 hours'`,
      [scope, key, formatInstant(this.clock.now())],
    );
    if (!row) return null;
    if (!row.fingerprint.equals(fingerprint)) throw new IdempotencyKeyReused();
    return row.body;
  }

  private keep({ scope, key, fingerprint }: IdempotentRequest, body: unknown): void {
    this.session.write(
      'keep answer under idempotency key',
      `insert into idempotency_keys (scope, key, fingerprint, body, created_at) values ($1, $2, $3, $4, $5)
       on conflict (scope, key) do update
       set fingerprint = excluded.fingerprint, body = excluded.body, created_at = excluded.created_at`,
      [scope, key, fingerprint, JSON.stringify(body), formatInstant(this.clock.now())],
    );
  }
}
