import { Instant } from '@js-joda/core';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import type { Plan } from '../domain/plan.js';
import { IssuedKeys, type IssuedKey } from '../ports.js';

const MINUTE_MS = 60_000;

/** Issued keys in PostgreSQL, one round trip a look-up. */
export class PostgresIssuedKeys extends IssuedKeys {
  private readonly notedLately = new LRUCache<string, true>({ max: 10_000, ttl: MINUTE_MS });

  constructor(
    private readonly dataSource: Pick<DataSource, 'query'>,
    private readonly onError: (error: unknown) => void,
  ) {
    super();
  }

  async find(hash: Buffer): Promise<IssuedKey | null> {
    const [row] = await this.dataSource.query<IssuedKeyRow[]>(
      `select k.id, k.owner_id, k.expires_at, k.revoked_at, u.plan, u.plan_expires_at
       from api_keys k join users u on u.id = k.owner_id where k.hash = $1`,
      [hash],
    );
    return row ? issuedKeyOf(row) : null;
  }

  noteUse(keyId: string): void {
    if (this.notedLately.has(keyId)) return;
    this.notedLately.set(keyId, true);
    // Other processes note uses too.
    this.dataSource
      .query(
        `update api_keys set last_used_at = now()
         where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
        [keyId],
      )
      .catch(this.onError);
  }
}

interface IssuedKeyRow {
  id: string;
  owner_id: string;
  expires_at: string | null;
  revoked_at: string | null;
  plan: Plan;
  plan_expires_at: string | null;
}

function issuedKeyOf(row: IssuedKeyRow): IssuedKey {
  return {
    keyId: row.id,
    ownerId: row.owner_id,
    expiresAt: instantOf(row.expires_at),
    revokedAt: instantOf(row.revoked_at),
    plan: row.plan,
    planExpiresAt: instantOf(row.plan_expires_at),
  };
}

function instantOf(text: string | null): Instant | null {
  return text === null ? null : Instant.parse(text);
}
