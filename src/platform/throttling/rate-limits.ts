/** What a limit says of one request. Seconds are whole and at least 1 where there is something to wait for. */
export interface Allowance {
  readonly allowed: boolean;
  /** How many the window holds. */
  readonly limit: number;
  /** How many more would be allowed now. */
  readonly remaining: number;
  /** Seconds until the window is empty again if nothing more comes; 0 if it is empty. */
  readonly resetSeconds: number;
  /** Seconds after which one more is sure to be allowed; 0 while it is allowed now. */
  readonly retryAfterSeconds: number;
}

/**
 * Sliding windows of one minute: at most `limit` in *any* minute, exactly, and a refusal is not counted, so waiting is never
 * lengthened by asking. Limits are whole and at least 1; who wants none does not ask. Buckets are independent. Never rejects: where
 * the shared store fails, the process counts by itself.
 */
export abstract class RateLimits {
  /** Whether the store that processes share is reached; null where a process counts by itself and needs none. */
  get status(): 'up' | 'down' | null {
    return null;
  }

  /** Counts one if the window has room, and says how it stands then. One atomic step however many processes share it. */
  abstract hit(bucket: string, limit: number): Promise<Allowance>;

  /** How the window stands, without counting. With `pass`: allowed also while spent, if that pass was stamped and still holds. */
  abstract peek(bucket: string, limit: number, pass?: string): Promise<Allowance>;

  /** Takes back the latest hit, for a request that turned out not to count. */
  abstract refund(bucket: string): Promise<void>;

  /** Stamps a pass, good for `seconds` from now. */
  abstract stamp(pass: string, seconds: number): Promise<void>;

  /** Lets go of connections and timers. */
  abstract close(): Promise<void>;
}
