import { OWN_UID_END } from '../../kernel/booking-uid.js';
import type { Interval } from '../../kernel/interval.js';
import type { ChangePage } from './remote-event.js';

/** What a page of changes comes to for whoever keeps busy times. */
export interface BusyNews {
  /** Each id once. */
  readonly kept: readonly KeptEvent[];
  readonly forgotten: readonly string[];
}

export interface KeptEvent {
  readonly id: string;
  readonly uid: string | null;
  readonly etag: string | null;
  readonly busy: readonly Interval[];
}

/**
 * Kept are events that block time, and our own: these block none, for the booking itself does that. All others are as good as gone. If
 * a page tells of an event twice, the last word counts.
 */
export function busyNews({ changed, removed }: ChangePage): BusyNews {
  const kept = new Map<string, KeptEvent>();
  const forgotten = new Set(removed);
  for (const { id, uid, etag, busy } of changed) {
    const isOwn = uid !== null && uid.toLowerCase().endsWith(OWN_UID_END);
    kept.delete(id);
    if (isOwn || busy.length > 0) kept.set(id, { id, uid, etag, busy: isOwn ? [] : busy });
    if (kept.has(id)) forgotten.delete(id);
    else forgotten.add(id);
  }
  return { kept: [...kept.values()], forgotten: [...forgotten] };
}
