import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedHook {
  readonly endpoint: string;
  readonly id: string;
  readonly body: string;
  /** When it was signed as sent, in milliseconds of the epoch. */
  readonly signedAt: number;
  /** When it came, in milliseconds of the epoch. */
  readonly at: number;
}

/** A server that receives webhooks at `/good...`, and at `/bad...` answers 500, and remembers what it said yes to. */
export class HookDrop {
  readonly accepted: ReceivedHook[] = [];
  /** Called before a webhook is answered (`taking`) and right after (`taken`). */
  onHook: (moment: 'taking' | 'taken') => void = () => undefined;

  private readonly server = createServer((request, response) => void this.receive(request, response));

  static async open(): Promise<HookDrop> {
    const drop = new HookDrop();
    await new Promise<void>((resolve) => drop.server.listen(0, '127.0.0.1', resolve));
    return drop;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk as string;
      const endpoint = request.url!;
      if (endpoint.startsWith('/bad')) {
        response.writeHead(500).end('not today');
        return;
      }
      this.onHook('taking');
      const id = String(request.headers['webhook-id']);
      const signedAt = Number(request.headers['webhook-timestamp']) * 1_000;
      this.accepted.push({ endpoint, id, body, signedAt, at: Date.now() });
      response.writeHead(204).end(() => this.onHook('taken'));
    } catch {
      response.destroy(); // whoever sent it was killed
    }
  }
}
