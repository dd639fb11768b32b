import { Instant } from '@js-joda/core';
import type { ColumnOptions } from 'typeorm';

/** How a row class declares a `timestamptz` column: its property is an `Instant`, or null where the column may be. */
export const instantColumn = {
  type: 'timestamptz',
  transformer: {
    from: (date: Date | null) => date && Instant.ofEpochMilli(date.getTime()),
    to: (instant: Instant | null) => instant && new Date(instant.toEpochMilli()),
  },
} satisfies ColumnOptions;
