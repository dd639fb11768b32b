import type { CalendarAccount, Credentials } from '../ports.js';

/** An account that is not kept, or no longer: what its provider renews is known to nobody but this. */
export function heldAccount(
  connectionId: string,
  given: Credentials,
): CalendarAccount & { current(): Credentials } {
  let credentials = given;
  return {
    connectionId,
    credentials: given,
    renewed: async (fresh) => void (credentials = fresh),
    reread: async () => credentials,
    current: () => credentials,
  };
}
