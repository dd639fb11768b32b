import { pino, type Logger } from 'pino';

/**
 * One JSON object a line on standard output. Nothing of a request's headers, query or body is ever logged, so that neither keys
 * nor what invitees said can be read there; of an error, only its type, message and stack.
 */
export class Log {
  readonly lines: Logger;

  constructor(level: string) {
    this.lines = pino({
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: plainError },
    });
  }

  /** Something failed that nobody is waiting for. */
  error(error: unknown, message: string): void {
    this.lines.error({ err: error }, message);
  }
}

/** Without what drivers hang on to their errors: statements and parameters hold what people typed. */
function plainError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, code } = error as Error & { code?: unknown };
  return { type: name, message, stack, ...(typeof code === 'string' && { code }) };
}
