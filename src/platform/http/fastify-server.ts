import { randomUUID } from 'node:crypto';
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { answerError, Refusal } from './answers.js';
import type { Metrics } from '../metrics.js';
import type { Gate } from './gate.js';
import { parseJsonBody } from './json-body.js';
import { KnownRoutes } from './known-routes.js';
import type { Readiness } from './readiness.js';

/** The largest request body, in bytes: 100 KiB. */
export const LARGEST_BODY = 100 * 1024;

/** What a request's address begins with in absolute form (RFC 9112, 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

const OWN_ID = /^[A-Za-z0-9._-]{1,128}$/;

export interface ServerOptions {
  readonly logger: FastifyBaseLogger;
  /** The networks whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  /** The JSON schemas of a route's answers by status, for fast serialisation. */
  readonly answerSchemas: (method: string, pattern: string) => Record<string, unknown> | undefined;
}

/**
 * The HTTP server under the controllers: what is true of every request and every answer, before and beside the routes. Every
 * answer that is no success is `{ error, details? }`, whoever gives it.
 */
export function makeFastify(options: ServerOptions): FastifyInstance {
  const routes = new KnownRoutes();
  const server = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger, // whoever logs names the request: a logger for each costs as much as its line
    genReqId: (request) => {
      const own = request.headers['x-request-id'];
      return typeof own === 'string' && OWN_ID.test(own) ? own : randomUUID();
    },
    bodyLimit: LARGEST_BODY,
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    // A body that drips in is cut off: Fastify's defaults never do.
    requestTimeout: 15_000,
    http: {
      headersTimeout: 10_000,
      connectionsCheckingInterval: 2_000,
      maxHeaderSize: 16_384,
      requireHostHeader: false, // Node would refuse it with an answer of its own making
    },
    keepAliveTimeout: 72_000, // above the minute that load balancers keep theirs
    maxRequestsPerSocket: 0,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1_000, ignoreTrailingSlash: false },
    rewriteUrl: ({ url = '/' }) => url.replace(ORIGIN, '') || '/',
    frameworkErrors: (error, request, reply) => {
      finishHeaders(routes, request as FastifyRequest, reply as FastifyReply);
      answerError(error, request as FastifyRequest, reply as FastifyReply);
    },
    clientErrorHandler: answerUnreadable,
  }) as unknown as FastifyInstance;

  server.addHook('onRoute', (route) => {
    routes.add(route.url, route.method);
    if (route.config?.access === 'public booking') routes.openToOtherSites(route.url);
    if (route.url.startsWith('/api/') && !route.config?.access) {
      throw new Error(
        `${String(route.method)} ${route.url} does not say who may call it: @AccessBy is missing`,
      );
    }
    const [method] = [route.method].flat();
    const schemas = options.answerSchemas(method === 'HEAD' ? 'GET' : method!, route.url);
    if (schemas) route.schema = { ...route.schema, response: schemas };
  });

  server.decorateRequest('keyOwner', null);
  server.decorateRequest('refundLimit', null);
  server.decorateRequest('countWrongGuess', null);
  server.addHook('onRequest', (request, reply, done) => {
    finishHeaders(routes, request, reply);
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      done(Refusal.of(400, 'Invalid request'));
    } else if (request.is404) {
      answerUnrouted(routes, request, reply, done);
    } else {
      done();
    }
  });
  // Whatever else a client expects of us, it gets the answer to its request (RFC 9110, 10.1.1).
  server.server.on('checkExpectation', (request, response) =>
    server.server.emit('request', request, response),
  );

  server.addHttpMethod('DELETE', { hasBody: false, overrideExisting: true }); // what it bears means nothing, as with GET
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      checkCharset(request);
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });

  server.setErrorHandler(answerError);
  server.setNotFoundHandler(() => {
    throw Refusal.of(404, 'Not found');
  });
  return server;
}

/** Answers what no route answers, before anything of its body is read: 404, 405, or to OPTIONS what there is. */
function answerUnrouted(
  routes: KnownRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
  refuse: (refusal: Refusal) => void,
): void {
  const path = request.url.split('?', 1)[0]!;
  const methods = routes.methodsOf(path);
  if (methods.length === 0) return refuse(Refusal.of(404, 'Not found'));

  reply.header('Allow', methods.join(', '));
  if (request.method !== 'OPTIONS') return refuse(Refusal.of(405, 'Method not allowed'));

  if (routes.isOpenToOtherSites(path)) {
    reply
      .header('Access-Control-Allow-Methods', methods.join(', '))
      .header('Access-Control-Allow-Headers', 'Content-Type, Idempotency-Key, X-Request-Id')
      .header('Access-Control-Max-Age', '86400');
  }
  reply.code(204).send();
}

/** Puts the gate before every route, and counts and logs what was answered. Before the routes are registered. */
export function guard(
  server: FastifyInstance,
  { gate, readiness, metrics }: { gate: Gate; readiness: Readiness; metrics: Metrics },
): void {
  server.addHook('onRequest', async (request, reply) => {
    if (!request.is404) await gate.admit(request, reply);
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (readiness.draining) reply.header('Connection', 'close');
    done(null, payload);
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { id: reqId, method, log } = request;
    metrics.answered(method, route, reply.statusCode, reply.elapsedTime / 1_000);
    log.info(
      { reqId, method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 },
      'answered',
    );
    done();
  });
}

function finishHeaders(routes: KnownRoutes, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('X-Request-Id', request.id).header('X-Content-Type-Options', 'nosniff');
  if (request.url.startsWith('/api/')) reply.header('Cache-Control', 'no-store');
  if (routes.isOpenToOtherSites(request.url.split('?', 1)[0]!)) {
    reply
      .header('Access-Control-Allow-Origin', '*')
      .header('Access-Control-Expose-Headers', 'X-Request-Id, Retry-After, Idempotency-Replayed');
  }
}

function checkCharset(request: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw Refusal.of(415, 'Content-Type must be application/json in UTF-8');
  }
}

const STATUS_LINES: Record<string, [string, string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The request headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive'],
};

/** Answers what could not be read as HTTP at all; there is no request yet, only a socket. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = STATUS_LINES[error.code ?? ''] ?? ['400 Bad Request', 'Invalid request'];
  const body = JSON.stringify({ error: message });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\n` +
      `X-Request-Id: ${randomUUID()}\r\nConnection: close\r\n\r\n${body}`,
  );
}
