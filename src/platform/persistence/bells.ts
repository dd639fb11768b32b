import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 10;

/**
 * Tells whoever listens on a channel (LISTEN) that there is news. Not in the transactions that make the news: PostgreSQL lets
 * transactions that notify commit only one after another, so that each of them waits for the disk alone. News that come within 10 ms
 * of a ring share the next; a ring that fails is not repeated, for listeners look for themselves now and then.
 */
export class Bells {
  private readonly ringing = new Map<string, 'once' | 'again'>();

  constructor(private readonly send: (statement: string) => Promise<unknown>) {}

  ring(channel: string): void {
    if (this.ringing.has(channel)) {
      this.ringing.set(channel, 'again');
      return;
    }
    this.ringing.set(channel, 'once');
    void Promise.resolve(`notify ${channel}`)
      .then(this.send) // which may throw: the pool may be gone by now
      .catch(() => undefined)
      .then(() => delay(PAUSE_MS, undefined, { ref: false }))
      .then(() => {
        const isNews = this.ringing.get(channel) === 'again';
        this.ringing.delete(channel);
        if (isNews) this.ring(channel);
      });
  }
}
