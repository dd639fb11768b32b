import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { request } from 'undici';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface DavProxy {
  readonly url: string;
  /** All that was asked so far. */
  readonly asked: Asked[];
  close(): Promise<void>;
}

export interface DavProxyOptions {
  /** Answers in the server's place, with a status and maybe a body; null lets the server answer. */
  readonly instead?: (
    asked: Asked,
  ) => { status: number; headers?: Record<string, string>; body?: string } | null;
  /** Changes what the server answered. */
  readonly rewrite?: (body: string) => string;
}

/** Stands before a CalDAV server, sees what it is asked, and makes it one with other manners. */
export async function startDavProxy(target: string, options: DavProxyOptions = {}): Promise<DavProxy> {
  const asked: Asked[] = [];
  const server = createServer((incoming, outgoing) => {
    answer(target, options, asked, incoming, outgoing).catch(() => outgoing.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  target: string,
  { instead, rewrite }: DavProxyOptions,
  asked: Asked[],
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = (await buffer(incoming)).toString();
  const question = { method: incoming.method!, path: incoming.url!, headers: incoming.headers, body };
  asked.push(question);
  const own = instead?.(question);
  if (own) {
    outgoing.writeHead(own.status, { 'content-type': 'application/xml', ...own.headers }).end(own.body ?? '');
    return;
  }

  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = incoming.headers;
  const reply = await request(target + question.path, {
    method: question.method as 'GET',
    headers,
    body: body || null,
  });
  const text = await reply.body.text();
  const {
    'transfer-encoding': _encoding,
    'content-length': _size,
    connection: _close,
    ...kept
  } = reply.headers;
  outgoing.writeHead(reply.statusCode, kept).end(rewrite ? rewrite(text) : text);
}
