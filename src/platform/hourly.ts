const HOUR_MS = 3_600_000;

/** Does what needs doing now and then: once at the start, and every hour after that. One task that fails keeps no other from being done. */
export class Hourly {
  private readonly timer: NodeJS.Timeout;
  private round: Promise<void>;

  constructor(
    private readonly tasks: readonly (() => Promise<void>)[],
    private readonly onError: (error: unknown) => void,
  ) {
    this.round = this.doAll();
    this.timer = setInterval(() => (this.round = this.doAll()), HOUR_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  private async doAll(): Promise<void> {
    for (const task of this.tasks) await task().catch(this.onError);
  }
}
