import { Client } from 'undici';

/** How many connections to one origin may wait for the next request: as many as a few busy endpoints there use at a time. */
const MOST_IDLE = 32;
/** And to all of them together. */
const MOST_IDLE_IN_ALL = 256;

/**
 * A connection for each request, so that none waits for another, and a few that are kept for a while for the next to the same
 * origin. A pool of undici would open a new connection in place of each that a time limit ended, and would not notice a time limit
 * before there is a connection.
 */
export class Clients {
  private readonly idle = new Map<string, Set<Client>>();
  private idleInAll = 0;
  private closed = false;

  constructor(private readonly options: Client.Options) {}

  /** One that nobody else uses, until it is put back. */
  take(origin: string): Client {
    const waiting = this.idle.get(origin)?.values().next().value;
    if (waiting) this.forget(origin, waiting);
    return waiting ?? this.open(origin);
  }

  /** Keeps it if there is room and it can be of use again, as told and as it says itself; else ends it. */
  putBack(origin: string, client: Client, reusable: boolean): void {
    const waiting = this.idle.get(origin) ?? new Set();
    const isRoom = waiting.size < MOST_IDLE && this.idleInAll < MOST_IDLE_IN_ALL;
    if (!reusable || this.closed || !isRoom || !client.stats.connected) return end(client);
    this.idle.set(origin, waiting.add(client));
    this.idleInAll += 1;
  }

  /** Ends those that wait; those in use end when they are put back. */
  close(): void {
    this.closed = true;
    for (const waiting of this.idle.values()) waiting.forEach(end);
    this.idle.clear();
    this.idleInAll = 0;
  }

  private open(origin: string): Client {
    const client = new Client(origin, this.options);
    client.on('disconnect', () => {
      if (this.forget(origin, client)) end(client);
    });
    return client;
  }

  /** Whether it was among those that wait. */
  private forget(origin: string, client: Client): boolean {
    const waiting = this.idle.get(origin);
    if (!waiting?.delete(client)) return false;
    this.idleInAll -= 1;
    if (waiting.size === 0) this.idle.delete(origin);
    return true;
  }
}

function end(client: Client): void {
  void client.destroy();
}
