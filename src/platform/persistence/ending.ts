import type { Writer } from './writes-at-once.js';

/** What is to be written or told as work ends. */
export abstract class Ending {
  /** What is to be written just before the commit, and by which writer. */
  protected readonly left = new Map<Writer<never>, unknown[]>();
  /** The channels that have news once it is committed. */
  readonly news = new Set<string>();

  leave<Item>(writer: Writer<Item>, items: readonly Item[]): void {
    itemsInto(this.left, writer, items);
  }
}

/** Adds to what a writer has to write. */
export function itemsInto<Item>(
  items: Map<Writer<never>, unknown[]>,
  writer: Writer<Item>,
  more: readonly Item[],
): void {
  const known = items.get(writer as Writer<never>);
  if (known) known.push(...more);
  else items.set(writer as Writer<never>, [...more]);
}
