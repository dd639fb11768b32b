/** What was asked for was not there in time. It may still happen. */
export class TookTooLong extends Error {
  constructor(ms: number) {
    super(`No answer within ${ms} ms`);
  }
}

/** What the work comes to; rejects with `TookTooLong` if that takes more than `ms`. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // A process that was itself too busy to look has answers waiting on its sockets. They are read before setImmediate runs.
    const timer = setTimeout(() => setImmediate(() => reject(new TookTooLong(ms))), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What the work comes to; rejects with the signal's reason as soon as it is given, and begins no work after that. */
export async function unless<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
  });
  signal.addEventListener('abort', stop);
  return Promise.race([work(), stopped]).finally(() => signal.removeEventListener('abort', stop));
}
