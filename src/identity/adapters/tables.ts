import type { Instant } from '@js-joda/core';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../../platform/persistence/instant-column.js';
import type { Plan } from '../domain/plan.js';

@Entity('users')
export class UserRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  username!: string;

  @Column({ type: 'text' })
  timezone!: string;

  @Column({ type: 'text' })
  plan!: Plan;

  @Column({ ...instantColumn, name: 'plan_expires_at', nullable: true })
  planExpiresAt!: Instant | null;

  @Column({ type: 'int', name: 'reminder_minutes', array: true })
  reminderMinutes!: readonly number[];

  @Column({ type: 'text', name: 'password_hash', nullable: true })
  passwordHash!: string | null;

  @Column({ ...instantColumn, name: 'created_at' })
  createdAt!: Instant;

  @Column({ ...instantColumn, name: 'updated_at' })
  updatedAt!: Instant;
}

/** Without `last_used_at`, which is noted in passing and no part of the key's life. */
@Entity('api_keys')
export class ApiKeyRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'uuid', name: 'owner_id' })
  ownerId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  prefix!: string;

  @Column({ type: 'bytea' })
  hash!: Buffer;

  @Column({ ...instantColumn, name: 'created_at' })
  createdAt!: Instant;

  @Column({ ...instantColumn, name: 'expires_at', nullable: true })
  expiresAt!: Instant | null;

  @Column({ ...instantColumn, name: 'revoked_at', nullable: true })
  revokedAt!: Instant | null;
}
