/** For all requests of one sync together, in milliseconds. */
export const SYNC_MS = 20 * 60_000;

/** For all requests of any other call to a provider together, in milliseconds. */
export const CALL_MS = 2 * 60_000;
