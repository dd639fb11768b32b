import pg from 'pg';

/** What PostgreSQL said, wherever in the chain of wrapped errors it stands: its SQLSTATE or a socket's code. */
export function databaseErrorCode(error: unknown): string | null {
  for (let e = error as { code?: unknown; driverError?: unknown; cause?: unknown } | undefined; e;) {
    if (typeof e.code === 'string') return e.code;
    e = (e.driverError ?? e.cause) as typeof e;
  }
  return null;
}

/** The constraint that a statement broke, if it broke one. */
export function brokenConstraint(error: unknown): string | null {
  const { driverError, constraint } = error as { driverError?: { constraint?: string }; constraint?: string };
  return driverError?.constraint ?? constraint ?? null;
}

const SERIALIZATION_FAILURE = '40001';
export const LOCK_TIMEOUT = '55P03';
export const STATEMENT_TIMEOUT = '57014';

/** Somebody else was quicker, and what the work had read is no longer so. It is begun again, as after a serialization failure. */
export class Overtaken extends Error {
  readonly code = SERIALIZATION_FAILURE;

  constructor() {
    super('Others kept changing what this work had read');
  }
}

/** The statement was not even tried, since one before it in its transaction had failed. */
export function isAftermath(error: unknown): boolean {
  return databaseErrorCode(error) === '25P02';
}

/** A deadlock or a serialization failure: the same work, begun again, is expected to succeed. */
export function isRetryable(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code === SERIALIZATION_FAILURE || code === '40P01';
}

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
const PASSING_STATES = new Set([
  LOCK_TIMEOUT,
  STATEMENT_TIMEOUT,
  '57P01',
  '57P02',
  '57P03',
  '53300',
  SERIALIZATION_FAILURE,
  '40P01',
]);
const LOST_CONNECTION =
  /connection terminated|timeout exceeded when trying to connect|connection ended unexpectedly|not queryable|query read timeout/i;

/** The database is away, overloaded or took too long: the same request may succeed a little later. */
export function isPassing(error: unknown): boolean {
  const code = databaseErrorCode(error);
  if (code !== null && (SOCKET_CODES.has(code) || PASSING_STATES.has(code) || code.startsWith('08')))
    return true;
  return error instanceof Error && LOST_CONNECTION.test(error.message);
}

/** A value PostgreSQL could not take (class 22). Validation comes first, so this is a gap in it and not a fault of ours to hide. */
export function isBadData(error: unknown): boolean {
  return databaseErrorCode(error)?.startsWith('22') ?? false;
}

/** Whether nothing more is to be had on the connection that said so: it broke, or PostgreSQL has ended it. */
export function endsConnection(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || ['FATAL', 'PANIC'].includes(error.severity ?? '');
}
