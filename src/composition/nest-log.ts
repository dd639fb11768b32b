import type { LoggerService } from '@nestjs/common';
import type { Log } from '../platform/log.js';

/** Nest's own words go into the log too; of the many at start-up only warnings and errors. */
export function nestLog({ lines }: Log): LoggerService {
  return {
    log: () => undefined,
    warn: (message: unknown) => lines.warn(String(message)),
    error: (message: unknown) => lines.error(String(message)),
    fatal: (message: unknown) => lines.fatal(String(message)),
  };
}
