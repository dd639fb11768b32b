import type { CalendarAccount, Credentials } from '../../src/calendars/ports.js';
import { heldAccount } from '../../src/calendars/use-cases/held-account.js';

/** An account that keeps its credentials in memory; `kept` tells what they are now. */
export function accountOf(credentials: Credentials): CalendarAccount & { kept(): Credentials } {
  const account = heldAccount('connection', credentials);
  return { ...account, kept: account.current };
}
