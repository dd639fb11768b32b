import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

type Behaviour = 'pass' | 'reset' | 'black hole';

/**
 * Stands before a server on this machine and does to its clients what networks do. Every fault meets the connections there are and
 * those that come, until another is asked for.
 */
export class TcpProxy {
  private server: Server = createServer();
  private behaviour: Behaviour = 'pass';
  private delayMs = 0;
  /** Sees what passes on which connection before it does; returns false for what is to be lost. */
  tap: (from: 'client' | 'server', chunk: Buffer, connection: Socket) => boolean = () => true;
  private readonly clients = new Set<Socket>();

  private constructor(
    private readonly targetPort: number,
    /** Where clients connect; it stays the same for the proxy's life. */
    public port = 0,
  ) {}

  /** A proxy that passes everything on to a port of this machine. */
  static async before(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await proxy.listen();
    return proxy;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.clients.size;
  }

  /** Nothing wrong (any more). A connection that was once in a black hole stays there: what it lost is lost. */
  async pass(): Promise<void> {
    this.behaviour = 'pass';
    this.delayMs = 0;
    if (!this.server.listening) await this.listen();
  }

  /** Answers arrive `ms` later. */
  async delay(ms: number): Promise<void> {
    await this.pass();
    this.delayMs = ms;
  }

  /** Nobody listens: connections are refused, and those there were end. */
  async refuse(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  /** Connections are accepted and then reset. */
  async reset(): Promise<void> {
    await this.pass();
    this.behaviour = 'reset';
    for (const client of this.clients) client.resetAndDestroy();
  }

  /** Connections are accepted and stay open, and nothing is ever heard on them again. */
  async blackHole(): Promise<void> {
    await this.pass();
    this.behaviour = 'black hole';
    for (const client of this.clients) client.emit('swallowed');
  }

  /** Ends the connections there are, once. */
  cut(): void {
    for (const client of this.clients) client.destroy();
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.refuse();
  }

  private async listen(): Promise<void> {
    this.server = createServer((client) => this.accept(client)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  private accept(client: Socket): void {
    this.clients.add(client);
    client.on('close', () => this.clients.delete(client));
    client.on('error', () => client.destroy());
    if (this.behaviour === 'reset') client.resetAndDestroy();
    else if (this.behaviour === 'black hole') client.resume();
    else this.join(client, connect(this.targetPort, '127.0.0.1'));
  }

  private join(client: Socket, target: Socket): void {
    for (const end of [client, target]) end.setNoDelay(); // as those who speak through it do
    let swallowed = false;
    let line = Promise.resolve();
    const later = (work: () => void) => {
      const arrival = performance.now() + this.delayMs;
      line = line.then(() => until(arrival)).then(work);
    };

    client.on('data', (chunk) => swallowed || (this.tap('client', chunk, client) && target.write(chunk)));
    target.on('data', (chunk) =>
      later(() => swallowed || (this.tap('server', chunk, client) && client.write(chunk))),
    );
    target.on('close', () => later(() => swallowed || client.destroy()));
    target.on('error', () => target.destroy());
    client.on('close', () => target.destroy());
    client.on('swallowed', () => {
      swallowed = true;
      target.destroy();
    });
  }
}

async function until(arrival: number): Promise<void> {
  const left = arrival - performance.now();
  if (left > 0) await delay(left);
}
