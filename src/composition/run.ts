/** Something that runs until it is closed. */
export interface Running {
  close(): Promise<void>;
}

const CLOSE_WITHIN_MS = 25_000;

/**
 * Runs a process: a fault at the start is one sentence on standard error and exit status 1; SIGINT and SIGTERM close it cleanly,
 * and a second one, or more than 25 s, ends it at once.
 */
export async function runUntilStopped(start: () => Promise<Running>): Promise<void> {
  let running: Running | null = null;
  let stopping = false;
  const stop = async () => {
    if (stopping || !running) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), CLOSE_WITHIN_MS).unref();
    try {
      await running.close();
      process.exit(0);
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`);
      process.exit(1);
    }
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  try {
    running = await start();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}
