import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidData } from '../../kernel/domain-error.js';
import type { Idempotency } from '../persistence/idempotency.js';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** Answers to requests that may bear an `Idempotency-Key`: with one, the same request acts once and is answered alike. */
export class IdempotentAnswers {
  constructor(private readonly idempotency: Idempotency) {}

  /**
   * The body of the answer: of the work done now, or of the same request before. `scope` says whose keys these are. Throws
   * `InvalidData` for a key that is none.
   */
  async once<Body>(
    scope: string,
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => Promise<Body>,
  ): Promise<Body> {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return work();
    if (typeof key !== 'string' || !PRINTABLE.test(key)) {
      throw new InvalidData({ 'Idempotency-Key': 'Idempotency-Key must be 1 to 255 printable characters' });
    }
    const answer = await this.idempotency.run({ scope, key, fingerprint: fingerprintOf(request) }, work);
    if (answer.replayed) {
      reply.header('Idempotency-Replayed', 'true');
      await request.refundLimit?.();
    }
    return answer.body as Body;
  }
}

/** SHA-256 of what was asked. Two bodies that say the same are the same, in whatever order their fields come. */
function fingerprintOf(request: FastifyRequest): Buffer {
  const path = request.url.split('?', 1)[0];
  return createHash('sha256')
    .update(`${request.method} ${path}\n${canonical(request.body)}`)
    .digest();
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
