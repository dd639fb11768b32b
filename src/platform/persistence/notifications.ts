import pg from 'pg';
import { within } from '../within.js';

const RECONNECT_MS = 1_000;
const HEARTBEAT_MS = 10_000;
const ANSWERED_WITHIN_MS = 5_000;

/**
 * What the database tells (LISTEN and NOTIFY) on a connection of its own. While that connection is down nothing is heard, so
 * listeners are told of that too: whoever relies on being told must then ask for himself.
 */
export class DatabaseNotifications {
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private heartbeat: NodeJS.Timeout | null = null;
  private stopped = false;
  private readonly listeners = new Map<string, () => void>();
  private readonly watchers: ((listening: boolean) => void)[] = [];

  constructor(
    private readonly url: string,
    /** How often the connection is asked for a sign of life: one that has gone silent would else never be missed. */
    private readonly heartbeatMs = HEARTBEAT_MS,
  ) {}

  /** Calls back on every notification of the channel, and after each reconnection, as some may have been missed. */
  on(channel: string, listener: () => void): void {
    this.listeners.set(channel, listener);
  }

  /** Calls back whenever listening begins or ends. */
  watch(watcher: (listening: boolean) => void): void {
    this.watchers.push(watcher);
  }

  async start(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'linktime-notifications',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ channel }) => this.listeners.get(channel)?.());
    this.client = client;
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`listen ${channel}`);
    } catch {
      this.lost(client);
      return;
    }
    this.heartbeat = setInterval(() => {
      within(ANSWERED_WITHIN_MS, client.query('select 1')).catch(() => this.lost(client));
    }, this.heartbeatMs);
    for (const watcher of this.watchers) watcher(true);
    for (const listener of this.listeners.values()) listener();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    if (this.heartbeat) clearInterval(this.heartbeat);
    const client = this.client;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private lost(client: pg.Client): void {
    if (this.client !== client || this.stopped) return;
    this.client = null;
    if (this.heartbeat) clearInterval(this.heartbeat);
    for (const watcher of this.watchers) watcher(false);
    client.end().catch(() => undefined);
    this.timer = setTimeout(() => void this.start(), RECONNECT_MS);
  }
}
