import type { Socket } from 'node:net';
import { eventually } from '../support/eventually.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import type { World } from './world.js';

export type Victim = 'api' | 'worker';

/** What PostgreSQL says to the end of a transaction, of one that ends with what is stored in it, and of a statement that changed something. */
const COMMITTED = /COMMIT/;
const STORED = /INSERT 0 [1-9]/;
const CHANGED = /UPDATE [1-9]/;

/** Kills a process of the world at a moment that is seen from outside: in what it says to servers, or in what they answer. */
export class Crash {
  /** How many processes were killed. */
  count = 0;
  private armedFor: { readonly victim: Victim; readonly onKilled: () => void } | null = null;

  private constructor(
    private readonly world: World,
    private readonly taps: Readonly<Record<Victim, TcpProxy>>,
  ) {}

  static async in(world: World): Promise<Crash> {
    const { port } = world.postgres;
    const [api, worker] = await Promise.all([TcpProxy.before(port), TcpProxy.before(port)]);
    return new Crash(world, { api, worker });
  }

  /** Sees to it that there is an API process and a worker, each of which reaches PostgreSQL through its own tap. */
  async keepUp(): Promise<void> {
    this.disarm();
    const through = (tap: TcpProxy) => ({
      DATABASE_URL: this.world.postgres.url.replace(`:${this.world.postgres.port}/`, `:${tap.port}/`),
    });
    if (this.world.apis.length === 0) await this.world.startApi(through(this.taps.api));
    if (this.world.workers.length === 0) await this.world.startWorker(through(this.taps.worker));
  }

  /** Resolves when the victim was killed at the moment that is now armed; throws if that moment does not come. */
  async of(victim: Victim, withinMs = 25_000): Promise<void> {
    let isDead = false;
    this.armedFor = { victim, onKilled: () => (isDead = true) };
    await eventually(() => isDead, withinMs).finally(() => this.disarm());
  }

  /** As the process says this to PostgreSQL, which does not hear it any more. */
  before(who: Victim, said: RegExp): void {
    this.taps[who].tap = (from, chunk) =>
      !(from === 'client' && said.test(chunk.toString('latin1')) && this.kill());
  }

  /** As PostgreSQL has changed what was said, of which the process does not hear any more. */
  afterChange(who: Victim, said: RegExp): void {
    this.after(who, said, CHANGED);
  }

  /** As PostgreSQL has committed the transaction in which this was said, of which the process does not hear any more. */
  afterCommit(who: Victim, said: RegExp): void {
    this.after(who, said, COMMITTED);
  }

  /** The same of a transaction that ends without saying so, with the last of its statements. */
  afterStored(who: Victim, said: RegExp): void {
    this.after(who, said, STORED);
  }

  /** As Redis answers what the worker rings for. */
  redis(said: RegExp): void {
    let rung: Socket | null = null;
    this.world.toRedis.tap = (from, chunk, connection) => {
      if (from === 'client' && said.test(chunk.toString('latin1'))) rung = connection;
      return !(from === 'server' && rung === connection && this.kill());
    };
  }

  /** As a receiver is about to answer a webhook, or has just answered. */
  hook(moment: 'taking' | 'taken'): void {
    this.world.hooks.onHook = (now) => void (now === moment && this.kill());
  }

  /** As a mail server is about to accept a mail, or has just said so. */
  mail(moment: 'taking' | 'taken'): void {
    this.world.mails.onMail = (now) => void (now === moment && this.kill());
  }

  async close(): Promise<void> {
    await Promise.all([this.taps.api.close(), this.taps.worker.close()]);
  }

  private after(who: Victim, said: RegExp, answered: RegExp): void {
    const speakers = new Set<Socket>();
    this.taps[who].tap = (from, chunk, connection) => {
      const text = chunk.toString('latin1');
      if (from === 'client' && said.test(text)) speakers.add(connection);
      return !(from === 'server' && speakers.has(connection) && answered.test(text) && this.kill());
    };
  }

  private disarm(): void {
    this.armedFor = null;
    this.taps.api.tap = this.taps.worker.tap = this.world.toRedis.tap = () => true;
    this.world.hooks.onHook = () => undefined;
    this.world.mails.onMail = () => undefined;
  }

  /** True if this was the moment. Nothing that comes later reaches the process or leaves it. */
  private kill(): boolean {
    if (!this.armedFor) return false;
    const { victim, onKilled } = this.armedFor;
    const dead = this.world.forget(victim);
    if (!dead) return false;
    this.armedFor = null;
    this.count += 1;
    void dead.kill('SIGKILL').then(onKilled);
    return true;
  }
}
