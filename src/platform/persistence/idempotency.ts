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
      const stored = (await this.find(request)) ?? (await this.enter(request));
      if (stored) return { body: JSON.parse(stored), replayed: true };
      const body = await work();
      await this.keep(request, body);
      return { body, replayed: false };
    });
  }

  /** Makes this the only request at work under its key; the answer of a twin that finished just before. */
  private async enter(request: IdempotentRequest): Promise<string | null> {
    const [lock] = await this.session.query<{ entered: boolean }>(
      'select pg_try_advisory_xact_lock(hashtextextended($1, 1)) as entered',
      [`${request.scope}\n${request.key}`],
    );
    if (!lock?.entered) throw new IdempotentRequestRunning();
    return this.find(request);
  }

  private async find({ scope, key, fingerprint }: IdempotentRequest): Promise<string | null> {
    const [row] = await this.session.query<{ fingerprint: Buffer; body: string }>(
      `select fingerprint, body from idempotency_keys
       where scope = $1 and key = $2 and created_at > $3::timestamptz - interval '24 hours'`,
      [scope, key, formatInstant(this.clock.now())],
    );
    if (!row) return null;
    if (!row.fingerprint.equals(fingerprint)) throw new IdempotencyKeyReused();
    return row.body;
  }

  private async keep({ scope, key, fingerprint }: IdempotentRequest, body: unknown): Promise<void> {
    await this.session.query(
      `insert into idempotency_keys (scope, key, fingerprint, body, created_at) values ($1, $2, $3, $4, $5)
       on conflict (scope, key) do update
       set fingerprint = excluded.fingerprint, body = excluded.body, created_at = excluded.created_at`,
      [scope, key, fingerprint, JSON.stringify(body), formatInstant(this.clock.now())],
    );
  }
}
