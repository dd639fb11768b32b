import { Instant } from '@js-joda/core';
import type { Clock } from '../../kernel/clock.js';
import { normalizeEmail } from '../../kernel/email-address.js';
import { isId } from '../../kernel/ids.js';
import type { Sql } from '../../platform/persistence/sql.js';
import { effectivePlan, type Plan } from '../domain/plan.js';

export interface MeView {
  id: string;
  email: string;
  name: string;
  username: string;
  /** What is paid for. */
  plan: Plan;
  /** What holds now. */
  effectivePlan: Plan;
  timezone: string;
}

export interface UserView extends MeView {
  planExpiresAt: string | null;
  /** How many minutes before their meetings people are reminded. */
  reminderMinutes: number[];
  createdAt: string;
  updatedAt: string;
}

export interface KeyView {
  id: string;
  name: string;
  prefix: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

/** Users and their keys as the API and the command line show them, straight from SQL. */
export class UserReads {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  /** The user of that id; null if there is none. */
  async me(ownerId: string): Promise<MeView | null> {
    if (!isId(ownerId)) return null;
    const [row] = await this.sql.prepared<MeRow>('me', `select ${ME} from users where id = $1`, [ownerId]);
    return row ? this.meOf(row) : null;
  }

  /** All users, in the order in which they came. */
  async list(): Promise<UserView[]> {
    const rows = await this.sql.query<UserViewRow>(`${SELECT_USERS} order by created_at, id`);
    return rows.map((row) => this.userOf(row));
  }

  /** The user with that e-mail address, in any letter case; null if there is none. */
  async byEmail(email: string): Promise<UserView | null> {
    const [row] = await this.sql.query<UserViewRow>(`${SELECT_USERS} where email = $1`, [
      normalizeEmail(email),
    ]);
    return row ? this.userOf(row) : null;
  }

  /** All of a user's keys, revoked and expired ones too, in the order in which they were issued. */
  async keys(ownerId: string): Promise<KeyView[]> {
    if (!isId(ownerId)) return [];
    return this.sql.query<KeyView>(`${SELECT_KEYS} where owner_id = $1 order by created_at, id`, [ownerId]);
  }

  /** The key of that id, whoever owns it; null if there is none. */
  async key(id: string): Promise<KeyView | null> {
    if (!isId(id)) return null;
    const [key] = await this.sql.query<KeyView>(`${SELECT_KEYS} where id = $1`, [id]);
    return key ?? null;
  }

  private userOf(row: UserViewRow): UserView {
    return {
      ...this.meOf(row),
      planExpiresAt: row.plan_expires_at,
      reminderMinutes: row.reminder_minutes,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }

  private meOf({ id, email, name, username, plan, plan_expires_at, timezone }: MeRow): MeView {
    const planExpiresAt = plan_expires_at === null ? null : Instant.parse(plan_expires_at);
    const planNow = effectivePlan(plan, planExpiresAt, this.clock.now());
    return { id, email, name, username, plan, effectivePlan: planNow, timezone };
  }
}

const ME = 'id, email, name, username, plan, plan_expires_at, timezone';

const SELECT_USERS = `select ${ME}, reminder_minutes, created_at, updated_at from users`;

const SELECT_KEYS = `
  select id, name, prefix, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt",
         last_used_at as "lastUsedAt"
  from api_keys`;

interface MeRow {
  id: string;
  email: string;
  name: string;
  username: string;
  plan: Plan;
  plan_expires_at: string | null;
  timezone: string;
}

interface UserViewRow extends MeRow {
  reminder_minutes: number[];
  created_at: string;
  updated_at: string;
}
