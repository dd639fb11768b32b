import { pino, type DestinationStream, type Logger } from 'pino';

/**
 * One JSON object a line on standard output. Nothing of a request's headers, query or body is ever logged, so that neither keys
 * nor what invitees said can be read there; of an error, only its type, message and stack.
 */
export class Log {
  readonly lines: Logger;

  constructor(level: string) {
    this.lines = pino(
      {
        level,
        base: undefined,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { err: plainError },
      },
      standardOutput(),
    );
  }

  /** Something failed that nobody is waiting for. */
  error(error: unknown, message: string): void {
    this.lines.error({ err: error }, message);
  }
}

const MOST_HELD_BYTES = 8_192;
const HELD_MS = 10;

/**
 * Standard output, with what is said within ten milliseconds in one write: a write for each request, and whoever reads it woken each
 * time, would take a tenth of its time. Nothing is held back longer, nor when the process ends, whatever ends it short of SIGKILL.
 */
function standardOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, sync: true, minLength: MOST_HELD_BYTES });
  let isDue = false;
  const flush = () => {
    isDue = false;
    output.flush();
  };
  process.on('exit', () => output.flushSync());
  return {
    write(line) {
      output.write(line);
      if (isDue) return;
      isDue = true;
      setTimeout(flush, HELD_MS);
    },
  };
}

/** Without what drivers hang on to their errors: statements and parameters hold what people typed. */
function plainError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, code } = error as Error & { code?: unknown };
  return { type: name, message, stack, ...(typeof code === 'string' && { code }) };
}
