import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Certificate } from './certificates.js';

/** A request that arrived whole. */
export interface ReceivedRequest {
  method: string;
  path: string;
  /** By lower-case name. */
  headers: IncomingMessage['headers'];
  body: string;
}

/** What a receiver does about a request. */
export type Behaviour = (response: ServerResponse, request: ReceivedRequest) => void;

export interface ReceiverOptions {
  /** Speaks TLS with it. */
  certificate?: Certificate;
  /** What is done with a connection in place of reading it. */
  onConnection?: (socket: Socket) => void;
  /** Address to listen on. */
  host?: string;
}

/** A server on this machine that takes requests, remembers them and behaves as well or as badly as it is told. */
export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  /** How many connections were made to it so far. */
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly scheme: 'http' | 'https',
    private behaviour: Behaviour,
    onConnection?: (socket: Socket) => void,
  ) {
    if (onConnection) server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      onConnection?.(socket);
    });
    server.on('tlsClientError', () => undefined);
    server.on('request', (request, response) => {
      this.take(request, response).catch(() => response.destroy()); // it broke off
    });
  }

  static async open(behaviour: Behaviour, options: ReceiverOptions = {}): Promise<Receiver> {
    const { certificate, onConnection, host = '127.0.0.1' } = options;
    const server = certificate ? createTlsServer(certificate) : createServer();
    const receiver = new Receiver(server, certificate ? 'https' : 'http', behaviour, onConnection);
    server.listen(0, host);
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}/hook`;
  }

  /** How many bytes went out so far, over all connections. */
  get bytesSent(): number {
    return [...this.sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0);
  }

  /** How many connections are open. */
  get openConnections(): number {
    return [...this.sockets].filter((socket) => !socket.destroyed).length;
  }

  /** From the next request on. */
  behave(behaviour: Behaviour): void {
    this.behaviour = behaviour;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const received = { method, path, headers, body: Buffer.concat(chunks).toString() };
    this.requests.push(received);
    this.behaviour(response, received);
  }
}

/** Answers at once, in good order. */
export function answers(status: number, body = '', headers: Record<string, string> = {}): Behaviour {
  return (response) => response.writeHead(status, headers).end(body);
}

/** The first behaviour for the first request, and so on; the last for all that follow. */
export function inTurn(...behaviours: Behaviour[]): Behaviour {
  let next = 0;
  return (response, request) => behaviours[Math.min(next++, behaviours.length - 1)]!(response, request);
}

/** Answers well, `ms` later. */
export function answersAfter(ms: number): Behaviour {
  return (response) => void setTimeout(() => response.end('ok'), ms);
}

/** Takes the request and says nothing, ever. */
export const neverAnswers: Behaviour = () => undefined;

/** Sends bytes that need not be HTTP, and leaves the connection open. */
export function says(text: string): Behaviour {
  return ({ socket }) => socket!.write(text);
}

/** Sends these bytes, none if there are none, and resets the connection. */
export function resetsAfter(text: string): Behaviour {
  return ({ socket }) => {
    if (text === '') socket!.resetAndDestroy();
    else socket!.write(text, () => socket!.resetAndDestroy());
  };
}

/** Sends these bytes and ends the connection, as if that were all. */
export function endsAfter(text: string): Behaviour {
  return ({ socket }) => socket!.end(text);
}

/** Sends `start` and then a byte every few milliseconds, for ever. */
export function drips(start: string, byte: string, everyMs = 10): Behaviour {
  return ({ socket }) => {
    socket!.write(start);
    const tap = setInterval(() => socket!.write(byte), everyMs);
    socket!.on('close', () => clearInterval(tap));
  };
}

/** Says that so many bytes come, and sends them as fast as they are taken. */
export function floods(bytes: number): Behaviour {
  return (response) => {
    response.writeHead(200, { 'content-length': bytes });
    const chunk = Buffer.alloc(64 * 1_024, 'x');
    let left = bytes;
    const pour = () => {
      while (left > 0 && !response.destroyed) {
        left -= chunk.length;
        if (!response.write(left < 0 ? chunk.subarray(0, left) : chunk)) return;
      }
      response.end();
    };
    response.on('drain', pour);
    pour();
  };
}

/** Answers with a few bytes that swell to so many for whoever decompresses them. */
export function gzipBomb(bytes: number): Behaviour {
  const bomb = gzipSync(Buffer.alloc(bytes));
  return (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
}
