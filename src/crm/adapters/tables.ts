import type { Instant } from '@js-joda/core';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../../platform/persistence/instant-column.js';
import type { ContactSource } from '../domain/contact.js';

/** Without `search`, which the database makes of the other columns. */
@Entity('contacts')
export class ContactRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'uuid', name: 'owner_id' })
  ownerId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'text', nullable: true })
  phone!: string | null;

  @Column({ type: 'text', nullable: true })
  company!: string | null;

  @Column({ type: 'text', nullable: true })
  notes!: string | null;

  @Column({ type: 'text' })
  source!: ContactSource;

  @Column({ ...instantColumn, name: 'created_at' })
  createdAt!: Instant;

  @Column({ ...instantColumn, name: 'updated_at' })
  updatedAt!: Instant;
}
