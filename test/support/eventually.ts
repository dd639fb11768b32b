import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something is so, looking every few milliseconds; throws with its last word if that takes more than `withinMs`. */
export async function eventually<T>(look: () => T | Promise<T>, withinMs = 10_000): Promise<Found<T>> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const seen = await Promise.resolve(look()).catch((error: unknown) => error);
    if (seen && !(seen instanceof Error)) return seen as Found<T>;
    if (performance.now() > giveUpAt)
      throw seen instanceof Error ? seen : new Error(`Not so within ${withinMs} ms: ${look}`);
    await delay(10);
  }
}

/** What is left of what may be found once it is something. */
type Found<T> = Exclude<T, false | null | undefined>;
