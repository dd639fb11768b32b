/** What a process has opened, to be closed in the opposite order: what was opened last may need what was opened first. */
export class Closing {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.push(step);
  }

  /** Closes everything, also where one step fails; throws the first failure in the end. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Runs a start that adds its steps as it goes; if it fails, what it had opened is closed again. */
  static async unless<T>(start: (closing: Closing) => Promise<T>): Promise<T> {
    const closing = new Closing();
    try {
      return await start(closing);
    } catch (error) {
      await closing.close().catch(() => undefined);
      throw error;
    }
  }
}
