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
