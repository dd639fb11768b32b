import type { CalendarAccount, Credentials } from '../../src/calendars/ports.js';

/** An account that keeps its credentials in memory; `kept` tells what they are now. */
export function accountOf(credentials: Credentials): CalendarAccount & { kept(): Credentials } {
  let kept = credentials;
  return {
    connectionId: 'connection',
    credentials,
    renewed: async (fresh) => void (kept = fresh),
    reread: async () => kept,
    kept: () => kept,
  };
}
