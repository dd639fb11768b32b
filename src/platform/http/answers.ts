import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, InvalidData, type DomainErrorKind } from '../../kernel/domain-error.js';
import { isBadData, isPassing } from '../persistence/database-errors.js';

const STATUS_OF_KIND: Record<DomainErrorKind, number> = {
  invalid: 400,
  unauthorized: 401,
  'not-found': 404,
  conflict: 409,
};

/** What Fastify's own refusals mean to a client of ours. */
const MESSAGE_OF_STATUS: Record<number, string> = {
  400: 'Invalid request',
  404: 'Not found',
  408: 'The request took too long to arrive',
  413: 'Request body is larger than 100 KiB',
  414: 'The address is too long',
  415: 'Content-Type must be application/json',
  431: 'The request headers are too large',
  503: 'The service is shutting down',
};

export interface ErrorBody {
  error: string;
  details?: Readonly<Record<string, string>>;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The edge itself says no: what HTTP is about and the core knows nothing of. */
export class Refusal extends Error {
  constructor(readonly answer: ErrorAnswer) {
    super(answer.body.error);
  }

  static of(status: number, error: string, headers?: Record<string, string>): Refusal {
    return new Refusal({ status, body: { error }, ...(headers && { headers }) });
  }
}

/** What each error is answered with; null for one that nobody foresaw. */
export function answerTo(error: unknown): ErrorAnswer | null {
  if (error instanceof Refusal) return error.answer;
  if (error instanceof InvalidData) {
    return { status: 400, body: { error: error.message, details: error.details } };
  }
  if (error instanceof DomainError) {
    return { status: STATUS_OF_KIND[error.kind], body: { error: error.message } };
  }
  if (isPassing(error)) {
    return {
      status: 503,
      body: { error: 'The service is busy, please try again' },
      headers: { 'Retry-After': '1' },
    };
  }
  if (isBadData(error)) return { status: 400, body: { error: 'Invalid request data' } };
  return answerToFastify(error);
}

function answerToFastify(error: unknown): ErrorAnswer | null {
  const { code, statusCode } = Object(error) as { code?: unknown; statusCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('FST_') || typeof statusCode !== 'number') return null;
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return { status: 404, body: { error: 'Not found' } }; // an id that cannot be one is unknown, not malformed
  }
  const message = MESSAGE_OF_STATUS[statusCode];
  return message === undefined ? null : { status: statusCode, body: { error: message } };
}

/** Sends the answer to an error; of one that nobody foresaw the log learns everything and the client nothing. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (reply.sent) return;
  let answer = answerTo(error);
  if (!answer) {
    request.log.error({ reqId: request.id, err: error }, 'unexpected error');
    answer = { status: 500, body: { error: 'Internal server error' } };
  } else if (answer.status === 503) {
    request.log.warn({ reqId: request.id, err: error }, 'answered 503');
  }
  reply.removeHeader('location');
  void reply
    .code(answer.status)
    .headers({ ...answer.headers })
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(answer.body);
}
